-- One row per person with an encounter, and audience. Sex and birth year are those of the encounter
-- that ended last (then of the smallest encounter_key): a rule on content, so that no order of
-- loading changes it.
with persons as (
    select * from {{ ref('int_claims__affected_persons') }}
),

-- read twice, it would be copied whole; each time it is searched by key
encounters as not materialized (
    select * from {{ ref('int_claims__current_versions') }}
)

select
    persons.person_key,
    audiences.audience,
    latest.sex_code,
    latest.birth_year
from persons
cross join {{ audiences() }}
cross join
    lateral (
        select
            encounters.sex_code,
            encounters.birth_year
        from encounters
        where
            encounters.person_key = persons.person_key
            and encounters.audience = any(audiences.sees)
        order by encounters.discharged_at desc nulls last, encounters.encounter_key asc
        limit 1
    ) as latest
where
    exists (
        select 1
        from encounters
        where
            encounters.person_key = persons.person_key
            and encounters.audience = audiences.audience
    )
