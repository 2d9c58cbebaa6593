-- For what share of the inpatients of each facility is there a summary of the record?
select
    facilities.facility_id,
    count(*) as inpatient_count,
    count(*) filter (where exists (
        select 1
        from marts.fct_record_summaries as summaries
        where
            summaries.facility_key = encounters.facility_key
            and summaries.encounter_key = encounters.encounter_key
    )) as with_summary_count
from marts.fct_encounters as encounters
inner join marts.dim_facilities as facilities
    on encounters.facility_key = facilities.facility_key
where encounters.is_inpatient
group by facilities.facility_id
order by facilities.facility_id
