-- Do patients come to their appointments, and how late, month by month? A dashboard leaves out the
-- months that did not end 14 days ago; this history has a past only.
select
    appointment_month_start_date,
    sum(appointment_count) as appointment_count,
    sum(kept_count) as kept_count,
    sum(days_from_appointment)::numeric / nullif(sum(kept_count), 0) as days_late
from marts.rpt_appointment_months
where appointment_month_start_date > date '0001-01-01'
group by appointment_month_start_date
order by appointment_month_start_date
