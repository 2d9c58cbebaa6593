-- Which half-years of 2026 does the law know?
select
    calendar_code,
    period_name,
    period_start_date,
    period_end_date
from marts.dim_periods
where calendar_code in ('half_cal', 'half_admin') and year_number = 2026
order by calendar_code, period_start_date
