-- One row per feed of rows of which a document changed in the stretch of this build: what the marts
-- that follow lists are rewritten by.
{{ config(
    materialized='refilled',
    post_hook="{{ keyed_by(['feed']) }}",
) }}

select distinct changes.feed
from {{ source('ops', 'document_changes') }} as changes
inner join {{ source('ops', 'builds') }} as builds
    on
        changes.change_id > {{ from_change_id('builds') }}
        and changes.change_id <= builds.to_change_id
where builds.build_id = {{ build_id() }}
