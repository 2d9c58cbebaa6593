"""K03: codes that look like numbers keep their zeros in front.

Too few digits are a lost zero: quarantine, for the code may now be that of another class. What the
marts group by (type of care, province, commune) must have its digits; any other wrong shape of the
other codes is flagged. The province of residence may have two or three digits: its field has three,
`17` and `017` are both sent. The temporary card of a newborn names no facility but PP000.

The same codes of XML0, XML6, XML8 and XML9 are flagged, whatever is wrong with their shape: nothing
is grouped by those tables, so a lost zero there moves no dossier into another class. What XML13 and
XML14 repeat is compared with XML1 by X08.
"""

from __future__ import annotations

from expectations.rules.by_field import rows_of_table
from expectations.rules.fragments import quoted_code, text_or_null
from expectations.rules.rule import Category, Check, Rule, Severity, Source

_SOURCE = Source("QĐ 4750/QĐ-BYT XML1, codes of fixed length; catalogue K03", "H")
_PROVINCE = "^([0-9]{2}|0[0-9]{2})$"


def _digits(column: str, count: int, pattern: str | None = None) -> Check:
    shape = pattern or f"^[0-9]{{{count}}}$"
    return Check(
        field=column.upper(),
        holds=f"{text_or_null(column)} is null or btrim({column}) ~ '{shape}'",
        reason=f"'{column.upper()} does not have its {count} digits: ' || {quoted_code(column)}",
    )


def _no_fewer_digits(column: str, count: int) -> Check:
    return Check(
        field=column.upper(),
        holds=f"coalesce(btrim({column}) !~ '^[0-9]{{1,{count - 1}}}$', true)",
        reason=f"'{column.upper()} has lost zeros in front: ' || {quoted_code(column)}",
    )


def _only_digits(column: str, count: int) -> Check:
    """The shape but for lost zeros, which are told already."""
    return _digits(column, count, f"^[0-9]{{1,{count}}}$")


# A facility code may have letters; of the items of a list, only the digits of the province.
_DKBD_ZEROS = Check(
    field="MA_DKBD",
    holds="coalesce(replace(ma_dkbd, ' ', '') !~ '(^|;)[0-9]{1,4}(;|$)', true)",
    reason=f"'MA_DKBD has lost zeros in front: ' || {quoted_code('ma_dkbd')}",
)
_DKBD = Check(
    field="MA_DKBD",
    holds=f"{text_or_null('ma_dkbd')} is null or "
    "replace(ma_dkbd, ' ', '') ~ '^(([0-9]{2}[0-9A-Za-z]{3}|PP000|[0-9]{1,4})(;|$))+$'",
    reason="'MA_DKBD is not made of codes of 2 digits and 3 letters or digits (PP000 of a "
    f"temporary card): ' || {quoted_code('ma_dkbd')}",
)


RULE = Rule(
    id="K03",
    sentence_vi="MA_LOAI_KCB có 2 chữ số, MATINH_CU_TRU 2 hoặc 3, MAXA_CU_TRU 5; "
    "MA_DANTOC, MA_QUOCTICH, MAHUYEN_CU_TRU, MA_NGHE_NGHIEP và mỗi mã trong MA_DKBD "
    "không mất số 0 ở đầu.",
    sentence_en="MA_LOAI_KCB has 2 digits, MATINH_CU_TRU 2 or 3, MAXA_CU_TRU 5; "
    "MA_DANTOC, MA_QUOCTICH, MAHUYEN_CU_TRU, MA_NGHE_NGHIEP and each code in MA_DKBD "
    "have lost no zero in front.",
    source=_SOURCE,
    category=Category.CONFORMANCE,
    severity=Severity.QUARANTINE_DOSSIER,
    owner="sender",
    rows=(
        rows_of_table(
            "XML1",
            (
                _digits("ma_loai_kcb", 2),
                _digits("matinh_cu_tru", 2, _PROVINCE),
                _digits("maxa_cu_tru", 5),
                _no_fewer_digits("ma_dantoc", 2),
                _no_fewer_digits("ma_quoctich", 3),
                _no_fewer_digits("mahuyen_cu_tru", 3),
                _no_fewer_digits("ma_nghe_nghiep", 5),
                _DKBD_ZEROS,
            ),
        ),
    ),
)

OTHER = Rule(
    id="K03_other",
    sentence_vi="MA_DANTOC chỉ có chữ số, không quá 2; MA_QUOCTICH và MAHUYEN_CU_TRU 3; "
    "MA_NGHE_NGHIEP 5; mỗi mã trong MA_DKBD có 2 chữ số rồi 3 chữ số hoặc chữ cái "
    "(thẻ tạm: PP000).",
    sentence_en="MA_DANTOC is of digits, at most 2; MA_QUOCTICH and MAHUYEN_CU_TRU 3; "
    "MA_NGHE_NGHIEP 5; each code in MA_DKBD has 2 digits and then 3 digits or letters "
    "(temporary card: PP000).",
    source=_SOURCE,
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        rows_of_table(
            "XML1",
            (
                _only_digits("ma_dantoc", 2),
                _only_digits("ma_quoctich", 3),
                _only_digits("mahuyen_cu_tru", 3),
                _only_digits("ma_nghe_nghiep", 5),
                _DKBD,
            ),
        ),
    ),
)

_RESIDENCE = (
    _digits("matinh_cu_tru", 2, _PROVINCE),
    _digits("mahuyen_cu_tru", 3),
    _digits("maxa_cu_tru", 5),
)
_OF_TABLES: dict[str, tuple[Check, ...]] = {
    "XML0": (
        _digits("ma_loai_kcb", 2),
        Check(
            field="MA_DKBD",
            holds=f"{text_or_null('ma_dkbd')} is null "
            "or btrim(ma_dkbd) ~ '^([0-9]{2}[0-9A-Za-z]{3}|PP000);?$'",
            reason="'MA_DKBD is not 2 digits and 3 letters or digits (PP000 of a temporary card): '"
            f" || {quoted_code('ma_dkbd')}",
        ),
    ),
    "XML6": _RESIDENCE,
    "XML8": (_digits("ma_loai_kcb", 2),),
    "XML9": (*_RESIDENCE, _digits("ma_dantoc_nnd", 2), _digits("ma_quoctich", 3)),
}

TABLES = Rule(
    id="K03_tables",
    sentence_vi="Mã trong XML0, XML6, XML8, XML9 giữ số 0 ở đầu: MA_LOAI_KCB, MA_DANTOC_NND có "
    "2 chữ số, MATINH_CU_TRU 2 hoặc 3, MAHUYEN_CU_TRU, MA_QUOCTICH 3, MAXA_CU_TRU 5; "
    "MA_DKBD có 5 ký tự.",
    sentence_en="Codes of XML0, XML6, XML8 and XML9 keep their zeros in front: MA_LOAI_KCB and "
    "MA_DANTOC_NND have 2 digits, MATINH_CU_TRU 2 or 3, MAHUYEN_CU_TRU and MA_QUOCTICH 3, "
    "MAXA_CU_TRU 5; MA_DKBD has 5 characters.",
    source=Source("QĐ 4750/QĐ-BYT, codes of fixed length in all tables; catalogue K03", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=tuple(rows_of_table(table, checks) for table, checks in _OF_TABLES.items()),
)
