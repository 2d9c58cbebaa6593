-- One row per practitioner, whatever the build: a province has some thousands, so all are compared
-- anew. The first row is the unknown practitioner.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['practitioner_key']) }}",
) }}

with practitioners as (
    select practitioner_key from {{ ref('stg_claims__practitioners') }}
)

select
    {{ surrogate_key(["'" ~ var('unknown_code') ~ "'"]) }} as practitioner_key,
    false as is_known
union all
select
    practitioner_key,
    true as is_known
from practitioners
