-- One row per record of tuberculosis treatment (XML15) of an accepted dossier version, named and
-- typed. The first day of antiretroviral drugs says what the HIV status may leave open.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    versions.facility_id,
    versions.encounter_key,
    sent.file_id,
    sent.position,
    sent.line as line_number,
    ---------- codes and text
    {{ number_code('sent.phanloai_lao_vitri') }} as site_code,
    {{ number_code('sent.phanloai_lao_ts') }} as history_code,
    {{ number_code('sent.phanloai_lao_hiv') }} as hiv_status_code,
    {{ number_code('sent.phanloai_lao_vk') }} as bacteriology_code,
    {{ number_code('sent.phanloai_lao_kt') }} as resistance_code,
    {{ number_code('sent.loai_dtri_lao') }} as treatment_type_code,
    {{ number_code('sent.phacdo_dtri_lao') }} as regimen_code,
    {{ number_code('sent.ket_qua_dtri_lao') }} as outcome_code,
    ---------- dates
    raw.parse_date(sent.ngaybd_dtri_lao) as started_date,
    raw.parse_date(sent.ngaykt_dtri_lao) as ended_date,
    raw.parse_date(sent.ngaykd_hiv) as hiv_confirmed_date,
    raw.parse_date(sent.bddt_arv) as first_arv_date
from {{ source('raw', 'claims_xml15') }} as sent
inner join {{ source('ops', 'dossier_versions') }} as versions
    on
        sent.file_id = versions.file_id
        and sent.position = versions.position
where versions.verdict = 'accepted'
