"""K02: no value is longer than the standard allows. One pass per table, generated from fields.csv.

The larger of decree and portal counts, and wider sizes that implementations of QĐ 3176 are known to
send (M). A number is measured by its digits before the point; what is none is told by K02_number. A
value whose shape another rule judges as a whole (dates, amounts, cards, codes of a list) is left to
that rule.
"""

from __future__ import annotations

from expectations.landing.d01_date_forms import has_time
from expectations.landing.k02_numbers import is_asked
from expectations.rules.by_field import rows_by_field
from expectations.rules.fragments import described
from expectations.rules.rule import Category, Check, Rule, Severity, Source
from health_warehouse.feeds.contract import Column, Table

_WIDER = {
    "DIA_CHI": 4000,
    "MA_BENH_CHINH": 100,
    "MA_BENH_KT": 255,
    "MA_BAC_SI": 255,
    "MA_TTDV": 255,
}

_JUDGED_ELSEWHERE = {
    "XML0": {"SO_CCCD", "GIOI_TINH", "MA_DOITUONG_KCB",  # P01, P02_other, C04
             "MA_LOAI_KCB", "MA_DKBD"},  # K03_tables
    "XML1": {"SO_CCCD", "GIOI_TINH", "CAN_NANG",  # P01, P02, P03
             "MA_DOITUONG_KCB", "MA_BENH_CHINH",  # C04, I01
             "MA_LOAI_KCB", "MATINH_CU_TRU", "MAXA_CU_TRU",  # K03
             "MAHUYEN_CU_TRU", "MA_DANTOC", "MA_NGHE_NGHIEP", "MA_QUOCTICH",
             "KET_QUA_DTRI", "MA_LOAI_RV",  # K03_list
             "NAM_QT", "THANG_QT"},  # K02_number
    "XML2": {"TYLE_TT_BH", "MUC_HUONG",  # L04, C05
             "MA_NHOM", "PHAM_VI"},  # K03_list
    "XML3": {"TYLE_TT_DV", "TYLE_TT_BH", "MUC_HUONG", "MA_NHOM", "PHAM_VI"},
    "XML6": {"MATINH_CU_TRU", "MAHUYEN_CU_TRU", "MAXA_CU_TRU"},  # K03_tables
    "XML8": {"MA_LOAI_KCB"},
    "XML9": {"MATINH_CU_TRU", "MAHUYEN_CU_TRU", "MAXA_CU_TRU", "MA_DANTOC_NND", "MA_QUOCTICH",
             "SO_CCCD_NND", "GIOI_TINH_CON"},  # P01, P02_other
}  # fmt: skip
_OWN_KEYS = ("XML0", "XML1")  # the other tables repeat the MA_LK of XML1 (F04): told once
_AMOUNT_SIZE = 15  # the bound of raw.parse_amount: L01, L02 and K02_number tell a longer one


def _size(table: Table, field: Column) -> int | None:
    is_amount = field.type == "number" and field.length == _AMOUNT_SIZE
    if field.length is None or is_amount or has_time(field):  # D01_form
        return None
    if field.label == "MA_LK" and table.name not in _OWN_KEYS:
        return None
    if field.label in _JUDGED_ELSEWHERE.get(table.name, ()):
        return None
    return max(field.length, _WIDER.get(field.label, 0))


def _check(table: Table, field: Column) -> Check | None:
    size = _size(table, field)
    if size is None:
        return None
    column = field.name
    # bytes first: a text that is short in bytes is short in characters, and they need no counting
    short = f"coalesce(octet_length({column}), 0) <= {size}"
    if field.type == "number":
        measured = f"length(ltrim(split_part(btrim({column}), '.', 1), '+-0'))"
    else:
        measured = f"length(btrim({column}))"
    is_told = f" or raw.parse_amount({column}) is null" if is_asked(table, field) else ""
    return Check(
        field=field.label,
        holds=f"{short} or {measured} <= {size}{is_told}",
        reason=f"'{field.label} has more than {size} characters: ' || {described(column)}",
    )


RULE = Rule(
    id="K02",
    sentence_vi="Không giá trị nào dài hơn độ dài cho phép "
    "(lấy số lớn hơn giữa quyết định và cổng giám định).",
    sentence_en="No value is longer than its size (the larger of decree and portal).",
    source=Source("QĐ 4750/QĐ-BYT and the insurer's portal sheet, sizes; catalogue K02", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    threshold="the size of each field",
    owner="sender",
    rows=rows_by_field(_check),
)
