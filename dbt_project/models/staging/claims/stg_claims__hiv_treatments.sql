-- One row per record of HIV care (XML6) of an accepted dossier version, named and typed.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    versions.facility_id,
    versions.encounter_key,
    sent.file_id,
    sent.position,
    sent.line as line_number,
    ---------- codes and text
    {{ coded(canonical_code('sent.noi_xn_kd'), 'facilities') }} as confirmed_by_facility_id,
    {{ coded(canonical_code('sent.noi_bddt_arv'), 'facilities') }} as first_arv_facility_id,
    {{ coded(canonical_code('sent.ma_phac_do_dieu_tri_bd'), 'regimen') }} as first_regimen_code,
    {{ number_code('sent.ma_bac_phac_do_bd') }} as first_regimen_line_code,
    {{ number_code('sent.ma_lydo_dtri') }} as enrolment_reason_code,
    {{ number_code('sent.loai_dtri_lao') }} as tb_treatment_type_code,
    {{ number_code('sent.sang_loc_lao') }} as tb_screening_code,
    {{ number_code('sent.kq_dtri_lao') }} as tb_outcome_code,
    {{ number_code('sent.ma_lydo_xntl_vr') }} as viral_load_reason_code,
    {{ number_code('sent.kq_xntl_vr') }} as viral_load_result_code,
    {{ number_code('sent.ma_loai_bn') }} as patient_type_code,
    {{ number_code('sent.giai_doan_lam_sang') }} as clinical_stage_code,
    {{ number_code('sent.nhom_doi_tuong') }} as population_code,
    {{ coded(canonical_code('sent.ma_tinh_trang_dk'), 'choices') }} as registration_status_codes,
    {{ coded(canonical_code('sent.ma_xu_tri'), 'choices') }} as management_codes,
    {{ coded(canonical_code('sent.ma_phac_do_dieu_tri'), 'regimen') }} as regimen_code,
    {{ number_code('sent.ma_bac_phac_do') }} as regimen_line_code,
    {{ number_code('sent.ly_do_chuyen_phac_do') }} as regimen_change_reason_code,
    ---------- numbers
    {{ small_number('sent.so_ngay_cap_thuoc_arv') }}::integer as arv_days,
    ---------- dates
    raw.parse_date(sent.ngaykd_hiv) as confirmed_date,
    raw.parse_date(sent.bddt_arv) as first_arv_date,
    raw.parse_date(sent.ngaybd_dtri_lao) as tb_started_date,
    raw.parse_date(sent.ngaykt_dtri_lao) as tb_ended_date,
    raw.parse_date(sent.ngay_xn_tlvr) as viral_load_sampled_date,
    raw.parse_date(sent.ngay_kq_xn_tlvr) as viral_load_resulted_date,
    raw.parse_date(sent.ngay_bat_dau_dt_ctx) as cotrimoxazole_started_date,
    raw.parse_date(sent.ngay_bat_dau_xu_tri) as arv_round_started_date,
    raw.parse_date(sent.ngay_ket_thuc_xu_tri) as arv_round_ended_date,
    raw.parse_date(sent.ngay_chuyen_phac_do) as regimen_changed_date
from {{ source('raw', 'claims_xml6') }} as sent
inner join {{ source('ops', 'dossier_versions') }} as versions
    on
        sent.file_id = versions.file_id
        and sent.position = versions.position
where versions.verdict = 'accepted'
