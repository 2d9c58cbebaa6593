-- One row per indicator and value that is aimed at or was published; the same for every audience.
select
    targets.indicator_code,
    targets.target_number,
    audiences.audience,
    targets.scope,
    targets.target_year,
    targets.target_value::numeric(18, 4) as target_value,
    targets.kind,
    targets.source,
    targets.confidence
from {{ ref('ref_indicator_targets') }} as targets
cross join {{ audiences() }}
