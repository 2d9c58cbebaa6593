-- One row per drug line (XML2) of an accepted dossier version, named and typed. The line is known
-- by its ordinal in the table, for STT may occur twice. Text that is not of its type becomes null.
-- No WITH in a view: Postgres would not flatten it, and a join by key would read all of raw.
select
    versions.facility_id,
    versions.encounter_key,
    lines.file_id,
    lines.position,
    lines.line as line_number,
    ---------- codes and text
    {{ coded('lines.stt', 'line') }} as sent_line_number,
    {{ coded(canonical_code('lines.ma_thuoc'), 'item') }} as drug_code,
    {{ text_code('lines.ten_thuoc') }} as drug_name,
    {{ text_code('lines.ham_luong') }} as strength,
    {{ text_code('lines.don_vi_tinh') }} as unit_name,
    {{ number_code('lines.ma_nhom') }} as cost_group_code,
    {{ coded(canonical_code('lines.so_dang_ky'), 'registration') }} as registration_number,
    {{ coded(canonical_code('lines.ma_khoa'), 'departments') }} as department_code,
    {{ first_practitioner('lines.ma_bac_si') }} as ordering_practitioner_code,
    {{ number_code('lines.pham_vi') }} as scope_code,
    {{ number_code('lines.ma_pttt') }} as payment_method_code,
    ---------- numbers
    {{ quantity('lines.so_luong') }} as quantity,
    {{ quantity('lines.don_gia') }} as unit_price_vnd,
    {{ small_number('lines.tyle_tt_bh') }} as insurance_pct,
    {{ small_number('lines.muc_huong') }} as benefit_pct,
    {{ amount('lines.thanh_tien_bv') }} as billed_amount_vnd,
    {{ amount('lines.thanh_tien_bh') }} as in_scope_amount_vnd,
    {{ amount('lines.t_bhtt') }} as fund_amount_vnd,
    {{ amount('lines.t_bncct') }} as copayment_amount_vnd,
    {{ amount('lines.t_bntt') }} as own_amount_vnd,
    {{ amount('lines.t_nguonkhac') }} as other_source_amount_vnd,
    ---------- instants
    {{ instant('lines.ngay_yl') }} as ordered_at,
    {{ instant('lines.ngay_th_yl') }} as performed_at
from {{ source('raw', 'claims_xml2') }} as lines
inner join {{ source('ops', 'dossier_versions') }} as versions
    on
        lines.file_id = versions.file_id
        and lines.position = versions.position
where versions.verdict = 'accepted'
