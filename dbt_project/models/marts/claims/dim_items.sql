-- One row per drug, service or device that a claim line names. Name, unit and cost group are those
-- of the line ordered last (then of the smallest claim_line_key): a rule on content, so that no
-- order of loading changes it.
with items as (
    select * from {{ ref('int_claims__touched_items') }}
),

-- read twice, it would be copied whole; each time it is searched by key
lines as not materialized (
    select * from {{ ref('fct_claim_lines') }}
),

versions as (
    select * from {{ ref('int_claims__current_versions') }}
),

latest_lines as (
    select
        items.*,
        latest.table_code,
        latest.line_number,
        latest.cost_group_code,
        not exists (
            select 1
            from lines
            where
                lines.item_key = items.item_key
                and not lines.is_hiv_related
        ) as is_hiv_related,
        versions.file_id,
        versions.position
    from items
    cross join
        lateral (
            select lines.*
            from lines
            where lines.item_key = items.item_key
            order by lines.ordered_at desc nulls last, lines.claim_line_key asc
            limit 1
        ) as latest
    inner join versions
        on
            latest.facility_key = versions.facility_key
            and latest.encounter_key = versions.encounter_key
),

drug_lines as (
    select * from {{ ref('int_claims__drug_lines_conformed') }}
),

service_lines as (
    select * from {{ ref('int_claims__service_lines_conformed') }}
)

select
    latest_lines.item_key,
    latest_lines.item_type,
    latest_lines.item_code,
    coalesce(drug_lines.item_name, service_lines.item_name) as item_name,
    coalesce(drug_lines.unit_name, service_lines.unit_name) as unit_name,
    latest_lines.cost_group_code,
    latest_lines.is_hiv_related
from latest_lines
left join drug_lines
    on
        latest_lines.table_code = drug_lines.table_code
        and latest_lines.file_id = drug_lines.file_id
        and latest_lines.position = drug_lines.position
        and latest_lines.line_number = drug_lines.line_number
left join service_lines
    on
        latest_lines.table_code = service_lines.table_code
        and latest_lines.file_id = service_lines.file_id
        and latest_lines.position = service_lines.position
        and latest_lines.line_number = service_lines.line_number
