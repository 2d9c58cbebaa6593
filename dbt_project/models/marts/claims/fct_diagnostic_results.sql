-- One row per result of a test or examination (XML4) of a dossier with content. A test for HIV is
-- flagged whatever it found, for its absence would tell the rest.
with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

results as (
    select * from {{ ref('stg_claims__diagnostic_results') }}
),

hiv_tests as (
    select distinct
        services.file_id,
        services.position,
        services.service_code
    from versions
    inner join {{ ref('stg_claims__service_lines') }} as services
        on
            versions.file_id = services.file_id
            and versions.position = services.position
    where services.service_name ~* '\mhiv'
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
    results.indicator_name,
    results.result_value,
    results.unit_name,
    results.result_number,
    results.resulted_at,
    versions.is_hiv_related
    or coalesce(results.indicator_name ~* '\mhiv', false)
    or hiv_tests.service_code is not null as is_hiv_related
from versions
inner join results
    on
        versions.file_id = results.file_id
        and versions.position = results.position
left join hiv_tests
    on
        results.file_id = hiv_tests.file_id
        and results.position = hiv_tests.position
        and results.service_code = hiv_tests.service_code
