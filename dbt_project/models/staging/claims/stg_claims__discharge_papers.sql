-- One row per discharge paper (XML7) of an accepted dossier version, named and typed. Its
-- texts may name persons: they stay in raw.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    versions.facility_id,
    versions.encounter_key,
    sent.file_id,
    sent.position,
    sent.line as line_number,
    ---------- codes and text
    {{ coded(canonical_code('sent.ma_khoa_rv'), 'departments') }} as department_codes,
    ---------- numbers
    {{ small_number('sent.tuoi_thai') }}::integer as gestational_weeks,
    {{ small_number('sent.so_ngay_nghi') }} as leave_days,
    ---------- flags
    {{ flag('sent.ma_dinh_chi_thai') }} as is_pregnancy_terminated,
    ---------- dates
    raw.parse_date(sent.thoigian_dinhchi) as pregnancy_terminated_date,
    raw.parse_date(sent.ngoaitru_tungay) as leave_from_date,
    raw.parse_date(sent.ngoaitru_denngay) as leave_to_date,
    raw.parse_date(sent.ngay_ct) as issued_date
from {{ source('raw', 'claims_xml7') }} as sent
inner join {{ source('ops', 'dossier_versions') }} as versions
    on
        sent.file_id = versions.file_id
        and sent.position = versions.position
where versions.verdict = 'accepted'
