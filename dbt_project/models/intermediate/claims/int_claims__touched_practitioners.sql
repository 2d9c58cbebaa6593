-- One row per practitioner whom a line of a dossier names that changed in this build, or named
-- before. The first row is the unknown practitioner, who is always there.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['practitioner_key']) }}",
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

practitioners as (
    select {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }} as practitioner_key
    union distinct
    select drug_lines.ordering_practitioner_key
    from versions
    inner join drug_lines
        on
            versions.file_id = drug_lines.file_id
            and versions.position = drug_lines.position
    union distinct
    select service_lines.ordering_practitioner_key
    from versions
    inner join service_lines
        on
            versions.file_id = service_lines.file_id
            and versions.position = service_lines.position
)

select
    practitioner_key,
    practitioner_key <> {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }} as is_known
from practitioners
