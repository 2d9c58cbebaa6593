-- How full were the actual beds of each facility, month by month?
select
    facility_id,
    month_start_date,
    bed_days,
    beds_actual,
    round(
        100.0 * bed_days
        / nullif(
            beds_actual * ((month_start_date + interval '1 month')::date - month_start_date), 0
        ), 1
    ) as occupancy_pct
from marts.fct_hospital_activity_months
order by facility_id, month_start_date
