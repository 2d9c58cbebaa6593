-- One row per period, atom of time that counts for it, and way in which it does: `sum`, all its
-- atoms; `end`, the one it ends with; `middle`, the last end of a period before its middle; `mean`,
-- half of the one before it and half of the one it ends with. The same for every audience.
with atoms as (
    select * from {{ ref('dim_atoms') }}
),

periods as (
    select * from {{ ref('dim_periods') }}
)

select
    periods.calendar_code,
    periods.period_start_date,
    'sum' as taken,
    atoms.atom_start_date,
    periods.audience,
    1::numeric(3, 2) as weight
from periods
inner join atoms
    on
        periods.audience = atoms.audience
        and atoms.atom_start_date between periods.period_start_date and periods.period_end_date
union all
select
    periods.calendar_code,
    periods.period_start_date,
    'end' as taken,
    atoms.atom_start_date,
    periods.audience,
    1::numeric(3, 2) as weight
from periods
inner join atoms
    on
        periods.audience = atoms.audience
        and periods.period_end_date = atoms.atom_end_date
where atoms.is_period_end
union all
select
    periods.calendar_code,
    periods.period_start_date,
    'middle' as taken,
    atoms.atom_start_date,
    periods.audience,
    1::numeric(3, 2) as weight
from periods
inner join lateral (
    select atoms.atom_start_date
    from atoms
    where
        periods.audience = atoms.audience
        and atoms.is_period_end
        and periods.middle_date > atoms.atom_end_date
    order by atoms.atom_end_date desc
    limit 1
) as atoms on true
where periods.calendar_code <> 'week_iso'
union all
select
    periods.calendar_code,
    periods.period_start_date,
    'mean' as taken,
    atoms.atom_start_date,
    periods.audience,
    0.5::numeric(3, 2) as weight
from periods
inner join atoms
    on
        periods.audience = atoms.audience
        and atoms.atom_end_date in (periods.period_start_date - 1, periods.period_end_date)
where atoms.is_period_end
