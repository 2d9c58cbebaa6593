-- What share of due appointments is kept, month by month, for the whole province?
select
    appointment_month_start_date,
    sum(due_count) as due_count,
    sum(kept_count)::numeric / nullif(sum(due_count), 0) as kept_share
from marts.rpt_appointment_months
where appointment_month_start_date > date '0001-01-01'
group by appointment_month_start_date
order by appointment_month_start_date
