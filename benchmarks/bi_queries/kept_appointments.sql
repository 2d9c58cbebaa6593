-- Do patients come to their appointments, and how late, month by month?
select
    dates.month_start_date,
    count(*) as appointment_count,
    count(appointments.visit_encounter_key) as kept_count,
    avg(appointments.days_from_appointment) as days_late
from marts.fct_appointments as appointments
inner join marts.dim_dates as dates on appointments.appointment_date = dates.date_key
group by dates.month_start_date
order by dates.month_start_date
