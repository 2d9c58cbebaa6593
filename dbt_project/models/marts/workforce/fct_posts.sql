-- One row per facility, occupation and day that a list of posts speaks of.
{{ config(materialized='rewritten_with_feeds') }}
{{ after_changed_feeds() }}

with lists as (
    select
        lists.*,
        lower(lists.occupation) as occupation_code,
        {{ calendar_date('lists.as_of_date') }} as known_date
    from {{ ref('stg_lists__posts') }} as lists
),

-- two senders may list the same posts: whose list came later is believed
posts as (
    select distinct on (facility_code, occupation_code, known_date) *
    from lists
    order by
        facility_code asc,
        occupation_code asc,
        known_date asc,
        received_at desc,
        document_key asc
)

select
    {{ surrogate_key(['facility_code']) }} as facility_key,
    occupation_code,
    known_date as as_of_date,
    facility_code as facility_id,
    approved_posts,
    filled_posts,
    contract_staff,
    needed_by_norm,
    rank() over (
        partition by facility_code
        order by known_date desc
    ) = 1 as is_latest,
    'open' as audience
from posts
