-- How many operations, tests and pictures did each facility report, month by month, on how many actual
-- beds? What claims count too, such as visits, is null for plain readers.
select
    facility_id,
    month_start_date,
    surgeries,
    lab_tests,
    imaging,
    beds_actual
from marts.fct_hospital_activity_months
order by facility_id, month_start_date
