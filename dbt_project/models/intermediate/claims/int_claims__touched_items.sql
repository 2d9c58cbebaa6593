-- One row per drug, service or device whose use may have changed in this build.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['item_key']) }}",
) }}

with versions as (
    select * from {{ ref('int_claims__touched_versions') }}
),

drug_lines as (
    select * from {{ ref('int_claims__drug_lines_conformed') }}
),

service_lines as (
    select * from {{ ref('int_claims__service_lines_conformed') }}
),

items as (
    select
        drug_lines.item_key,
        drug_lines.item_type,
        drug_lines.item_code
    from versions
    inner join drug_lines
        on
            versions.file_id = drug_lines.file_id
            and versions.position = drug_lines.position
    union distinct
    select
        service_lines.item_key,
        service_lines.item_type,
        service_lines.item_code
    from versions
    inner join service_lines
        on
            versions.file_id = service_lines.file_id
            and versions.position = service_lines.position
)

select * from items
