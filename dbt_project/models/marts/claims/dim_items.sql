-- One row per drug, service or device that a claim line names, and audience. Name, unit and cost
-- group are those of the line ordered last (then of the smallest claim_line_key): a rule on
-- content, so that no order of loading changes it. A name that is surely of a person is not
-- published, and the unknown item has none: whatever was no code stands there.
with items as (
    select * from {{ affected_keys() }}
),

lines as (
    select * from {{ ref('fct_claim_lines') }}
),

versions as (
    select * from {{ ref('int_claims__current_versions') }}
),

-- the last line of each item in the documents of each audience, by key
last_lines as materialized (
    select
        latest.*,
        items.item_type,
        items.item_code
    from items
    cross join {{ audiences() }}
    cross join
        lateral (
            select lines.*
            from lines
            where
                lines.item_key = items.item_key
                and lines.audience = audiences.audience
            order by lines.ordered_at desc nulls last, lines.claim_line_key asc
            limit 1
        ) as latest
),

chosen as (
    select distinct on (own.item_key, own.audience)
        last_lines.*,
        own.audience as for_audience
    from last_lines as own
    inner join {{ audiences() }} on own.audience = audiences.audience
    inner join last_lines
        on
            own.item_key = last_lines.item_key
            and last_lines.audience = any(audiences.sees)
    order by
        own.item_key asc,
        own.audience asc,
        last_lines.ordered_at desc nulls last,
        last_lines.claim_line_key asc
),

-- once, so that a line is then searched in its own table and by its whole key
latest_lines as materialized (
    select
        chosen.*,
        versions.file_id,
        versions.position
    from chosen
    inner join versions
        on
            chosen.facility_key = versions.facility_key
            and chosen.encounter_key = versions.encounter_key
),

drug_lines as (
    select * from {{ ref('int_claims__drug_lines_conformed') }}
),

service_lines as (
    select * from {{ ref('int_claims__service_lines_conformed') }}
),

named as (
    select
        latest_lines.*,
        drug_lines.item_name,
        drug_lines.unit_name
    from latest_lines
    left join drug_lines
        on
            latest_lines.file_id = drug_lines.file_id
            and latest_lines.position = drug_lines.position
            and latest_lines.line_number = drug_lines.line_number
    where latest_lines.table_code = 'XML2'
    union all
    select
        latest_lines.*,
        service_lines.item_name,
        service_lines.unit_name
    from latest_lines
    left join service_lines
        on
            latest_lines.file_id = service_lines.file_id
            and latest_lines.position = service_lines.position
            and latest_lines.line_number = service_lines.line_number
    where latest_lines.table_code = 'XML3'
)

select
    item_key,
    for_audience as audience,
    item_type,
    item_code,
    case
        when item_code <> '{{ var("unknown_code") }}' then {{ public_name('item_name') }}
    end as item_name,
    case
        when item_code <> '{{ var("unknown_code") }}' then {{ public_name('unit_name') }}
    end as unit_name,
    cost_group_code
from named
