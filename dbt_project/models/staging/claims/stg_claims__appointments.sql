-- One row per appointment slip (XML14) of an accepted dossier version, named and typed.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    versions.facility_id,
    versions.encounter_key,
    sent.file_id,
    sent.position,
    sent.line as line_number,
    ---------- dates and instants
    raw.parse_date(sent.ngay_hen_kl) as appointment_date,
    date_trunc('month', {{ calendar_date('raw.parse_date(sent.ngay_hen_kl)') }}::timestamp)::date
        as appointment_month_start_date,
    raw.parse_date(sent.ngay_ct) as issued_date,
    {{ instant('sent.ngay_hen_kl') }} as appointment_at
from {{ source('raw', 'claims_xml14') }} as sent
inner join {{ source('ops', 'dossier_versions') }} as versions
    on
        sent.file_id = versions.file_id
        and sent.position = versions.position
where versions.verdict = 'accepted'
