-- What are the usual values of each measurement, by its unit?
select
    indicator_code,
    unit_name,
    count(*) as result_count,
    percentile_cont(0.5) within group (order by result_number) as median
from marts.fct_diagnostic_results
where result_number is not null
group by indicator_code, unit_name
order by result_count desc, indicator_code, unit_name
limit 10
