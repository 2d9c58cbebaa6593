-- One row per accepted dossier version: its header (XML1), named and typed. Text that is not of its
-- type becomes null and fails nothing. Values are read column by column, for the personal ones are
-- not granted to the role that runs this.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    versions.facility_id,
    versions.encounter_key,
    headers.file_id,
    headers.position,
    headers._person_key as person_key,
    versions.local_person_key,
    ---------- codes and text
    {{ number_code('headers.gioi_tinh') }} as sex_code,
    {{ icd_codes('headers.ma_benh_chinh') }} as main_diagnosis_code,
    {{ icd_codes('headers.ma_benh_kt') }} as secondary_diagnosis_codes,
    {{ icd_codes('headers.ma_benh_yhct') }} as traditional_diagnosis_codes,
    {{ coded('headers.ma_loai_kcb', 'care') }} as care_type_code,
    {{ coded('headers.ma_doituong_kcb', 'eligibility') }} as eligibility_code,
    {{ number_code('headers.ma_loai_rv') }} as discharge_type_code,
    {{ number_code('headers.ket_qua_dtri') }} as outcome_code,
    {{ number_code('headers.ma_tai_nan') }} as injury_cause_code,
    {{ coded(canonical_code('headers.ma_khoa'), 'departments') }} as department_codes,
    {{ coded(canonical_code('headers.ma_noi_di'), 'facilities') }} as referred_from_facility_id,
    {{ coded(canonical_code('headers.ma_noi_den'), 'facilities') }} as referred_to_facility_id,
    {{ coded('headers.matinh_cu_tru', 'place') }} as residence_province_code,
    {{ coded('headers.maxa_cu_tru', 'place') }} as residence_commune_code,
    {{ coded(canonical_code(last_listed('headers.ma_dkbd')), 'facilities') }}
        as registered_facility_id,
    {{ coded(canonical_code('headers.ma_pttt_qt'), 'procedures') }} as procedure_codes,
    {{ coded(canonical_code('headers.ma_khuvuc'), 'area') }} as living_area_code,
    ---------- numbers
    {{ small_number('headers.so_ngay_dtri') }} as treatment_days,
    {{ amount('headers.t_thuoc') }} as drug_amount_vnd,
    {{ amount('headers.t_vtyt') }} as device_amount_vnd,
    {{ amount('headers.t_tongchi_bv') }} as billed_amount_vnd,
    {{ amount('headers.t_tongchi_bh') }} as in_scope_amount_vnd,
    {{ amount('headers.t_bhtt') }} as fund_amount_vnd,
    {{ amount('headers.t_bhtt_gdv') }} as fund_fee_for_service_amount_vnd,
    {{ amount('headers.t_bncct') }} as copayment_amount_vnd,
    {{ amount('headers.t_bntt') }} as own_amount_vnd,
    {{ amount('headers.t_nguonkhac') }} as other_source_amount_vnd,
    ---------- dates: NGAY_SINH has zeros for the parts that are not known (195500000000)
    raw.parse_date(headers.ngay_sinh) as birth_date,
    {{ year('headers.ngay_sinh') }} as birth_year,
    {{ month_start('headers.nam_qt', 'headers.thang_qt') }} as settlement_month_start_date,
    raw.parse_date(headers.ngay_vao) as arrival_date,
    raw.parse_date(headers.ngay_ra) as discharge_date,
    raw.parse_date({{ last_listed('headers.gt_the_tu') }}) as card_valid_from_date,
    raw.parse_date({{ last_listed('headers.gt_the_den') }}) as card_valid_to_date,
    ---------- instants
    {{ instant('headers.ngay_vao') }} as arrived_at,
    {{ instant('headers.ngay_vao_noi_tru') }} as admitted_at,
    {{ instant('headers.ngay_ra') }} as discharged_at,
    {{ instant('headers.ngay_ttoan') }} as paid_at
from {{ source('raw', 'claims_xml1') }} as headers
inner join {{ source('ops', 'dossier_versions') }} as versions
    on
        headers.file_id = versions.file_id
        and headers.position = versions.position
where versions.verdict = 'accepted'
