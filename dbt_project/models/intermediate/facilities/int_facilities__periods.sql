-- One row per facility of the registry and period in which nothing of it changed, by the dates of
-- the registry itself. The newest list that covers a day says what held on it, so that a late
-- correction cuts the periods anew. Days between periods, and behind the last, are unknown.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_code', 'valid_from']) }}",
) }}

with said as (
    select
        lists.*,
        lists.valid_to + 1 as ended_on, -- the list names the last day
        md5((
            to_jsonb(lists) - array[
                'document_key', 'partition_key', 'sender_id', 'as_of', 'received_at', 'valid_from',
                'valid_to'
            ]
        )::text) as attributes_hash
    from {{ ref('stg_lists__facility_registry') }} as lists
    where lists.valid_from <= coalesce(lists.valid_to, lists.valid_from)
),

starts as (
    select
        facility_code,
        valid_from
    from said
    union distinct
    select
        facility_code,
        ended_on as valid_from
    from said
    where ended_on is not null
),

cut as (
    select
        starts.facility_code,
        starts.valid_from,
        newest.attributes_hash,
        newest.document_key,
        newest.partition_key,
        coalesce(newest.attributes_hash, '')
        <> lag(coalesce(newest.attributes_hash, ''), 1, 'none') over life as is_first
    from starts
    left join lateral (
        select said.*
        from said
        where
            said.facility_code = starts.facility_code
            and said.valid_from <= starts.valid_from
            and (said.ended_on is null or said.ended_on > starts.valid_from)
        order by
            said.as_of desc,
            said.received_at desc,
            said.valid_from desc,
            said.document_key desc
        limit 1
    ) as newest on true
    window life as (partition by starts.facility_code order by starts.valid_from)
)

select
    cut.facility_code,
    cut.valid_from,
    said.facility_name,
    said.facility_type,
    said.ownership,
    said.governing_body,
    said.parent_code,
    said.professional_level,
    said.level_points,
    said.old_tier,
    said.hospital_class,
    said.specialty,
    said.gln_code,
    said.has_insurance_contract,
    said.is_training_site,
    said.province_code,
    said.commune_code,
    said.latitude,
    said.longitude,
    said.beds_planned,
    said.beds_registered,
    said.beds_actual,
    said.beds_icu,
    said.beds_emergency,
    said.beds_negative_pressure,
    said.status,
    cut.attributes_hash,
    said.document_key is not null as is_known,
    lead(cut.valid_from) over (
        partition by cut.facility_code
        order by cut.valid_from
    ) as valid_to
from cut
left join said
    on
        cut.partition_key = said.partition_key
        and cut.document_key = said.document_key
where cut.is_first
