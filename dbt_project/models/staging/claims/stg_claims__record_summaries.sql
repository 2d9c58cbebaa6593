-- One row per summary of the record (XML8) of an accepted dossier version, named and typed. Its
-- texts may name persons: they stay in raw.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    versions.facility_id,
    versions.encounter_key,
    sent.file_id,
    sent.position,
    sent.line as line_number,
    ---------- codes and text
    {{ coded('sent.ma_loai_kcb', 'care') }} as care_type_code,
    {{ number_code('sent.ket_qua_dtri') }} as outcome_code,
    ---------- numbers
    {{ small_number('sent.so_conchet') }}::integer as children_died,
    ---------- dates
    raw.parse_date(sent.ngay_sinhcon) as child_born_date,
    raw.parse_date(sent.ngay_conchet) as child_died_date,
    raw.parse_date(sent.ngay_ct) as issued_date
from {{ source('raw', 'claims_xml8') }} as sent
inner join {{ source('ops', 'dossier_versions') }} as versions
    on
        sent.file_id = versions.file_id
        and sent.position = versions.position
where versions.verdict = 'accepted'
