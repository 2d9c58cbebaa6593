-- Which share of stays is followed by an unplanned admission within 30 days, by month of the end?
select
    month_start_date,
    count(*) as stay_count,
    avg(stay_days) as mean_stay_days,
    count(*) filter (where is_readmitted_unplanned)::numeric
    / nullif(count(*) filter (where is_index_stay), 0) as readmitted_share
from marts.fct_stays
group by month_start_date
order by month_start_date
