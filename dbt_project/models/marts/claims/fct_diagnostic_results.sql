-- One row per result of a test or examination (XML4) of a dossier with content. A test for HIV is
-- flagged whatever it found, for its absence would tell the rest.
with versions as (
    select * from {{ ref('int_claims__changed_versions') }}
),

results as (
    select * from {{ ref('stg_claims__diagnostic_results') }}
)

select
    versions.facility_key,
    versions.encounter_key,
    {{ surrogate_key([
        'versions.facility_id', 'versions.dossier_id', "'XML4'", 'results.line_number::text',
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
    or coalesce(results.indicator_name ~* '\mhiv\M', false) as is_hiv_related
from versions
inner join results
    on
        versions.file_id = results.file_id
        and versions.position = results.position
