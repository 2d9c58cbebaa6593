-- One row per appointment slip (XML14) of a dossier with content, and audience. It is kept by the
-- encounter of the same person at the same facility, later than the one that gave the appointment,
-- that begins nearest to the day, within the window; of two as near, by the earlier one. Without
-- closed documents, a closed visit kept nothing. Until the visits of the whole window are known,
-- nobody can say whether it was kept.
{{ config(
    post_hook="{{ summed_by(
        ['facility_key', 'appointment_month_start_date'],
        ['is_kept', 'days_from_appointment', 'audience'],
    ) }}",
) }}

with journeys as (
    select * from {{ ref('int_claims__affected_journeys') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

versions as (
    select * from {{ ref('int_claims__current_versions') }}
),

visits as (
    select * from {{ ref('int_claims__current_versions') }}
),

slips as (
    select * from {{ ref('stg_claims__appointments') }}
),

facilities as (
    select * from {{ ref('dim_facilities') }}
)

select
    versions.facility_key,
    versions.encounter_key,
    {{ surrogate_key([
        'slips.encounter_key::text', "'XML14'", 'slips.line_number::text',
    ]) }} as appointment_key,
    slips.line_number,
    slips.issued_date,
    slips.appointment_date,
    slips.appointment_month_start_date,
    {{ appointment_ends('slips.appointment_date') }} as window_end_date,
    slips.appointment_at,
    case
        when facilities.known_through_date >= {{ appointment_ends('slips.appointment_date') }}
            then kept.encounter_key is not null
    end as is_kept,
    kept.encounter_key as visit_encounter_key,
    kept.arrived_at as visited_at,
    kept.arrival_date - slips.appointment_date as days_from_appointment,
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
inner join slips
    on
        versions.file_id = slips.file_id
        and versions.position = slips.position
-- up to which day each audience knows the visits to the facility
left join facilities
    on
        versions.facility_key = facilities.facility_key
        and audiences.audience = facilities.audience
left join facilities as opened
    on
        versions.facility_key = opened.facility_key
        and opened.audience = 'open'
left join lateral (
    select visits.*
    from visits
    where
        versions.person_key = visits.person_key
        and versions.facility_key = visits.facility_key
        and visits.audience = any(audiences.sees)
        and versions.arrived_at < visits.arrived_at
        and visits.arrival_date
        between slips.appointment_date - {{ var("appointment_early_days") }}
        and {{ appointment_ends('slips.appointment_date') }}
    order by
        abs(visits.arrival_date - slips.appointment_date) asc,
        visits.arrived_at asc,
        visits.encounter_key asc
    limit 1
) as kept on true
-- in a closed class: what is not as it is for the open audience
where
    versions.audience = any(audiences.sees)
    and (
        audiences.audience in (versions.audience, kept.audience)
        or facilities.known_through_date >= {{ appointment_ends('slips.appointment_date') }}
        and coalesce(
            opened.known_through_date < {{ appointment_ends('slips.appointment_date') }}, true
        )
    )
