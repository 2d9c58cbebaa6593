"""K02_number: a field of type N holds a number, as raw.parse_amount reads one.

Generated from fields.csv, in every table. `3500`, `3500.0` and `007` are numbers; `1.234,5`, `NaN`,
`1e400`, `abc` and more than 15 digits are none: they are null in the marts, so they must not pass
unseen. Nothing that is asked here can be less than 0 (K02_sign asks the same of what other rules
read). A year and a month of settlement must be
such, for a mart has no month else. What another rule reads is left to it, see `_TOLD`; where that
rule does not judge a dossier, it is asked here, see `ONLY_WHEN`.
"""

from __future__ import annotations

from expectations.rules.by_field import rows_by_field
from expectations.rules.fragments import described, quoted_code, text_or_null
from expectations.rules.rule import Category, Check, Rule, Severity, Source
from expectations.rules.selections import IS_INSURED, has
from health_warehouse.feeds.contract import Column, Table

_LINE_AMOUNTS = (
    *("SO_LUONG", "THANH_TIEN_BV", "THANH_TIEN_BH", "TYLE_TT_BH", "MUC_HUONG"),
    *("T_NGUONKHAC_NSNN", "T_NGUONKHAC_VTNN", "T_NGUONKHAC_VTTN", "T_NGUONKHAC_CL"),
    *("T_NGUONKHAC", "T_BNTT", "T_BNCCT", "T_BHTT"),
)
READ_BY_ARITHMETIC: dict[str, tuple[str, ...]] = {
    "XML2": (*_LINE_AMOUNTS, "DON_GIA"),
    "XML3": (*_LINE_AMOUNTS, "DON_GIA_BV", "DON_GIA_BH", "TYLE_TT_DV", "T_TRANTT"),
}
"""Amounts that L01 reads, by table; K02_sign asks that they are not below 0."""
_TOLD: dict[str, tuple[str, ...]] = {
    "XML0": ("GIOI_TINH",),  # P02_other
    "XML1": ("GIOI_TINH", "KET_QUA_DTRI", "MA_LOAI_RV"),  # P02; K03_list
    "XML2": (*READ_BY_ARITHMETIC["XML2"],
             "MA_NHOM", "PHAM_VI"),  # K03_list
    "XML3": (*READ_BY_ARITHMETIC["XML3"],
             "MA_NHOM", "PHAM_VI",  # K03_list
             "VI_TRI_TH_DVKT"),  # by no rule: its list of codes is not issued
    "XML6": ("GIOI_TINH",),  # X08
    "XML9": ("GIOI_TINH_CON",),  # P02_other
    "XML13": ("GIOI_TINH", "MA_LOAI_RV"),  # X08
    "XML14": ("GIOI_TINH",),  # X08
    "XML15": ("SO_CCCD",),  # X08: passports have letters
}  # fmt: skip
"""What other rules read, by table (CAN_NANG, which P03 reads, is no N in the list of fields)."""

_TOTALS = (
    *("T_THUOC", "T_VTYT", "T_TONGCHI_BV", "T_TONGCHI_BH", "T_BNTT", "T_BNCCT", "T_BHTT"),
    *("T_NGUONKHAC", "T_BHTT_GDV"),
)
ONLY_WHEN = {
    **dict.fromkeys(_TOTALS, "is_alone"),  # L02 reads the totals of all other dossiers
    "SO_NGAY_DTRI": "has_no_day_rule",  # L02_days reads those of the types that it names
}
"""Of XML1: the column of `_HEADERS` that says when no other rule reads the field."""
_HEADERS = (
    f"not {IS_INSURED} and not {has(2)} and not {has(3)} as is_alone",
    "coalesce(btrim(header.ma_loai_kcb) !~ '^0[1-9]$', true) as has_no_day_rule",
)
_RANGES = {"NAM_QT": (1900, 9999), "THANG_QT": (1, 12)}


def is_asked(table: Table, field: Column) -> bool:
    """Whether the list of fields has it as a number, and no other rule reads it always."""
    return field.type == "number" and field.label not in _TOLD.get(table.name, ())


def _check(table: Table, field: Column) -> Check | None:
    if not is_asked(table, field):
        return None
    column = field.name
    number = f"raw.parse_amount({column})"
    if field.label in _RANGES:
        first, last = _RANGES[field.label]
        fits = f"{number} between {first} and {last} and {number} = trunc({number})"
        holds = f"{text_or_null(column)} is null or ({fits})"
        wrong = f"'not a whole number from {first} to {last}: '"
    else:
        # of one character or of digits alone, as nearly all are: not parsed
        holds = (
            f"({column} !~ '[^0-9]' and octet_length({column}) between 1 and 15)"
            f" or {text_or_null(column)} is null or {number} >= 0"
        )
        if field.length == 1:
            holds = f"coalesce({column}, '') in ('', '0', '1', '2', '3') or {holds}"
        wrong = f"case when {number} < 0 then 'less than 0: ' else 'not a number: ' end"
    if table.name == "XML1" and field.label in ONLY_WHEN:
        holds = f"not {ONLY_WHEN[field.label]} or {holds}"
    # what stands in the place of a code of XML6 may be words on HIV
    told = described if field.is_personal or table.name == "XML6" else quoted_code
    return Check(
        field=field.label,
        holds=holds,
        reason=f"'{field.label} is ' || {wrong} || {told(column)}",
    )


RULE = Rule(
    id="K02_number",
    sentence_vi="Trường kiểu số ghi một số không âm, dùng dấu chấm thập phân (3500, 3500.0); "
    "NAM_QT là năm, THANG_QT từ 1 đến 12.",
    sentence_en="A field of type number has a number not below 0, with a decimal point (3500, "
    "3500.0); NAM_QT is a year, THANG_QT is from 1 to 12.",
    source=Source("QĐ 4750/QĐ-BYT, fields of type N in all tables; catalogue K02", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=rows_by_field(_check, of_headers=_HEADERS),
)
