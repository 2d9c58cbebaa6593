-- One row per certificate of leave to protect a pregnancy (XML10) of an accepted dossier version,
-- named and typed.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    versions.facility_id,
    versions.encounter_key,
    sent.file_id,
    sent.position,
    sent.line as line_number,
    ---------- numbers
    {{ small_number('sent.so_ngay') }} as leave_days,
    ---------- dates
    raw.parse_date(sent.tu_ngay) as leave_from_date,
    raw.parse_date(sent.den_ngay) as leave_to_date,
    raw.parse_date(sent.ngay_ct) as issued_date
from {{ source('raw', 'claims_xml10') }} as sent
inner join {{ source('ops', 'dossier_versions') }} as versions
    on
        sent.file_id = versions.file_id
        and sent.position = versions.position
where versions.verdict = 'accepted'
