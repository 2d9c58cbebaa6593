-- One row per stay of a person in hospitals, and audience: an inpatient encounter with all that
-- follow from it, by a transfer that arrived, or because they began before the former had ended.
-- Without closed documents, a closed encounter was none. A closed class has the stays that are not
-- as they are for the open audience, and as tombstones those that became parts of others.
{{ config(indexes=[{'columns': ['last_facility_key', 'month_start_date']}]) }}
{{ runs_after('int_claims__affected_stays') }}

with persons as (
    select * from {{ ref('int_claims__affected_persons') }}
),

-- named more than once: as it is, so that each finds its rows by key
versions as not materialized (
    select * from {{ ref('int_claims__current_versions') }}
),

encounters as not materialized (
    select * from {{ ref('fct_encounters') }}
),

transfers as (
    select * from {{ ref('fct_transfers') }}
),

slips as (
    select * from {{ ref('fct_appointments') }}
),

-- a closed class knows otherwise only of persons with something closed
seen as (
    select
        persons.person_key,
        audiences.audience,
        audiences.sees
    from persons
    cross join {{ audiences() }}
    -- a search by person; as EXISTS all versions were grouped
    inner join lateral (
        select versions.audience
        from versions
        where
            versions.person_key = persons.person_key
            and versions.audience = audiences.audience
        order by versions.encounter_key
        limit 1
    ) as named on true
),

inpatients as (
    select
        versions.*,
        seen.sees,
        seen.audience as for_audience,
        sent.arrived_elsewhere_at
    from seen
    inner join versions
        on
            seen.person_key = versions.person_key
            and versions.audience = any(seen.sees)
    -- of a transfer that a class knows otherwise its own row counts
    left join lateral (
        select transfers.arrived_elsewhere_at
        from transfers
        where
            transfers.facility_key = versions.facility_key
            and transfers.encounter_key = versions.encounter_key
            and transfers.audience = any(seen.sees)
        order by transfers.audience = seen.audience desc
        limit 1
    ) as sent on true
    where versions.is_inpatient and versions.arrived_at is not null
),

-- of a slip, too, the row of the class counts
kept as (
    select distinct on (seen.audience, slips.facility_key, slips.appointment_key)
        seen.audience,
        slips.facility_key,
        slips.visit_encounter_key
    from seen
    inner join versions
        on
            seen.person_key = versions.person_key
            and versions.audience = any(seen.sees)
    inner join slips
        on
            versions.facility_key = slips.facility_key
            and versions.encounter_key = slips.encounter_key
            and slips.audience = any(seen.sees)
    where seen.person_key in (select inpatients.person_key from inpatients)
    order by
        seen.audience asc,
        slips.facility_key asc,
        slips.appointment_key asc,
        slips.audience = seen.audience desc
),

-- visits of these persons by appointment
appointed as (
    select distinct
        audience,
        facility_key,
        visit_encounter_key
    from kept
    where visit_encounter_key is not null
),

ordered as (
    select
        *,
        max(discharged_at) over former as former_end,
        max(arrived_elsewhere_at) over former as sent_until
    from inpatients
    window former as (
        partition by person_key, for_audience
        order by arrived_at, encounter_key
        rows between unbounded preceding and 1 preceding
    )
),

numbered as (
    select
        *,
        coalesce(
            arrived_at < former_end - interval '{{ var("transfer_early_hours") }} hours', false
        ) as is_overlap,
        count(*) filter (
            where
            coalesce(arrived_at >= former_end, true)
            and coalesce(arrived_at > sent_until, true)
        ) over (
            partition by person_key, for_audience
            order by arrived_at, encounter_key
        ) as stay_number,
        row_number() over (
            partition by person_key, for_audience
            order by discharged_at desc nulls last, arrived_at asc, encounter_key asc
        ) as ended_last
    from ordered
),

-- the first encounter tells how somebody came, the one that ended last how they left
joined as (
    select
        person_key,
        for_audience,
        stay_number,
        (array_agg(facility_key order by arrived_at, encounter_key))[1] as facility_key,
        (array_agg(encounter_key order by arrived_at, encounter_key))[1] as encounter_key,
        (array_agg(facility_key order by ended_last))[1] as last_facility_key,
        (array_agg(encounter_key order by ended_last))[1] as last_encounter_key,
        min(arrived_at) as started_at,
        max(discharged_at) as ended_at,
        count(*)::integer as encounter_count,
        count(distinct facility_key)::integer as facility_count,
        count(*) filter (where is_overlap)::integer as overlap_count,
        bool_or(is_death) as is_death
    from numbered
    group by person_key, for_audience, stay_number
),

told as (
    select
        joined.*,
        firsts.residence_commune_key,
        firsts.arrival_date,
        lasts.discharge_date,
        lasts.month_start_date,
        lasts.discharge_type_code,
        {{ is_planned(
            'firsts.eligibility_code', 'firsts.care_type_code', 'firsts.main_diagnosis_code',
        ) }} or appointed.visit_encounter_key is not null as is_planned,
        not joined.is_death and not {{ is_sent_on('lasts.discharge_type_code') }} as is_index
    from joined
    inner join encounters as firsts
        on
            joined.facility_key = firsts.facility_key
            and joined.encounter_key = firsts.encounter_key
    inner join encounters as lasts
        on
            joined.last_facility_key = lasts.facility_key
            and joined.last_encounter_key = lasts.encounter_key
    left join appointed
        on
            joined.for_audience = appointed.audience
            and joined.facility_key = appointed.facility_key
            and joined.encounter_key = appointed.visit_encounter_key
),

neighbours as (
    select
        *,
        lag(ended_at) over life as former_ended_at,
        is_index and discharge_date > date '{{ var("unknown_date") }}'
        and lead(arrival_date) over life <= discharge_date + {{ var("readmission_days") }}
            as is_readmitted,
        lead(is_planned) over life as next_is_planned
    from told
    window life as (partition by person_key, for_audience order by stay_number)
),

stays as (
    select
        person_key,
        facility_key,
        encounter_key,
        last_facility_key,
        last_encounter_key,
        residence_commune_key,
        arrival_date,
        discharge_date,
        month_start_date,
        started_at,
        ended_at,
        (extract(epoch from ended_at - started_at) / 86400)::numeric(9, 2) as stay_days,
        encounter_count,
        facility_count,
        overlap_count,
        discharge_type_code,
        is_death,
        is_planned,
        is_index as is_index_stay,
        (extract(epoch from started_at - former_ended_at) / 86400)::numeric(9, 2)
            as days_since_former_stay,
        coalesce(
            lag(is_readmitted) over (partition by person_key, for_audience order by stay_number),
            false
        ) as is_readmission,
        coalesce(is_readmitted, false) as is_readmitted,
        coalesce(is_readmitted and not next_is_planned, false) as is_readmitted_unplanned,
        false as is_tombstone,
        for_audience as audience
    from neighbours
)

select stays.*
from stays
left join stays as opened
    on
        stays.person_key = opened.person_key
        and stays.facility_key = opened.facility_key
        and stays.encounter_key = opened.encounter_key
        and stays.audience <> opened.audience
        and opened.audience = 'open'
where opened.person_key is null or to_jsonb(stays) - 'audience' <> to_jsonb(opened) - 'audience'
union all
select
    stays.person_key,
    stays.facility_key,
    stays.encounter_key,
    stays.last_facility_key,
    stays.last_encounter_key,
    stays.residence_commune_key,
    stays.arrival_date,
    stays.discharge_date,
    stays.month_start_date,
    stays.started_at,
    stays.ended_at,
    stays.stay_days,
    stays.encounter_count,
    stays.facility_count,
    stays.overlap_count,
    stays.discharge_type_code,
    stays.is_death,
    stays.is_planned,
    stays.is_index_stay,
    stays.days_since_former_stay,
    stays.is_readmission,
    stays.is_readmitted,
    stays.is_readmitted_unplanned,
    true as is_tombstone,
    seen.audience
from stays
inner join seen
    on
        stays.person_key = seen.person_key
        and stays.audience <> seen.audience
left join stays as own
    on
        stays.person_key = own.person_key
        and stays.facility_key = own.facility_key
        and stays.encounter_key = own.encounter_key
        and seen.audience = own.audience
where stays.audience = 'open' and own.person_key is null
