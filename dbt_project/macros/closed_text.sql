{#- Text as the patterns of closed codes look for it: full-width letters as plain ones, nothing
    invisible. Text in ASCII, as codes are, is left as it is. -#}
{% macro searched_text(text) -%}
    case
        when octet_length({{ text }}) = length({{ text }}) then {{ text }}
        else translate(
            normalize({{ text }}, nfkc),
            u&'\00AD\034F\061C\180E\200B\200C\200D\200E\200F\2060\2061\2062\2063\2064\FEFF', ''
        )
    end
{%- endmacro %}

{#- Codes of ICD-10, in capitals. Cyrillic and Greek letters that look like Latin ones are read as
    those: a code that is not found would be shown. -#}
{% macro searched_codes(text) -%}
    case
        when octet_length({{ text }}) = length({{ text }}) then upper({{ text }})
        else translate(
            upper({{ searched_text(text) }}), u&'\0411\0412\0392\041E\041F\039F\0396\0424', 'BBBOPOZF'
        )
    end
{%- endmacro %}

{#- Whether a row of a dated list holds on a day; on a day that is not known every row does. -#}
{% macro holds_on(dated, day) -%}
    ({{ dated }}.valid_from is null or {{ day }} is null or {{ dated }}.valid_from <= {{ day }})
    and ({{ dated }}.valid_to is null or {{ day }} is null or {{ dated }}.valid_to > {{ day }})
{%- endmacro %}

{#- Whether any of these columns of a relation has something in it. -#}
{% macro has_content(relation, columns) -%}
    concat(
        {%- for column in columns %}
        {{ relation }}.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    ) ~ '\S'
{%- endmacro %}

{#- The columns of XML6 that tell of care; the others repeat who the patient is. -#}
{% macro hiv_care_columns() -%}
    {{ return([
        'ngaykd_hiv', 'noi_lay_mau_xn', 'noi_xn_kd', 'noi_bddt_arv', 'bddt_arv',
        'ma_phac_do_dieu_tri_bd', 'ma_bac_phac_do_bd', 'ma_lydo_dtri', 'loai_dtri_lao',
        'sang_loc_lao', 'phacdo_dtri_lao', 'ngaybd_dtri_lao', 'ngaykt_dtri_lao', 'kq_dtri_lao',
        'ma_lydo_xntl_vr', 'ngay_xn_tlvr', 'kq_xntl_vr', 'ngay_kq_xn_tlvr', 'ma_loai_bn',
        'giai_doan_lam_sang', 'nhom_doi_tuong', 'ma_tinh_trang_dk', 'lan_xn_pcr', 'ngay_xn_pcr',
        'ngay_kq_xn_pcr', 'ma_kq_xn_pcr', 'ngay_nhan_tt_mang_thai', 'ngay_bat_dau_dt_ctx',
        'ma_xu_tri', 'ngay_bat_dau_xu_tri', 'ngay_ket_thuc_xu_tri', 'ma_phac_do_dieu_tri',
        'ma_bac_phac_do', 'so_ngay_cap_thuoc_arv', 'ngay_chuyen_phac_do', 'ly_do_chuyen_phac_do',
    ]) }}
{%- endmacro %}
