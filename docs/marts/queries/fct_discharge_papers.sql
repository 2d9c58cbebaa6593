-- How many days of leave do discharge papers give, and how many give none?
select
    count(*) as paper_count,
    count(*) filter (where coalesce(leave_days, 0) = 0) as without_leave_count,
    avg(leave_days) filter (where leave_days > 0) as mean_leave_days
from marts.fct_discharge_papers
