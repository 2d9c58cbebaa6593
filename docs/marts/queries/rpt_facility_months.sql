-- How long do inpatients stay, and how many are sent on, by facility?
select
    facility_id,
    sum(encounter_count) as encounter_count,
    sum(inpatient_treatment_days) / nullif(sum(inpatient_count), 0) as average_stay_days,
    sum(transfer_professional_count + transfer_requested_count)::numeric
    / sum(encounter_count) as transfer_share
from marts.rpt_facility_months
group by facility_id
order by facility_id
