-- One row per facility whose dossiers changed in this build: the days of which this build may know
-- more, or less, than what is published. Visits of days up to `known_from_date` were known before
-- and still are, by dossiers that did not change; of days after `known_through_date` nobody knew.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key']) }}",
) }}

with changed as (
    select * from {{ ref('int_claims__changed_dossiers') }}
),

facilities as (
    select distinct
        facility_key,
        facility_id
    from changed
),

-- not materialized: each search finds its rows by an index
versions as not materialized (
    select * from {{ ref('int_claims__current_versions') }}
    where
        arrival_date
        between date '{{ var("first_date") }}' and date '{{ var("last_date") }}'
),

named as (
    select
        encounters.facility_key,
        max(encounters.arrival_date) as arrival_date
    from {{ ref('int_claims__old_and_new_versions') }} as versions
    inner join {{ ref('int_claims__encounters_conformed') }} as encounters
        on
            versions.file_id = encounters.file_id
            and versions.position = encounters.position
    where
        encounters.arrival_date
        between date '{{ var("first_date") }}' and date '{{ var("last_date") }}'
    group by encounters.facility_key
)

select
    facilities.facility_key,
    coalesce(unchanged.arrival_date, date '{{ var("first_date") }}') as known_from_date,
    coalesce(
        greatest(named.arrival_date, latest.arrival_date), date '{{ var("first_date") }}'
    ) as known_through_date
from facilities
left join named on facilities.facility_key = named.facility_key
left join lateral (
    select versions.arrival_date
    from versions
    where versions.facility_id = facilities.facility_id
    order by versions.arrival_date desc
    limit 1
) as latest on true
-- of open dossiers: who sees closed ones besides knows as much, or more
left join lateral (
    select versions.arrival_date
    from versions
    where
        versions.facility_id = facilities.facility_id
        and versions.audience = 'open'
        and not exists (
            select 1
            from changed
            where
                changed.facility_key = versions.facility_key
                and changed.encounter_key = versions.encounter_key
        )
    order by versions.arrival_date desc
    limit 1
) as unchanged on true
