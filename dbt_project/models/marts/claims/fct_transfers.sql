-- One row per encounter that ended in a transfer, and audience. Its arrival is the first encounter
-- of the same person within the window at the facility that the patient was sent to, else at one
-- that names the sender (MA_NOI_DI). Without closed documents, a closed arrival was none.
with journeys as (
    select * from {{ ref('int_claims__affected_journeys') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

versions as (
    select * from {{ ref('int_claims__current_versions') }}
),

arrivals as (
    select * from {{ ref('int_claims__current_versions') }}
),

transfers as (
    select * from {{ ref('int_claims__transfers_conformed') }}
)

select
    versions.facility_key,
    versions.encounter_key,
    transfers.sent_to_facility_id,
    transfers.earlier_facility_ids,
    transfers.discharge_type_code,
    transfers.transfer_reason_code,
    transfers.has_referral_slip,
    next_visits.encounter_key is not null as is_arrival_matched,
    next_visits.facility_key as arrival_facility_key,
    next_visits.encounter_key as arrival_encounter_key,
    versions.discharged_at as transferred_at,
    next_visits.arrived_at as arrived_elsewhere_at,
    (extract(epoch from next_visits.arrived_at - versions.discharged_at) / 3600)::numeric(7, 2)
        as hours_to_arrival,
    {{ encounter_columns('encounters') }},
    audiences.audience
from journeys
cross join {{ audiences() }}
inner join versions
    on
        journeys.facility_key = versions.facility_key
        and journeys.encounter_key = versions.encounter_key
inner join encounters
    on
        versions.facility_key = encounters.facility_key
        and versions.encounter_key = encounters.encounter_key
inner join transfers
    on
        versions.file_id = transfers.file_id
        and versions.position = transfers.position
left join lateral (
    select arrivals.*
    from arrivals
    where
        versions.person_key = arrivals.person_key
        and versions.facility_key <> arrivals.facility_key
        and arrivals.audience = any(audiences.sees)
        and arrivals.arrived_at
        between versions.discharged_at - interval '{{ var("transfer_early_hours") }} hours'
        and versions.discharged_at + interval '{{ var("transfer_late_hours") }} hours'
        and (
            transfers.sent_to_facility_id = arrivals.facility_id
            or versions.facility_id
            = any(string_to_array(arrivals.referred_from_facility_id, ';'))
        )
    order by
        coalesce(transfers.sent_to_facility_id = arrivals.facility_id, false) desc,
        arrivals.arrived_at asc,
        arrivals.encounter_key asc
    limit 1
) as next_visits on true
-- in a closed class: what is not as it is for the open audience
where
    versions.audience = any(audiences.sees)
    and audiences.audience in (versions.audience, next_visits.audience)
