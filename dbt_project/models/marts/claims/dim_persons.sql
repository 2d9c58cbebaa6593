-- One row per person with an encounter. Sex and birth year are those of the encounter that ended
-- last (then of the greatest encounter_key): a rule on content, so that no order of loading changes
-- it.
with persons as (
    select * from {{ ref('int_claims__touched_persons') }}
),

-- read twice, it would be copied whole; each time it is searched by key
encounters as not materialized (
    select * from {{ ref('int_claims__current_versions') }}
)

select
    persons.person_key,
    latest.sex_code,
    latest.birth_year,
    -- shown to others, a person without any encounter that they see would tell them why
    not exists (
        select 1
        from encounters
        where
            encounters.person_key = persons.person_key
            and not encounters.is_hiv_related
    ) as is_hiv_related
from persons
cross join lateral (
    select
        encounters.sex_code,
        encounters.birth_year
    from encounters
    where encounters.person_key = persons.person_key
    order by encounters.discharged_at desc nulls last, encounters.encounter_key asc
    limit 1
) as latest
