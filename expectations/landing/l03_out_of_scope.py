"""L03: what is out of scope asks nothing of the insurance.

Only flagged: in the development data of one hospital PHAM_VI was 2 on 761 of 762 XML3 lines, and
QĐ 3176 is said to use 2 for "the patient pays" (M). Blank is 0: fields of insurance may be blank
where the patient pays.
"""

from expectations.rules.fragments import amount, holds_if_readable, quoted_number
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import lines

_COLUMNS = ("tyle_tt_bh", "thanh_tien_bh")


def _is_zero(column: str) -> Check:
    return Check(
        field=column.upper(),
        holds=holds_if_readable(f"n_{column} = 0"),
        reason=f"'PHAM_VI is 2 and {column.upper()} is ' || {quoted_number(column)}",
    )


def _rows(table: int) -> Rows:
    return Rows(
        table_sql=f"'XML{table}'",
        sql=lines(
            table,
            *(f"line.{c}, {amount(f'line.{c}')} as n_{c}" for c in _COLUMNS),
            where="btrim(line.pham_vi) = '2'",
        ),
        checks=tuple(map(_is_zero, _COLUMNS)),
    )


RULE = Rule(
    id="L03",
    sentence_vi="Dòng ngoài phạm vi (PHAM_VI = 2) có TYLE_TT_BH = 0 và THANH_TIEN_BH = 0.",
    sentence_en="A line out of scope (PHAM_VI 2) has TYLE_TT_BH 0 and THANH_TIEN_BH 0.",
    source=Source("QĐ 4750/QĐ-BYT, note to TYLE_TT_BH; catalogue L03", "M"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=(_rows(2), _rows(3)),
)
