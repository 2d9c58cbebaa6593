-- What share of inpatients of each facility is admitted again, to any facility, within 30 days of the
-- end of the stay? A stay goes on through transfers from bed to bed, and through inpatient care that
-- begins before the former ends; it counts for the facility where it ended. Outpatient visits are
-- neither stays nor returns. Who died, or was sent on and is not found, cannot come back. Planned
-- returns count, for claims do not tell them. A stay is judged when visits of 30 days after it are
-- known.
with inpatients as (
    select
        encounters.person_key,
        encounters.facility_key,
        encounters.encounter_key,
        encounters.arrived_at,
        encounters.discharged_at,
        encounters.arrival_date,
        encounters.discharge_date,
        encounters.is_death,
        encounters.discharge_type_code,
        exists (
            select 1
            from marts.fct_transfers as transfers
            inner join marts.fct_encounters as senders
                on
                    transfers.facility_key = senders.facility_key
                    and transfers.encounter_key = senders.encounter_key
            where
                transfers.arrival_facility_key = encounters.facility_key
                and transfers.arrival_encounter_key = encounters.encounter_key
                and senders.is_inpatient
        ) as is_arrival,
        max(encounters.discharged_at) over (
            partition by encounters.person_key
            order by encounters.arrived_at, encounters.discharged_at, encounters.encounter_key
            rows between unbounded preceding and 1 preceding
        ) as former_discharged_at
    from marts.fct_encounters as encounters
    where encounters.is_inpatient
),

numbered as (
    select
        *,
        count(*) filter (
            where not is_arrival
            and coalesce(arrived_at >= former_discharged_at, true)
        ) over (
            partition by person_key order by arrived_at, discharged_at, encounter_key
        ) as stay_number
    from inpatients
),

stays as (
    select
        person_key,
        stay_number,
        min(arrival_date) as began_date,
        max(discharge_date) as ended_date,
        (array_agg(facility_key order by discharged_at desc nulls last, encounter_key))[1]
            as facility_key,
        bool_or(is_death) as is_death,
        (array_agg(discharge_type_code order by discharged_at desc nulls last, encounter_key))[1]
            as discharge_type_code
    from numbered
    group by person_key, stay_number
),

followed as (
    select
        *,
        lead(began_date) over (partition by person_key order by stay_number) as next_began_date
    from stays
)

select
    facilities.facility_id,
    count(*) as stay_count,
    count(*) filter (where followed.next_began_date <= followed.ended_date + 30)
        as readmission_count
from followed
inner join marts.dim_facilities as facilities on followed.facility_key = facilities.facility_key
where
    not followed.is_death
    and coalesce(followed.discharge_type_code, '1') not in ('2', '5')
    and followed.ended_date > date '0001-01-01'
    and followed.ended_date + 30 <= (select max(known_through_date) from marts.dim_facilities)
group by facilities.facility_id
order by facilities.facility_id
