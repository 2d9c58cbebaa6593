-- How many days do the atoms of time of 2026 have?
select
    day_count,
    count(*) as atom_count
from marts.dim_atoms
where extract(year from atom_start_date) = 2026
group by day_count
order by day_count
