"""L01_others: where other sources pay, each other payer still pays what the order leaves to it.

Facts (§3.1 of the notes on the standard, confidence H): money that supports the patient is taken
from the own part, then from the co-payment, then from the fund's part (case a); money that supports
the facility is taken from the total, and the rest is split as usual (case b). The line says neither
which it was nor what "as usual" is a share of: of the whole line or of what is in scope. So the
least of the three is asked of each payer; the most is L01. Judged for the plain rates, where
nothing is capped (T_TRANTT).
"""

from __future__ import annotations

from expectations.rules.fragments import (
    amount,
    holds_if_readable,
    quoted_number,
    quoted_result,
)
from expectations.rules.rule import Category, Check, Rows, Rule, Severity, Source
from expectations.rules.selections import lines

_TOLERANCE = 1
_AMOUNTS = ("thanh_tien_bv", "thanh_tien_bh", "t_nguonkhac", "t_bhtt", "t_bncct", "t_bntt")
_RATES = ("0", "80", "95", "100")

# What each pays without other sources, and what others pay beyond the own part.
_OWN = "greatest(n_thanh_tien_bv - n_thanh_tien_bh, 0)"
_FUND = "n_thanh_tien_bh * n_muc_huong / 100"
_COPAYMENT = f"(n_thanh_tien_bh - {_FUND})"
_BEYOND_OWN = f"greatest(n_t_nguonkhac - {_OWN}, 0)"
_REST_OF_LINE = "(n_thanh_tien_bv - n_t_nguonkhac) / n_thanh_tien_bv"
_REST_IN_SCOPE = "greatest(n_thanh_tien_bh - n_t_nguonkhac, 0) / nullif(n_thanh_tien_bh, 0)"


def _least(column: str, of_patient: str, part: str) -> Check:
    """`of_patient`: what is left when the patient is supported; `part`: without other sources."""
    value = (
        f"least(greatest({of_patient}, 0), {part} * {_REST_OF_LINE}, "
        f"{part} * coalesce({_REST_IN_SCOPE}, 1))"
    )
    return Check(
        field=column.upper(),
        holds=holds_if_readable(f"n_{column} >= {value} - {_TOLERANCE}"),
        reason=f"'{column.upper()} is ' || {quoted_number(column)} || "
        f"', less than other sources leave to pay, ' || {quoted_result(value)}",
    )


def _rows(table: int) -> Rows:
    numbers = [f"line.{column}, {amount(f'line.{column}')} as n_{column}" for column in _AMOUNTS]
    rate = "raw.parse_amount(line.muc_huong)"
    is_capped = "coalesce(raw.parse_amount(line.t_trantt), 0) <> 0"
    where = (
        f"raw.parse_amount(line.t_nguonkhac) > 0 and {rate} in ({', '.join(_RATES)})"
        " and raw.parse_amount(line.t_nguonkhac) <= raw.parse_amount(line.thanh_tien_bv)"
        " and coalesce(line.t_bhtt, line.t_bncct, line.t_bntt) is not null"
    )
    if table == 3:
        where += f" and not {is_capped}"
    return Rows(
        table_sql=f"'XML{table}'",
        sql=lines(table, *numbers, f"{rate} as n_muc_huong", where=where),
        checks=(
            _least("t_bntt", f"{_OWN} - n_t_nguonkhac", _OWN),
            _least("t_bncct", f"{_COPAYMENT} - {_BEYOND_OWN}", _COPAYMENT),
            _least(
                "t_bhtt",
                f"{_FUND} - greatest({_BEYOND_OWN} - {_COPAYMENT}, 0)",
                _FUND,
            ),
        ),
    )


RULE = Rule(
    id="L01_others",
    sentence_vi="Khi có nguồn khác chi trả, T_BNTT, T_BNCCT, T_BHTT không ít hơn phần còn lại "
    "sau khi trừ theo thứ tự hoặc trừ chung (sai số 1 đồng).",
    sentence_en="Where other sources pay, T_BNTT, T_BNCCT and T_BHTT are no less than what is left "
    "when they are deducted in order, or from the whole (tolerance 1 VND).",
    source=Source("QĐ 4750/QĐ-BYT notes to XML2 and XML3; catalogue L01", "H"),
    category=Category.PLAUSIBILITY,
    severity=Severity.FLAG_LINE,
    threshold="1 VND",
    owner="sender",
    rows=(_rows(2), _rows(3)),
)
