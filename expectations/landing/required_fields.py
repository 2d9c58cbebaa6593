"""When a field that the portal's sheet marks is really required; read by rule K01.

The flags are those of the insurer's test sheet of 2024 (`required` in fields.csv: R always, `C …`
on a condition, in words). Here is what the flags alone do not say: each condition as SQL on the
row (which rules name `judged`), and the fields that are not asked for at all. Visits without
insurance are legal, their insurance fields blank (QĐ 31/2026).
"""

from __future__ import annotations

from expectations.rules.fragments import numeric_code, text_or_null
from expectations.rules.selections import IS_INSURED
from health_warehouse.sources.claims.schema import Field, Table

IDENTIFYING = frozenset(("MA_BN", "HO_TEN", "NGAY_SINH", "GIOI_TINH", "MA_LOAI_KCB", "MA_CSKCB"))
"""Of XML1: without one of them nobody can say whose episode it is, of what kind, or where."""

_JUDGED_ELSEWHERE = {
    # D01 tells a missing date, F04 a missing MA_LK.
    "XML1": ("MA_LK", "NGAY_VAO", "NGAY_RA"),
    # L01 tells missing ones of quantity, price and amount; L05 a tender; L06 fuel; L07 who carried
    # a service out, and when; X07 the time of a result.
    "XML2": ("SO_LUONG", "DON_GIA", "THANH_TIEN_BV", "TT_THAU"),
    "XML3": ("SO_LUONG", "DON_GIA_BV", "THANH_TIEN_BV", "TT_THAU", "MA_XANG_DAU",
             "NGUOI_THUC_HIEN", "NGAY_TH_YL", "PP_VO_CAM"),
    "XML4": ("NGAY_KQ",),
}  # fmt: skip

_NOT_REQUIRED = {
    "XML2": ("SO_DANG_KY", "MA_BAC_SI", "MA_DICH_VU"),  # "as in 4210": the condition is not at hand
    "XML3": ("MA_BENH",),  # the decree: blank = the main disease
    "XML6": ("NGAYKT_DTRI_LAO",),  # a treatment that goes on has no end
    "XML13": ("TEN_DICH_VU",),  # dropped by QĐ 3176
}

_AMOUNT_SIZE = 15  # a blank amount of a line is 0 to L01, which compares it

# Asked of the header only for a row that leaves an insurance field blank: that is seldom.
_INSURED = f"""\
(
    select {IS_INSURED}
    from raw.claims_xml1 as header
    where header.file_id = judged.file_id and header.position = judged.position
)"""
_FOREIGNER = "coalesce(btrim(ma_quoctich), '') not in ('', '000')"
_IS_GAS = "raw.canonical_code(ma_thuoc) in ('40.17', '40.573')"  # oxygen, nitric oxide
_IS_BLOOD = f"{numeric_code('ma_nhom')} in ('7', '17')"
_IS_DEVICE = f"{numeric_code('ma_nhom')} in ('10', '11')"
_IS_SERVICE = f"not ({_IS_DEVICE}) and {text_or_null('ma_vat_tu')} is null"
_TB_TREATED = "btrim(loai_dtri_lao) <> '0'"
_PREGNANCY_ENDED = "btrim(ma_dinh_chi_thai) = '1'"
_WITH_DOSE = f"not ({_IS_BLOOD}) and not (coalesce({_IS_GAS}, false))"


def _lists(column: str, code: str) -> str:
    return f"'{code}' = any(string_to_array(replace({column}, ' ', ''), ';'))"


def _given(*columns: str) -> str:
    return f"coalesce({', '.join(map(text_or_null, columns))}) is not null"


_TB_ACTIVE = "btrim(loai_dtri_lao) in ('2', '3')"
_LEAVE = ("so_ngay_nghi", "ngoaitru_tungay", "ngoaitru_denngay")

# (table, field) → SQL of when it is required. The sheet's own conditions, and (inferred,
# confidence L) those without which a correct dossier could not fill the field.
_WHEN = {
    ("XML0", "MA_DOITUONG_KCB"): _given("ma_the_bhyt"),
    ("XML0", "LY_DO_VNT"): _given("ngay_vao_noi_tru"),
    ("XML0", "MA_DICH_VU"): f"not ({_given('ma_thuoc', 'ma_vat_tu')})",
    ("XML0", "MA_THUOC"): f"not ({_given('ma_dich_vu', 'ma_vat_tu')})",
    ("XML0", "MA_VAT_TU"): f"not ({_given('ma_dich_vu', 'ma_thuoc')})",
    ("XML0", "TEN_DICH_VU"): _given("ma_dich_vu"),
    ("XML0", "TEN_THUOC"): _given("ma_thuoc"),
    ("XML0", "TEN_VAT_TU"): _given("ma_vat_tu"),
    ("XML1", "MATINH_CU_TRU"): f"not ({_FOREIGNER})",
    ("XML1", "MAXA_CU_TRU"): f"not ({_FOREIGNER})",
    ("XML1", "MA_DOITUONG_KCB"): _INSURED,
    # settled with the fund once paid; an unpaid visit is sent again later
    ("XML1", "NAM_QT"): f"{_INSURED} and {_given('ngay_ttoan')}",
    ("XML1", "THANG_QT"): f"{_INSURED} and {_given('ngay_ttoan')}",
    **dict.fromkeys(
        [("XML2", f) for f in ("PHAM_VI", "TYLE_TT_BH", "MUC_HUONG", "MA_PTTT", "NGUON_CTRA")],
        _INSURED,
    ),
    **dict.fromkeys([("XML2", f) for f in ("HAM_LUONG", "DUONG_DUNG", "LIEU_DUNG")], _WITH_DOSE),
    **dict.fromkeys(
        [("XML3", f) for f in ("PHAM_VI", "TYLE_TT_DV", "TYLE_TT_BH", "MUC_HUONG", "MA_PTTT")],
        _INSURED,
    ),
    ("XML3", "MA_DICH_VU"): _IS_SERVICE,
    ("XML3", "TEN_DICH_VU"): _IS_SERVICE,
    ("XML3", "MA_VAT_TU"): _IS_DEVICE,
    ("XML3", "TEN_VAT_TU"): _IS_DEVICE,
    # tests that are sent out have no order date here (D02)
    ("XML3", "NGAY_YL"): f"{numeric_code('ma_nhom')} not in ('1', '2', '3')",
    # an image is described and concluded on, it has no indicator
    ("XML4", "TEN_CHI_SO"): _given("ma_chi_so", "gia_tri"),
    **dict.fromkeys(
        [("XML6", f) for f in ("PHACDO_DTRI_LAO", "NGAYBD_DTRI_LAO", "KQ_DTRI_LAO")], _TB_TREATED
    ),
    **dict.fromkeys(
        [("XML6", f) for f in ("LAN_XN_PCR", "NGAY_XN_PCR", "NGAY_KQ_XN_PCR", "MA_KQ_XN_PCR")],
        _lists("ma_tinh_trang_dk", "1"),
    ),
    **dict.fromkeys(
        [
            ("XML6", f)
            for f in ("NGAY_BAT_DAU_XU_TRI", "NGAY_KET_THUC_XU_TRI", "SO_NGAY_CAP_THUOC_ARV")
        ],
        _lists("ma_xu_tri", "1"),
    ),
    ("XML6", "MA_BAC_PHAC_DO"): "upper(btrim(ma_phac_do_dieu_tri)) = 'KHAC'",
    ("XML6", "NGAY_CHUYEN_PHAC_DO"): _given("ly_do_chuyen_phac_do"),
    ("XML6", "LY_DO_CHUYEN_PHAC_DO"): _given("ngay_chuyen_phac_do"),
    **dict.fromkeys(
        [("XML7", f) for f in ("NGUYENNHAN_DINHCHI", "THOIGIAN_DINHCHI", "TUOI_THAI")],
        _PREGNANCY_ENDED,
    ),
    **{("XML7", column.upper()): _given(*_LEAVE) for column in _LEAVE},
    ("XML9", "NGAYCAP_CCCD_NND"): _given("so_cccd_nnd"),
    ("XML9", "NOICAP_CCCD_NND"): _given("so_cccd_nnd"),
    ("XML9", "MATINH_CU_TRU"): f"not ({_FOREIGNER})",
    ("XML9", "MAXA_CU_TRU"): f"not ({_FOREIGNER})",
    ("XML11", "NGUYENNHAN_DINHCHI"): _PREGNANCY_ENDED,
    ("XML11", "TUOI_THAI"): _PREGNANCY_ENDED,
    **dict.fromkeys(
        [("XML15", f) for f in ("PHANLOAI_LAO_VITRI", "PHANLOAI_LAO_TS", "PHANLOAI_LAO_VK")],
        _TB_ACTIVE,
    ),
    ("XML15", "PHANLOAI_LAO_KT"): "btrim(loai_dtri_lao) = '3'",
    ("XML15", "NGAYBD_DTRI_LAO"): _TB_TREATED,
    ("XML15", "PHACDO_DTRI_LAO"): _TB_TREATED,
    ("XML15", "KET_QUA_DTRI_LAO"): _given("ngaykt_dtri_lao"),
    ("XML15", "BDDT_ARV"): "btrim(phanloai_lao_hiv) = '1'",
    ("XML15", "NGAY_BAT_DAU_DT_CTX"): "btrim(phanloai_lao_hiv) = '1'",
}


def required_when(table: Table, field: Field) -> str | None:
    """SQL of when the field is required, `true` for always; None when K01 does not ask for it."""
    skipped = (*_JUDGED_ELSEWHERE.get(table.name, ()), *_NOT_REQUIRED.get(table.name, ()))
    if not field.required or field.name in skipped:
        return None
    if field.name == "MAHUYEN_CU_TRU":  # districts were abolished on 2025-07-01
        return None
    if field.name == "MA_LK" and table.name != "XML0":  # F04
        return None
    if field.type == "N" and field.size == _AMOUNT_SIZE:
        return _INSURED if table.name == "XML1" else None
    return _WHEN.get((table.name, field.name), "true")
