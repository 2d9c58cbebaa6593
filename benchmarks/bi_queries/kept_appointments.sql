-- Do patients come to their appointments, and how late, month by month?
select
    appointment_month_start_date,
    count(*) as appointment_count,
    count(visit_encounter_key) as kept_count,
    avg(days_from_appointment) as days_late
from marts.fct_appointments
where appointment_month_start_date is not null
group by appointment_month_start_date
order by appointment_month_start_date
