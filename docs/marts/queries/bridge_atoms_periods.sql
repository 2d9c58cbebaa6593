-- Of how many atoms of time are the months of 2026 made?
select
    period_start_date,
    count(*) as atom_count
from marts.bridge_atoms_periods
where
    calendar_code = 'month_cal'
    and taken = 'sum'
    and extract(year from period_start_date) = 2026
group by period_start_date
order by period_start_date
