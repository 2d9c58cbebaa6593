-- How many visits, admissions and operations did each facility report, month by month, on how many
-- actual beds?
select
    facility_id,
    month_start_date,
    visits_total,
    admissions,
    surgeries,
    beds_actual
from marts.fct_hospital_activity_months
order by facility_id, month_start_date
