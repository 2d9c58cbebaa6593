-- One row per visit with a check-in that counts, as of the end of the build: when it was, and
-- whether the check-in itself tells of a closed class.
{{ config(
    materialized='replaced_by_key',
    meta={'publish': {
        'scope': 'int_check_ins__changed_check_ins',
        'keys': ['facility_key', 'encounter_key'],
    }},
    indexes=[{'columns': ['facility_key', 'encounter_key'], 'unique': true}],
    post_hook="{{ analyze_when_grown() }}",
) }}

with changed as (
    select * from {{ ref('int_check_ins__changed_check_ins') }}
),

check_ins as (
    select * from {{ ref('stg_check_ins__check_ins') }}
),

-- materialized: it is looked through for each check-in
patterns as materialized (
    select * from {{ ref('int_claims__closed_patterns') }}
)

select
    changed.facility_key,
    changed.encounter_key,
    check_ins.checked_in_at,
    (
        select min(patterns.closed_class)
        from patterns
        where
            {{ holds_on('patterns', 'check_ins.arrival_date') }}
            and (
                patterns.kind = 'object' and check_ins.eligibility_code ~ patterns.pattern
                or patterns.kind = 'drug'
                and {{ searched_text('check_ins.drug_name') }} ~* patterns.pattern
                or patterns.kind = 'service'
                and {{ searched_text('check_ins.service_name') }} ~* patterns.pattern
            )
    ) as closed_class
from changed
inner join check_ins
    on
        changed.file_id = check_ins.file_id
        and changed.position = check_ins.position
