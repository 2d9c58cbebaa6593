-- One row per feed of lists of which a document changed in the stretch of this build.
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
where builds.build_id = {{ build_id() }} and changes.feed <> 'check_ins'
