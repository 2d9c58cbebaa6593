-- One row per XML2 or XML3 line of a dossier with content.
{{ config(
    indexes=[
        {'columns': ['item_key', 'audience', 'ordered_at desc nulls last', 'claim_line_key']},
        {'columns': ['ordering_practitioner_key', 'audience']},
    ],
    post_hook="{{ summed_by(
        ['facility_key', 'item_key', 'month_start_date', 'cost_group_code', 'audience', 'encounter_key'],
        ['quantity', 'billed_amount_vnd', 'in_scope_amount_vnd', 'fund_amount_vnd',
         'copayment_amount_vnd', 'own_amount_vnd'],
    ) }}",
) }}

with encounters as (
    select * from {{ ref('fct_encounters') }}
),

versions as (
    select
        changed.*,
        encounters.month_start_date
    from {{ ref('int_claims__changed_versions') }} as changed
    inner join encounters
        on
            changed.facility_key = encounters.facility_key
            and changed.encounter_key = encounters.encounter_key
),

drug_lines as (
    select * from {{ ref('int_claims__drug_lines_conformed') }}
),

service_lines as (
    select * from {{ ref('int_claims__service_lines_conformed') }}
)

-- the join is made in each branch, so that both read raw by its key
select
    {{ claim_line_columns('drug_lines') }},
    versions.audience,
    versions.month_start_date
from versions
inner join drug_lines
    on
        versions.file_id = drug_lines.file_id
        and versions.position = drug_lines.position
union all
select
    {{ claim_line_columns('service_lines') }},
    versions.audience,
    versions.month_start_date
from versions
inner join service_lines
    on
        versions.file_id = service_lines.file_id
        and versions.position = service_lines.position
