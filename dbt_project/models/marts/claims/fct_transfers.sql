-- One row per encounter that ended in a transfer, and audience. Its arrival is the first encounter
-- of the same person within the window at the facility that the patient was sent to, else at one
-- that names the sender (MA_NOI_DI). Without closed documents, a closed arrival was none. Levels
-- are those of the day on which care ended; they are of sender and slip, the same for everybody.
{{ config(indexes=[{'columns': ['facility_key', 'month_start_date']}]) }}

with affected as (
    select * from {{ ref('int_claims__affected_transfers') }}
),

transfers as (
    select * from {{ ref('int_claims__current_transfers') }}
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

periods as (
    select * from {{ ref('int_facilities__periods') }}
),

-- the code of a facility begins with that of the province as it was when the code was given
provinces as (
    select distinct on (province_code)
        province_code,
        current_province_key
    from {{ ref('dim_provinces') }}
    where audience = 'open' and is_known
    order by province_code asc, valid_from asc
),

found as (
    select
        versions.facility_key,
        versions.encounter_key,
        versions.facility_id,
        versions.referred_from_facility_id,
        versions.discharged_at,
        transfers.sent_to_facility_id,
        transfers.earlier_facility_ids,
        transfers.discharge_type_code,
        transfers.transfer_reason_code,
        transfers.has_referral_slip,
        next_visits.facility_key as arrival_facility_key,
        next_visits.encounter_key as arrival_encounter_key,
        next_visits.arrived_at as arrived_elsewhere_at,
        audiences.audience
    from affected
    cross join {{ audiences() }}
    inner join transfers
        on
            affected.facility_key = transfers.facility_key
            and affected.encounter_key = transfers.encounter_key
    inner join versions
        on
            affected.facility_key = versions.facility_key
            and affected.encounter_key = versions.encounter_key
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
)

select
    found.facility_key,
    found.encounter_key,
    found.sent_to_facility_id,
    {{ surrogate_key(['found.sent_to_facility_id']) }} as sent_to_facility_key,
    found.earlier_facility_ids,
    found.discharge_type_code,
    found.transfer_reason_code,
    found.has_referral_slip,
    found.arrival_encounter_key is not null as is_arrival_matched,
    found.arrival_facility_key,
    found.arrival_encounter_key,
    found.discharged_at as transferred_at,
    found.arrived_elsewhere_at,
    (extract(epoch from found.arrived_elsewhere_at - found.discharged_at) / 3600)::numeric(7, 2)
        as hours_to_arrival,
    {{ encounter_columns('encounters') }},
    encounters.month_start_date,
    nullif({{ last_listed('encounters.department_codes') }}, '') as department_code,
    {{ level_code('senders') }} as from_level_code,
    {{ level_code('receivers') }} as to_level_code,
    {{ direction_code('senders', 'receivers') }} as direction_code,
    origins.current_province_key <> destinations.current_province_key as is_cross_province,
    coalesce(
        found.sent_to_facility_id = any(string_to_array(found.referred_from_facility_id, ';'))
        or found.referred_from_facility_id is not null
        and {{ direction_code('senders', 'receivers') }} = 'down',
        false
    ) as is_back_referral,
    found.audience
from found
inner join encounters
    on
        found.facility_key = encounters.facility_key
        and found.encounter_key = encounters.encounter_key
left join periods as senders
    on {{ is_period_of('senders', 'found.facility_id', 'encounters.discharge_date') }}
left join periods as receivers
    on {{ is_period_of(
        'receivers', 'found.sent_to_facility_id', 'encounters.discharge_date'
    ) }}
left join provinces as origins on left(found.facility_id, 2) = origins.province_code
left join provinces as destinations
    on left(found.sent_to_facility_id, 2) = destinations.province_code
