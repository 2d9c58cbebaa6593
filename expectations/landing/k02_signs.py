"""K02_sign: the amounts that the arithmetic rules read are not below 0.

No field of the standard can be negative: a sender removes what was not done and sends the dossier
again (QĐ 4750/QĐ-BYT has no line that cancels another). K02_number checks the fields that it reads.
The others pass the arithmetic of L01 and L02 when both sides are negative, so this rule checks
them. Generated from fields.csv; rules on lists check the codes.
"""

from __future__ import annotations

from expectations.landing.k02_numbers import ONLY_WHEN, READ_BY_ARITHMETIC
from expectations.rules.fragments import quoted_number
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import headers, lines
from health_warehouse.sources.claims.schema import TABLES


def fields_of(table: str) -> tuple[str, ...]:
    """The columns that are asked, in the order of the standard."""
    asked = ONLY_WHEN.keys() if table == "XML1" else READ_BY_ARITHMETIC.get(table, ())
    return tuple(field.column for field in TABLES[table].fields if field.name in asked)


def _check(column: str) -> Check:
    # a row without any minus, as nearly all are, is not looked at further
    return Check(
        field=column.upper(),
        holds=f"not has_minus or coalesce(raw.parse_amount({column}) >= 0, true)",
        reason=f"'{column.upper()} is below 0: ' || {quoted_number(column)}",
    )


def _rows(table: str) -> Rows:
    columns = fields_of(table)
    alias = "header" if table == "XML1" else "line"
    values = ", ".join(f"{alias}.{column}" for column in columns)
    selected = (values, f"concat({values}) like '%-%' as has_minus")
    sql = headers(*selected) if table == "XML1" else lines(int(table[3:]), *selected)
    return Rows(f"'{table}'", sql, tuple(map(_check, columns)))


RULE = Rule(
    id="K02_sign",
    sentence_vi="Số lượng, đơn giá, tỷ lệ, thành tiền, các khoản tiền và SO_NGAY_DTRI không âm.",
    sentence_en="Quantities, prices, rates, amounts and SO_NGAY_DTRI are not below 0.",
    source=Source("QĐ 4750/QĐ-BYT, fields of type N in all tables; catalogue K02", "M"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    owner="sender",
    rows=tuple(map(_rows, ("XML1", "XML2", "XML3"))),
)
