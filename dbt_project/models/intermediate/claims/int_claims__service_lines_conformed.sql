-- One row per XML3 line of an accepted dossier version, in the shape that all claim lines share.
-- A line with a device code is a device, even when it also names the service that the device is for
-- (QĐ 4750: MA_DICH_VU is blank on pure device lines only).
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
    lines.*
from (
    select
        *,
        'XML3' as table_code,
        case when device_code is not null then 'device' else 'service' end as item_type,
        coalesce(device_code, service_code, '{{ var("unknown_code") }}') as item_code,
        case when device_code is not null then device_name else service_name end as item_name,
        null::text as registration_number
    from {{ ref('stg_claims__service_lines') }}
) as lines
left join {{ ref('stg_claims__practitioners') }} as practitioners
    on lines.ordering_practitioner_code = practitioners.practitioner_code
