-- Do patients come to their appointments, and how late, month by month? Of an appointment whose
-- window is not known to its end nobody can say whether it was kept: shares are of those due.
select
    appointment_month_start_date,
    sum(appointment_count) as appointment_count,
    sum(due_count) as due_count,
    sum(kept_count)::numeric / nullif(sum(due_count), 0) as kept_share,
    sum(kept_days_from_appointment)::numeric / nullif(sum(kept_count), 0) as days_late,
    -- complete when it is 14 days after the end of the month
    min(known_through_date) as known_through_date
from marts.rpt_appointment_months
where appointment_month_start_date > date '0001-01-01'
group by appointment_month_start_date
order by appointment_month_start_date
