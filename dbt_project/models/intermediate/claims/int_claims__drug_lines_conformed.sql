-- One row per drug line of an accepted dossier version, in the shape that all claim lines share.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    {{ surrogate_key(['facility_id']) }} as facility_key,
    {{ surrogate_key(['encounter_key::text', 'table_code', 'line_number::text']) }}
        as claim_line_key,
    {{ surrogate_key(['item_type', 'item_code']) }} as item_key,
    coalesce(
        practitioners.practitioner_key,
        {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }}
    ) as ordering_practitioner_key,
    lines.*,
    null::numeric(19, 3) as insurance_unit_price_vnd,
    null::numeric(9, 3) as service_pct,
    null::text as diagnosis_codes,
    null::timestamptz as resulted_at
from (
    select
        *,
        'XML2' as table_code,
        'drug' as item_type,
        coalesce(drug_code, '{{ var("unknown_code") }}') as item_code,
        drug_name as item_name
    from {{ ref('stg_claims__drug_lines') }}
) as lines
left join {{ ref('stg_claims__practitioners') }} as practitioners
    on lines.ordering_practitioner_code = practitioners.practitioner_code
