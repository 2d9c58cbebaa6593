"""L04: rates are percentages, and TYLE_TT_DV is one of those that its kind of service has.

Examinations (MA_NHOM 13) of one visit are paid 100, 30, 10 or 0 %; beds (14, 15, 16) 100, shared by
two 50, by three 33 %; later operations (8) 50 or 80 %. Which of the examinations comes first is not
in the line, so their order is not judged. Blank is right where the patient pays; L01 reports a rate
that is not a number.
"""

from expectations.rules.fragments import holds_if_readable, numeric_code, quoted_number
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import lines


def _is_percentage(column: str) -> Check:
    # Most are one of two texts: those are not parsed.
    in_range = holds_if_readable(f"raw.parse_number({column}) between 0 and 100")
    return Check(
        field=column.upper(),
        holds=f"{column} in ('100', '0') or {in_range}",
        reason=f"'{column.upper()} is ' || {quoted_number(column)}",
    )


def _is_one_of(groups: str, rates: str, kind: str) -> Check:
    return Check(
        field="TYLE_TT_DV",
        holds=holds_if_readable(
            f"ma_nhom not in ({groups}) or raw.parse_number(tyle_tt_dv) in ({rates})"
        ),
        reason=f"'TYLE_TT_DV of {kind} is ' || {quoted_number('tyle_tt_dv')}",
    )


def _rows(table: int, *columns: str, checks: tuple[Check, ...] = ()) -> Rows:
    return Rows(
        table_sql=f"'XML{table}'",
        sql=lines(
            table,
            f"{numeric_code('line.ma_nhom')} as ma_nhom",
            *(f"line.{c}" for c in columns),
        ),
        checks=(*map(_is_percentage, columns), *checks),
    )


RULE = Rule(
    id="L04",
    sentence_vi="TYLE_TT_BH, TYLE_TT_DV từ 0 đến 100; TYLE_TT_DV của công khám là 100, 30, 10 "
    "hoặc 0, của ngày giường là 100, 50 hoặc 33, của phẫu thuật là 100, 80 hoặc 50.",
    sentence_en="TYLE_TT_BH and TYLE_TT_DV are within 0 and 100; TYLE_TT_DV of an examination is "
    "100, 30, 10 or 0, of a bed 100, 50 or 33, of an operation 100, 80 or 50.",
    source=Source("QĐ 4750/QĐ-BYT XML3, notes to TYLE_TT_DV and TYLE_TT_BH; catalogue L04", "H"),
    category=Category.CONFORMANCE,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(
        _rows(2, "tyle_tt_bh"),
        _rows(
            3,
            "tyle_tt_bh",
            "tyle_tt_dv",
            checks=(
                _is_one_of("'13'", "100, 30, 10, 0", "an examination"),
                _is_one_of("'14', '15', '16'", "100, 50, 33", "a bed"),
                _is_one_of("'8'", "100, 80, 50", "an operation"),
            ),
        ),
    ),
)
