-- What is in a file beside its rows: blank rows, a signature; and files of kinds that nobody reads yet.

alter table ops.files
drop constraint files_status_check,
add constraint files_status_check check (status in ('loaded', 'refused', 'not_taken')),
drop constraint files_kind_check,
add constraint files_kind_check check (kind ~ '^[a-z_]+$'),
add column blank_counts jsonb not null default '{}',
add column is_signed boolean;
comment on column ops.files.status is
'not_taken: nothing is wrong with the file, and nobody reads files of its kind yet.';
comment on column ops.files.kind is
'claims, check_ins, or of a file that is not taken what it is: see sources/claims/other_envelopes.csv.';
comment on column ops.files.line_count is
'Rows of XML2 and XML3 as received, blank ones too; of a check-in file its rows.';
comment on column ops.files.row_counts is 'Rows that went to raw, by table: {"XML1": 3, "XML2": 7, "other": 1}.';
comment on column ops.files.blank_counts is
'Rows that tell of no event, by table: {"XML9": 1}. They are in the archive only; sources/claims/fields.csv says '
'what makes a row an event.';
comment on column ops.files.is_signed is
'Whether the file has a Signature of XML-DSig; nobody verifies it. null = not known: the file was refused, or read '
'before this was looked for.';

---------- the ledger

drop view ops.ledger;

create view ops.ledger as
select
    r.receipt_number,
    r.received_at,
    r.file_id,
    f.sha256,
    f.byte_count,
    f.facility_id,
    f.declared_date,
    f.kind,
    f.is_signed,
    case when r.is_repeated then 'duplicate' else f.status end as status,
    case
        when r.is_repeated then 'the same bytes were received before'
        when f.status = 'refused' then f.rule_id || ': ' || f.reason
        when f.status = 'not_taken' then f.reason
        when f.judged_at is null then 'not checked yet'
    end as reason,
    f.loaded_at,
    f.judged_at,
    f.dossier_count as dossiers_received,
    coalesce(s.dossiers_loaded, 0) as dossiers_loaded,
    case
        when r.is_repeated then 0
        when f.status = 'refused' then f.dossier_count
        else coalesce(s.dossiers_quarantined, 0)
    end as dossiers_quarantined,
    case when r.is_repeated then f.dossier_count else 0 end as dossiers_duplicate,
    coalesce(s.dossiers_superseded, 0) as dossiers_superseded,
    coalesce(s.dossiers_withdrawn, 0) as dossiers_withdrawn,
    f.line_count as lines_received,
    case
        when r.is_repeated or f.status = 'refused' then 0
        when f.kind = 'check_ins' then c.rows_kept
        else coalesce(s.lines_loaded, 0)
    end as lines_loaded,
    case
        when r.is_repeated then 0
        when f.status = 'refused' then f.line_count
        when f.kind = 'check_ins' then f.line_count - c.rows_kept - c.lines_blank
        else coalesce(s.lines_quarantined, 0)
    end as lines_quarantined,
    case when r.is_repeated then f.line_count else 0 end as lines_duplicate,
    coalesce(s.lines_superseded, 0) as lines_superseded,
    coalesce(s.lines_withdrawn, 0) as lines_withdrawn,
    case when r.is_repeated or f.status = 'refused' then 0 else c.lines_blank end as lines_blank,
    f.blank_counts
from (
    select
        file_id,
        received_at,
        row_number() over receipts_of_file as receipt_number,
        row_number() over receipts_of_file > 1 as is_repeated
    from ops.file_receipts
    window receipts_of_file as (
        partition by file_id order by received_at, file_name collate "C", uri collate "C"
    )
) as r
inner join ops.files as f using (file_id)
cross join lateral (
    select
        coalesce(cast(f.row_counts ->> 'XML0' as bigint), 0) as rows_kept,
        coalesce(cast(f.blank_counts ->> 'XML0' as bigint), 0)
        + coalesce(cast(f.blank_counts ->> 'XML2' as bigint), 0)
        + coalesce(cast(f.blank_counts ->> 'XML3' as bigint), 0) as lines_blank
) as c
left join lateral (
    select
        count(*) filter (where v.state = 'loaded') as dossiers_loaded,
        count(*) filter (where v.state = 'quarantined') as dossiers_quarantined,
        count(*) filter (where v.state = 'superseded') as dossiers_superseded,
        count(*) filter (where v.state = 'withdrawn') as dossiers_withdrawn,
        sum(v.line_count) filter (where v.state = 'loaded') as lines_loaded,
        sum(v.line_count) filter (where v.state = 'quarantined') as lines_quarantined,
        sum(v.line_count) filter (where v.state = 'superseded') as lines_superseded,
        sum(v.line_count) filter (where v.state = 'withdrawn') as lines_withdrawn
    from ops.version_states as v
    where v.file_id = r.file_id and f.status = 'loaded' and not r.is_repeated
) as s on true;
comment on view ops.ledger is
'One row per receipt of a file, counts as of now. For dossiers and for lines (of XML2 and XML3, or check-ins): '
'received = loaded + quarantined + duplicate + superseded + withdrawn + blank; no dossier is blank. Its name is in '
'vault.delivery_names.';
comment on column ops.ledger.receipt_number is 'Which receipt of these bytes it is, from 1, by time.';

comment on column ops.ledger.blank_counts is 'Blank rows of every table, those of the lines among them.';

---------- blank rows that were loaded before

create temporary table blank_rows (
    table_name text not null,
    file_id bigint not null,
    position integer
) on commit drop;

with gone as (
    delete from raw.claims_xml2 as sent
    where
        concat(
            sent.ma_thuoc, sent.ma_pp_chebien, sent.ma_cskcb_thuoc, sent.ten_thuoc,
            sent.don_vi_tinh, sent.ham_luong, sent.duong_dung, sent.dang_bao_che, sent.lieu_dung,
            sent.cach_dung, sent.so_dang_ky, sent.tt_thau, sent.ma_dich_vu, sent.ngay_yl,
            sent.ngay_th_yl
        ) !~ '[^[:space:]]'
        and not exists (
            select from unnest(array[
                sent.ma_nhom, sent.so_luong, sent.don_gia, sent.thanh_tien_bv,
                sent.thanh_tien_bh, sent.t_nguonkhac_nsnn, sent.t_nguonkhac_vtnn,
                sent.t_nguonkhac_vttn, sent.t_nguonkhac_cl, sent.t_nguonkhac, sent.t_bntt,
                sent.t_bncct, sent.t_bhtt, sent.vet_thuong_tp
            ]) as number (sent)
            where number.sent ~ '[^[:space:]]' and number.sent !~ '^[[:space:]]*[-+]?0+([.,]0*)?[[:space:]]*$'
        )
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML2', file_id, position from gone;

with gone as (
    delete from raw.claims_xml3 as sent
    where
        concat(
            sent.ma_dich_vu, sent.ma_pttt_qt, sent.ma_vat_tu, sent.goi_vtyt, sent.ten_vat_tu,
            sent.ten_dich_vu, sent.ma_xang_dau, sent.don_vi_tinh, sent.tt_thau, sent.ma_giuong,
            sent.nguoi_thuc_hien, sent.ngay_yl, sent.ngay_th_yl, sent.ngay_kq, sent.ma_may,
            sent.ma_hieu_sp
        ) !~ '[^[:space:]]'
        and not exists (
            select from unnest(array[
                sent.ma_nhom, sent.so_luong, sent.don_gia_bv, sent.don_gia_bh,
                sent.thanh_tien_bv, sent.thanh_tien_bh, sent.t_trantt, sent.t_nguonkhac_nsnn,
                sent.t_nguonkhac_vtnn, sent.t_nguonkhac_vttn, sent.t_nguonkhac_cl,
                sent.t_nguonkhac, sent.t_bntt, sent.t_bncct, sent.t_bhtt, sent.vet_thuong_tp,
                sent.pp_vo_cam, sent.vi_tri_th_dvkt, sent.tai_su_dung
            ]) as number (sent)
            where number.sent ~ '[^[:space:]]' and number.sent !~ '^[[:space:]]*[-+]?0+([.,]0*)?[[:space:]]*$'
        )
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML3', file_id, position from gone;

with gone as (
    delete from raw.claims_xml4 as sent
    where
        concat(
            sent.ma_dich_vu, sent.ma_chi_so, sent.ten_chi_so, sent.gia_tri, sent.mo_ta,
            sent.ket_luan, sent.ngay_kq
        ) !~ '[^[:space:]]'
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML4', file_id, position from gone;

with gone as (
    delete from raw.claims_xml5 as sent
    where
        concat(
            sent.dien_bien_ls, sent.giai_doan_benh, sent.hoi_chan, sent.phau_thuat,
            sent.thoi_diem_dbls
        ) !~ '[^[:space:]]'
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML5', file_id, position from gone;

with gone as (
    delete from raw.claims_xml6 as sent
    where
        concat(
            sent.ngaykd_hiv, sent.noi_lay_mau_xn, sent.noi_xn_kd, sent.noi_bddt_arv,
            sent.bddt_arv, sent.ma_phac_do_dieu_tri_bd, sent.ma_bac_phac_do_bd, sent.ma_lydo_dtri,
            sent.loai_dtri_lao, sent.sang_loc_lao, sent.phacdo_dtri_lao, sent.ngaybd_dtri_lao,
            sent.ngaykt_dtri_lao, sent.kq_dtri_lao, sent.ma_lydo_xntl_vr, sent.ngay_xn_tlvr,
            sent.kq_xntl_vr, sent.ngay_kq_xn_tlvr, sent.ma_loai_bn, sent.giai_doan_lam_sang,
            sent.nhom_doi_tuong, sent.ma_tinh_trang_dk, sent.ngay_xn_pcr, sent.ngay_kq_xn_pcr,
            sent.ma_kq_xn_pcr, sent.ngay_nhan_tt_mang_thai, sent.ngay_bat_dau_dt_ctx,
            sent.ma_xu_tri, sent.ngay_bat_dau_xu_tri, sent.ngay_ket_thuc_xu_tri,
            sent.ma_phac_do_dieu_tri, sent.ma_bac_phac_do, sent.ngay_chuyen_phac_do,
            sent.ly_do_chuyen_phac_do
        ) !~ '[^[:space:]]'
        and not exists (
            select from unnest(array[
                sent.lan_xn_pcr, sent.so_ngay_cap_thuoc_arv
            ]) as number (sent)
            where number.sent ~ '[^[:space:]]' and number.sent !~ '^[[:space:]]*[-+]?0+([.,]0*)?[[:space:]]*$'
        )
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML6', file_id, position from gone;

with gone as (
    delete from raw.claims_xml7 as sent
    where
        concat(
            sent.ma_lk, sent.so_luu_tru, sent.ma_khoa_rv, sent.ngay_vao, sent.ngay_ra,
            sent.nguyennhan_dinhchi, sent.thoigian_dinhchi, sent.chan_doan_rv, sent.pp_dieutri,
            sent.ghi_chu, sent.ngoaitru_tungay, sent.ngoaitru_denngay
        ) !~ '[^[:space:]]'
        and not exists (
            select from unnest(array[
                sent.ma_dinh_chi_thai, sent.tuoi_thai, sent.so_ngay_nghi
            ]) as number (sent)
            where number.sent ~ '[^[:space:]]' and number.sent !~ '^[[:space:]]*[-+]?0+([.,]0*)?[[:space:]]*$'
        )
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML7', file_id, position from gone;

with gone as (
    delete from raw.claims_xml8 as sent
    where
        concat(
            sent.ngay_vao, sent.ngay_ra, sent.chan_doan_vao, sent.chan_doan_rv, sent.qt_benhly,
            sent.tomtat_kq, sent.pp_dieutri, sent.ngay_sinhcon, sent.ngay_conchet, sent.ghi_chu
        ) !~ '[^[:space:]]'
        and not exists (
            select from unnest(array[
                sent.so_conchet, sent.ket_qua_dtri
            ]) as number (sent)
            where number.sent ~ '[^[:space:]]' and number.sent !~ '^[[:space:]]*[-+]?0+([.,]0*)?[[:space:]]*$'
        )
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML8', file_id, position from gone;

with gone as (
    delete from raw.claims_xml9 as sent
    where
        concat(
            sent.ma_the_tam, sent.ho_ten_con, sent.ngay_sinh_con, sent.tinh_trang_con,
            sent.ghi_chu, sent.so, sent.quyen_so
        ) !~ '[^[:space:]]'
        and not exists (
            select from unnest(array[
                sent.gioi_tinh_con, sent.so_con, sent.lan_sinh, sent.so_con_song,
                sent.can_nang_con, sent.sinhcon_phauthuat, sent.sinhcon_duoi32tuan
            ]) as number (sent)
            where number.sent ~ '[^[:space:]]' and number.sent !~ '^[[:space:]]*[-+]?0+([.,]0*)?[[:space:]]*$'
        )
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML9', file_id, position from gone;

with gone as (
    delete from raw.claims_xml10 as sent
    where
        concat(
            sent.so_seri, sent.so_ct, sent.chan_doan_rv, sent.tu_ngay, sent.den_ngay
        ) !~ '[^[:space:]]'
        and not exists (
            select from unnest(array[
                sent.so_ngay
            ]) as number (sent)
            where number.sent ~ '[^[:space:]]' and number.sent !~ '^[[:space:]]*[-+]?0+([.,]0*)?[[:space:]]*$'
        )
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML10', file_id, position from gone;

with gone as (
    delete from raw.claims_xml11 as sent
    where
        concat(
            sent.so_ct, sent.so_seri, sent.so_kcb, sent.chan_doan_rv, sent.pp_dieutri,
            sent.nguyennhan_dinhchi, sent.tu_ngay, sent.den_ngay
        ) !~ '[^[:space:]]'
        and not exists (
            select from unnest(array[
                sent.ma_dinh_chi_thai, sent.tuoi_thai, sent.so_ngay_nghi
            ]) as number (sent)
            where number.sent ~ '[^[:space:]]' and number.sent !~ '^[[:space:]]*[-+]?0+([.,]0*)?[[:space:]]*$'
        )
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML11', file_id, position from gone;

with gone as (
    delete from raw.claims_xml13 as sent
    where
        concat(
            sent.so_hoso, sent.so_chuyentuyen, sent.giay_chuyen_tuyen, sent.ma_noi_den,
            sent.ngay_vao, sent.ngay_vao_noi_tru, sent.ngay_ra, sent.dau_hieu_ls,
            sent.chan_doan_rv, sent.qt_benhly, sent.tomtat_kq, sent.pp_dieutri,
            sent.ma_benh_chinh, sent.ma_benh_kt, sent.ma_benh_yhct, sent.ten_dich_vu,
            sent.ten_thuoc, sent.pp_dieu_tri, sent.huong_dieu_tri, sent.phuongtien_vc,
            sent.hoten_nguoi_ht, sent.chucdanh_nguoi_ht, sent.ma_cskcb_den, sent.tinh_trang_ct
        ) !~ '[^[:space:]]'
        and not exists (
            select from unnest(array[
                sent.ma_loai_rv, sent.ma_lydo_ct
            ]) as number (sent)
            where number.sent ~ '[^[:space:]]' and number.sent !~ '^[[:space:]]*[-+]?0+([.,]0*)?[[:space:]]*$'
        )
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML13', file_id, position from gone;

with gone as (
    delete from raw.claims_xml14 as sent
    where
        concat(
            sent.so_giayhen_kl, sent.ngay_vao, sent.ngay_vao_noi_tru, sent.ngay_ra,
            sent.ngay_hen_kl, sent.chan_doan_rv, sent.ma_benh_chinh, sent.ma_benh_kt,
            sent.ma_benh_yhct
        ) !~ '[^[:space:]]'
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML14', file_id, position from gone;

with gone as (
    delete from raw.claims_xml15 as sent
    where
        concat(
            sent.phanloai_lao_vitri, sent.phanloai_lao_ts, sent.phanloai_lao_hiv,
            sent.phanloai_lao_vk, sent.phanloai_lao_kt, sent.loai_dtri_lao, sent.ngaybd_dtri_lao,
            sent.phacdo_dtri_lao, sent.ngaykt_dtri_lao, sent.ket_qua_dtri_lao, sent.ngaykd_hiv,
            sent.bddt_arv, sent.ngay_bat_dau_dt_ctx
        ) !~ '[^[:space:]]'
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, sent.position as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML15', file_id, position from gone;

with gone as (
    delete from raw.check_ins as sent
    where
        concat(
            sent.ma_bn, sent.ho_ten, sent.so_cccd, sent.ngay_sinh, sent.gioi_tinh,
            sent.ma_the_bhyt, sent.ma_dkbd, sent.gt_the_tu, sent.gt_the_den, sent.ma_doituong_kcb,
            sent.ngay_vao, sent.ngay_vao_noi_tru, sent.ly_do_vnt, sent.ma_ly_do_vnt,
            sent.ma_loai_kcb, sent.ma_dich_vu, sent.ten_dich_vu, sent.ma_thuoc, sent.ten_thuoc,
            sent.ma_vat_tu, sent.ten_vat_tu, sent.ngay_yl
        ) !~ '[^[:space:]]'
        and not exists (
            select from jsonb_each_text(sent._extra) as unknown where unknown.value ~ '[^[:space:]]'
        )
    returning sent.file_id, null::integer as position
)

insert into blank_rows (table_name, file_id, position)
select 'XML0', file_id, position from gone;

create temporary table blank_counts on commit drop as
select file_id, table_name, count(*) as row_count
from blank_rows
group by file_id, table_name;

update ops.files as file
set
    blank_counts = blank.counts,
    row_counts = coalesce(
        (
            select jsonb_object_agg(kept.key, kept.value::bigint - coalesce(gone.row_count, 0))
            from jsonb_each_text(file.row_counts) as kept
            left join blank_counts as gone
                on gone.file_id = file.file_id and gone.table_name = kept.key
            where kept.value::bigint > coalesce(gone.row_count, 0)
        ),
        '{}'
    )
from (
    select file_id, jsonb_object_agg(table_name, row_count) as counts
    from blank_counts
    group by file_id
) as blank
where file.file_id = blank.file_id;

update ops.dossier_versions as version
set line_count = version.line_count - blank.row_count
from (
    select file_id, position, count(*) as row_count
    from blank_rows
    where table_name in ('XML2', 'XML3')
    group by file_id, position
) as blank
where version.file_id = blank.file_id and version.position = blank.position;
