-- How many certificates of leave are issued, and for how long, by kind?
select
    table_code,
    count(*) as certificate_count,
    count(distinct person_key) as person_count,
    avg(leave_days) as mean_leave_days
from marts.fct_sick_leaves
group by table_code
order by table_code
