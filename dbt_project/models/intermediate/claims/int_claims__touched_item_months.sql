-- One row per facility, month of end of care and drug, service or device whose sums may have
-- changed in this build: what a dossier no longer has, or had in another month, as well.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['facility_key', 'month_start_date', 'item_key']) }}",
) }}

with versions as (
    select
        touched.*,
        encounters.month_start_date
    from {{ ref('int_claims__touched_versions') }} as touched
    inner join {{ ref('int_claims__encounters_conformed') }} as encounters
        on
            touched.file_id = encounters.file_id
            and touched.position = encounters.position
),

drug_lines as (
    select * from {{ ref('int_claims__drug_lines_conformed') }}
),

service_lines as (
    select * from {{ ref('int_claims__service_lines_conformed') }}
),

item_months as (
    select
        drug_lines.facility_key,
        versions.month_start_date,
        drug_lines.item_key
    from versions
    inner join drug_lines
        on
            versions.file_id = drug_lines.file_id
            and versions.position = drug_lines.position
    union distinct
    select
        service_lines.facility_key,
        versions.month_start_date,
        service_lines.item_key
    from versions
    inner join service_lines
        on
            versions.file_id = service_lines.file_id
            and versions.position = service_lines.position
)

select * from item_months
