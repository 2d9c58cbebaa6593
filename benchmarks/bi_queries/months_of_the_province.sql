-- How do activity, money and transfers of the whole province go, month by month?
select
    report.month_start_date,
    sum(report.encounter_count) as encounter_count,
    sum(report.inpatient_count) as inpatient_count,
    sum(report.billed_amount_vnd) as billed_amount_vnd,
    sum(report.transfer_professional_count + report.transfer_requested_count) as transfer_count,
    sum(report.death_count) as death_count
from marts.rpt_facility_months as report
group by report.month_start_date
order by report.month_start_date
