-- One row per person and assignment for which somebody was sent from one facility to another. The
-- levels of both are those of the first day, by the registry; a commune station that the registry
-- does not name is of the primary level (Law 15/2023).
{{ config(materialized='rewritten_with_feeds') }}
{{ after_changed_feeds() }}

with lists as (
    select
        lists.*,
        {{ calendar_date('lists.started_on') }} as known_start
    from {{ ref('stg_lists__rotation') }} as lists
),

levels as (
    select
        facility_code,
        valid_from,
        valid_to,
        lower(professional_level) as level_code
    from {{ ref('int_facilities__periods') }}
),

stations as (
    select distinct unit_code from {{ ref('stg_lists__commune_station') }}
)

select
    lists.document_key as rotation_key,
    coalesce(lists.person_key, lists.document_key) as staff_key,
    {{ surrogate_key(['lists.from_facility']) }} as from_facility_key,
    {{ surrogate_key(['lists.to_facility']) }} as to_facility_key,
    lists.from_facility as from_facility_id,
    lists.to_facility as to_facility_id,
    stations.unit_code is not null as is_to_station,
    senders.level_code as from_level_code,
    coalesce(
        receivers.level_code, case when stations.unit_code is not null then 'primary' end
    ) as to_level_code,
    lists.known_start as started_on,
    lists.planned_end,
    lists.ended_on,
    lists.time_share::numeric(5, 4) as time_share,
    lower(lists.occupation) as occupation_code,
    lower(lists.staff_group) as staff_group_code,
    lower(lists.programme) as programme_code,
    lower(lists.task) as task_code,
    lists.decision_no,
    lists.decision_date,
    lists.planned_persons,
    'open' as audience
from lists
left join levels as senders
    on
        lists.from_facility = senders.facility_code
        and {{ holds_on('senders', 'lists.known_start') }}
left join levels as receivers
    on
        lists.to_facility = receivers.facility_code
        and {{ holds_on('receivers', 'lists.known_start') }}
left join stations on lists.to_facility = stations.unit_code
