"""K03: codes that look like numbers keep their zeros in front.

Too few digits are a lost zero: quarantine, for the code may now be that of another class. What the
marts group by (type of care, province, commune) must have its digits; any other wrong shape of the
other codes is flagged. The province of residence may have two or three digits: its field has three,
`17` and `017` are both sent. The temporary card of a newborn names no facility but PP000.
"""

from __future__ import annotations

from expectations.rules.fragments import quoted_code, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers

_SOURCE = Source("QĐ 4750/QĐ-BYT XML1, codes of fixed length; catalogue K03", "H")


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


def _rows(checks: tuple[Check, ...]) -> tuple[Rows, ...]:
    return (Rows("'XML1'", headers(*(f"header.{c.field.lower()}" for c in checks)), checks),)


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
    rows=_rows(
        (
            _digits("ma_loai_kcb", 2),
            _digits("matinh_cu_tru", 2, "^([0-9]{2}|0[0-9]{2})$"),
            _digits("maxa_cu_tru", 5),
            _no_fewer_digits("ma_dantoc", 2),
            _no_fewer_digits("ma_quoctich", 3),
            _no_fewer_digits("mahuyen_cu_tru", 3),
            _no_fewer_digits("ma_nghe_nghiep", 5),
            _DKBD_ZEROS,
        )
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
    rows=_rows(
        (
            _only_digits("ma_dantoc", 2),
            _only_digits("ma_quoctich", 3),
            _only_digits("mahuyen_cu_tru", 3),
            _only_digits("ma_nghe_nghiep", 5),
            _DKBD,
        )
    ),
)
