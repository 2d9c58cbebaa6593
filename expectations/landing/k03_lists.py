"""K03_list: a code of a closed list is in it, on the day of the visit or of the order.

The lists are those of the project's file of code lists (ref.code_lists is filled from it): types of
care, outcomes and ways to leave (H, M), scopes and cost groups of lines (M). A code that the list
has from a later day on is unknown before it: types of care 10 to 16, outcome 8, group 19. Numbers
may have zeros in front or after the point, as the marts read them. A type of care without its two
digits is told by K03. Codes of older decrees stay open (groups 5, 6, 9, 11); lists that the notes
leave open (MA_TAI_NAN) are not judged.
"""

from __future__ import annotations

from expectations.rules.fragments import quoted_code, text_or_null
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers, lines
from health_warehouse.reference import code_lists

_ALWAYS = "1900-01-01"


def _quoted(codes: list[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


def _is_listed(code_system: str, code: str, day: str) -> str:
    """SQL: the list has the code on the day, or has it on some day and this one cannot be read."""
    entries = [entry for entry in code_lists.entries() if entry.code_system == code_system]
    always = [e.code for e in entries if e.valid_from == _ALWAYS and e.valid_to is None]
    conditions = [f"{code} in ({_quoted(always)})"]
    for entry in entries:
        if entry.code in always:
            continue
        since = f"raw.parse_date(btrim({day})) >= date '{entry.valid_from}'"
        until = f" and raw.parse_date(btrim({day})) < date '{entry.valid_to}'"
        fits = f"{since}{until if entry.valid_to else ''}"
        conditions.append(f"({code} = '{entry.code}' and coalesce({fits}, true))")
    return f"({' or '.join(conditions)})"


def _check(column: str, day: str, *, is_number: bool = True) -> Check:
    name = column.upper()
    # nearly all are written as in the list: those are not looked at further
    holds = [_is_listed(name, column, day), f"{text_or_null(column)} is null"]
    if is_number:
        number = f"trim_scale(raw.parse_amount({column}))::text"
        holds.append(_is_listed(name, number, day))
    else:
        holds.append(f"btrim({column}) !~ '^[0-9]{{2}}$'")  # K03
        holds.append(_is_listed(name, f"btrim({column})", day))
    return Check(
        field=name,
        holds=" or ".join(holds),
        reason=f"'{name} is in no list of its day: ' || {quoted_code(column)}",
    )


_ENDED = f"coalesce({text_or_null('header.ngay_ra')}, header.ngay_vao) as ended"
_ORDERED = f"coalesce({text_or_null('line.ngay_yl')}, line.ngay_th_yl) as ordered"


def _lines(table: int) -> Rows:
    return Rows(
        f"'XML{table}'",
        lines(table, "line.ma_nhom", "line.pham_vi", _ORDERED),
        (_check("ma_nhom", "ordered"), _check("pham_vi", "ordered")),
    )


RULE = Rule(
    id="K03_list",
    sentence_vi="MA_LOAI_KCB, KET_QUA_DTRI, MA_LOAI_RV (XML1), MA_NHOM, PHAM_VI (XML2, XML3) có "
    "trong danh mục có hiệu lực vào ngày ra viện, ngày y lệnh.",
    sentence_en="MA_LOAI_KCB, KET_QUA_DTRI and MA_LOAI_RV of XML1, MA_NHOM and PHAM_VI of XML2 and "
    "XML3 are in the list of the day of discharge, or of the order.",
    source=Source(
        "QĐ 4750/QĐ-BYT (outcomes, H), QĐ 824/QĐ-BYT 2023, QĐ 1804/QĐ-BYT 2026, "
        "QĐ 5937/QĐ-BYT 2021 annex 3 (M); catalogue K03",
        "M",
    ),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        Rows(
            "'XML1'",
            headers("header.ma_loai_kcb", "header.ket_qua_dtri", "header.ma_loai_rv", _ENDED),
            (
                _check("ma_loai_kcb", "ended", is_number=False),
                _check("ket_qua_dtri", "ended"),
                _check("ma_loai_rv", "ended"),
            ),
        ),
        _lines(2),
        _lines(3),
    ),
)
