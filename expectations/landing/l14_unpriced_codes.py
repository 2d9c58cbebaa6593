"""L14: codes that have no price of their own. Recorded only.

In the development data of one hospital 15 of 15 lines with a `_TB` code had a price, so this says
how the codes are used rather than that a line is wrong.
"""

from expectations.rules.fragments import amount, holds_if_readable, quoted_number
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import lines


def _is_free(column: str, kind: str, words: str) -> Check:
    return Check(
        field=column.upper(),
        holds=holds_if_readable(f"not {kind} or n_{column} = 0"),
        reason=f"'{column.upper()} of {words} is ' || {quoted_number(column)}",
    )


# By place: a pattern costs five times as much, on every service line.
_IS_DEVICE = "right(raw.canonical_code(line.ma_dich_vu), 3) = '_TB'"
_IS_UNPRICED = "substr(raw.canonical_code(line.ma_dich_vu), 8, 5) = '.0000'"
_PRICES = ("don_gia_bv", "don_gia_bh")

RULE = Rule(
    id="L14",
    sentence_vi="Mã dịch vụ có đuôi _TB có đơn giá 0; mã XX.YYYY.0000 có DON_GIA_BH = 0.",
    sentence_en="A service code that ends in _TB has price 0; one like XX.YYYY.0000 "
    "has DON_GIA_BH 0.",
    source=Source("one hospital's checks; catalogue L14", "M"),
    category=Category.PLAUSIBILITY,
    severity=Severity.RECORD,
    owner="sender",
    rows=(
        Rows(
            table_sql="'XML3'",
            sql=lines(
                3,
                f"{_IS_DEVICE} as is_device",
                f"{_IS_UNPRICED} as is_unpriced",
                *(f"line.{c}, {amount(f'line.{c}')} as n_{c}" for c in _PRICES),
                where=f"{_IS_DEVICE} or {_IS_UNPRICED}",
            ),
            checks=(
                _is_free("don_gia_bv", "is_device", "a _TB code"),
                _is_free("don_gia_bh", "is_unpriced", "a code XX.YYYY.0000"),
            ),
        ),
    ),
)
