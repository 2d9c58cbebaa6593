-- One row per result of a test or examination (XML4) of a dossier with content. The result of a
-- test for HIV is closed whatever it found, for its absence would tell the rest. Free text may name
-- a person: results go out where they are numbers or listed answers, units where they are listed or
-- composed.
with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

results as (
    select
        *,
        coalesce(raw.is_result(result_value), false) as is_number,
        lower(regexp_replace(result_value, '\s+', ' ', 'g')) as answer
    from {{ ref('stg_claims__diagnostic_results') }}
),

answers as (
    select * from {{ ref('ref_result_answers') }}
),

units as (
    select * from {{ ref('ref_result_units') }}
),

closed_tests as (
    select
        closed_class,
        pattern
    from {{ ref('int_claims__closed_patterns') }}
    where kind = 'test'
),

closed_services as (
    select
        services.file_id,
        services.position,
        services.base_service_code,
        min(closed_tests.closed_class) as closed_class
    from versions
    inner join {{ ref('stg_claims__service_lines') }} as services
        on
            versions.file_id = services.file_id
            and versions.position = services.position
    inner join closed_tests
        on {{ searched_text('services.service_name') }} ~* closed_tests.pattern
    group by 1, 2, 3
)

select
    versions.facility_key,
    versions.encounter_key,
    {{ surrogate_key([
        'versions.encounter_key::text', "'XML4'", 'results.line_number::text',
    ]) }} as result_key,
    results.line_number,
    results.sent_line_number,
    results.service_code,
    results.indicator_code,
    {{ public_name('results.indicator_name') }} as indicator_name,
    case
        when results.is_number or answers.answer is not null then results.result_value
    end as result_value,
    case
        when {{ is_unit('results.unit_name') }} or units.unit is not null then results.unit_name
    end as unit_name,
    case when results.is_number then results.result_number end as result_number,
    results.resulted_at,
    results.result_value is not null
    and not results.is_number
    and answers.answer is null as has_withheld_text,
    {{ encounter_columns('encounters') }},
    case
        when versions.audience <> 'open' then versions.audience
        else coalesce(
            closed_services.closed_class,
            (
                select min(closed_tests.closed_class)
                from closed_tests
                where {{ searched_text('results.indicator_name') }} ~* closed_tests.pattern
            ),
            'open'
        )
    end as audience
from versions
inner join encounters
    on
        versions.facility_key = encounters.facility_key
        and versions.encounter_key = encounters.encounter_key
inner join results
    on
        versions.file_id = results.file_id
        and versions.position = results.position
left join closed_services
    on
        results.file_id = closed_services.file_id
        and results.position = closed_services.position
        and results.base_service_code = closed_services.base_service_code
left join answers
    on results.answer = answers.answer
left join units
    on lower(results.unit_name) = units.unit
