-- One row per result of a test or examination (XML4) of an accepted dossier version, named and
-- typed. A result is text by nature (âm tính, 1/80); where it is a number it can be read as one.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    versions.facility_id,
    versions.encounter_key,
    sent.file_id,
    sent.position,
    sent.line as line_number,
    ---------- codes and text
    {{ coded('sent.stt', 'line') }} as sent_line_number,
    {{ coded(canonical_code('sent.ma_dich_vu'), 'item') }} as service_code,
    {{ base_service_code('sent.ma_dich_vu') }} as base_service_code,
    {{ coded('sent.ma_chi_so', 'indicator') }} as indicator_code,
    {{ text_code('sent.ten_chi_so') }} as indicator_name,
    {{ text_code('sent.gia_tri') }} as result_value,
    {{ text_code('sent.don_vi_do') }} as unit_name,
    ---------- numbers
    raw.parse_amount(sent.gia_tri)::numeric(21, 6) as result_number,
    ---------- instants
    {{ instant('sent.ngay_kq') }} as resulted_at
from {{ source('raw', 'claims_xml4') }} as sent
inner join {{ source('ops', 'dossier_versions') }} as versions
    on
        sent.file_id = versions.file_id
        and sent.position = versions.position
where versions.verdict = 'accepted'
