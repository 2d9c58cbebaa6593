-- Which indicators are not computed yet, and why?
select
    indicator_code,
    indicator_name_vi,
    reason_vi
from marts.dim_indicators
where not is_computed
order by indicator_code
