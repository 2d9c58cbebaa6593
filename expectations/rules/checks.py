"""Checks that rules share: a readable amount or time, an identity, an order.

An amount is selected twice by a rule: as text under its own name, as a number under `n_` and that
name (`fragments.amount`). A time is selected as text and, under `t_`, as text that is null when it
cannot be read (`fragments.time_or_null`): both are read once however many checks name them.
"""

from __future__ import annotations

from expectations.rules.fragments import (
    holds_if_readable,
    not_after,
    quoted_code,
    quoted_number,
    quoted_result,
    quoted_time,
    text_or_null,
)
from expectations.rules.rule import Check

_NUMBER = r"^\s*[+-]?[0-9]+(\.[0-9]+)?\s*$"


def is_number(column: str, *, blank_is_null: bool = False) -> Check:
    """The value was read: `n_` is null for what is not a number, and perhaps for a blank one."""
    blank = f" or {text_or_null(column)} is null" if blank_is_null else ""
    return Check(
        field=column.upper(),
        holds=f"n_{column} is not null{blank}",
        # the bounds of raw.parse_amount
        reason=f"'{column.upper()} is ' || case when {column} ~ '{_NUMBER}' "
        "then 'too large a number to be held (15 digits before the point, 40 characters): ' "
        f"else 'not a number: ' end || {quoted_code(column)}",
    )


def equals(
    column: str,
    formula: str,
    value: str,
    *,
    tolerance: str,
    only_when: str = "true",
    room: str = "",
) -> Check:
    """The amount is the SQL `value` within `tolerance` VND, or the SQL `room` excuses it."""
    equal = f"abs(n_{column} - ({value})) <= {tolerance}"
    condition = holds_if_readable(f"({equal}){room}")
    return Check(
        field=column.upper(),
        holds=f"case when {only_when} then {condition} else true end",
        reason=f"'{column.upper()} is ' || {quoted_number(column)} || ', {formula} is ' || "
        f"{quoted_result(value)}",
    )


def at_most(
    column: str,
    formula: str,
    value: str,
    *,
    tolerance: str,
    only_when: str = "true",
    room: str = "",
) -> Check:
    """As `equals`, for an amount that may be less than the SQL `value`."""
    condition = holds_if_readable(f"(n_{column} <= ({value}) + {tolerance}){room}")
    return Check(
        field=column.upper(),
        holds=f"case when {only_when} then {condition} else true end",
        reason=f"'{column.upper()} is ' || {quoted_number(column)} || ', more than {formula}, ' || "
        f"{quoted_result(value)}",
    )


def is_time(column: str, *, is_required: bool = False) -> Check:
    """The value is a date or a date-time; blank is one only when it is not required."""
    blank = "" if is_required else f" or {text_or_null(column)} is null"
    return Check(
        field=column.upper(),
        holds=f"t_{column} is not null{blank}",
        reason=f"'{column.upper()} is not a date (yyyymmdd or yyyymmddHHMM): ' || "
        f"{quoted_time(column)}",
    )


def in_order(earlier: str, later: str, *, field: str | None = None) -> Check:
    """`earlier` is not after `later`, as far as both are given and can be read."""
    return Check(
        field=field or later.upper(),
        holds=holds_if_readable(not_after(f"t_{earlier}", f"t_{later}")),
        reason=f"'{earlier.upper()} ' || {quoted_time(earlier)} || ' is after {later.upper()} ' "
        f"|| {quoted_time(later)}",
    )
