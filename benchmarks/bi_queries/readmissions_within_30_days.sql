-- What share of inpatients of each facility comes back, to any facility, within 30 days?
with stays as (
    select
        facility_key,
        is_inpatient,
        discharge_date,
        lead(arrival_date) over (
            partition by person_key order by arrival_date, discharge_date, encounter_key
        ) as next_arrival_date
    from marts.fct_encounters
)

select
    facilities.facility_id,
    count(*) as stay_count,
    count(*) filter (where stays.next_arrival_date - stays.discharge_date between 1 and 30)
        as readmission_count
from stays
inner join marts.dim_facilities as facilities on stays.facility_key = facilities.facility_key
where stays.is_inpatient
group by facilities.facility_id
order by facilities.facility_id
