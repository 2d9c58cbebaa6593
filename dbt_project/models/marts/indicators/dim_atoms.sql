-- One row per atom of time: the longest run of days that no calendar of the law cuts; the same for
-- every audience.
with days as (
    select
        generate_series(
            date '{{ var("first_indicator_date") }}',
            date '{{ var("last_indicator_date") }}',
            interval '1 day'
        )::date as date_day
),

-- Mondays, first days of months, and 15 June and December of administrative halves of a year
firsts as (
    select date_day
    from days
    where
        extract(isodow from date_day) = 1
        or extract(day from date_day) = 1
        or to_char(date_day, 'MM-DD') in ('06-15', '12-15')
        or date_day = date '{{ var("first_indicator_date") }}'
),

atoms as (
    select
        date_day as atom_start_date,
        coalesce(
            lead(date_day) over (order by date_day) - 1, date '{{ var("last_indicator_date") }}'
        ) as atom_end_date
    from firsts
)

select
    atoms.atom_start_date,
    audiences.audience,
    atoms.atom_end_date,
    atoms.atom_end_date - atoms.atom_start_date + 1 as day_count,
    date_trunc('month', atoms.atom_start_date::timestamp)::date as month_start_date,
    extract(day from atoms.atom_end_date + 1) = 1
    or to_char(atoms.atom_end_date, 'MM-DD') in ('06-14', '12-14') as is_period_end
from atoms
cross join {{ audiences() }}
