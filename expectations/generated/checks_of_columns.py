"""What a contract says of a column, as checks on its rows in `raw`. The rows are named `sent`.

A blank value breaks nothing but `required`: it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from expectations.rules.fragments import (
    described,
    is_filled,
    quoted_code,
    quoted_diagnosis,
    quoted_number,
    text_or_null,
)
from expectations.rules.literal import literal
from expectations.rules.rule import Check
from health_warehouse.feeds.contract import Column
from health_warehouse.feeds.dates import forms_of
from health_warehouse.feeds.view import typed_value

_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "date": "a day",
    "time": "a time",
    "boolean": "yes or no",
}


def required(column: Column) -> Iterator[Check]:
    """It is filled in."""
    if column.is_required:
        holds = f"coalesce({is_filled(_name(column))}, false)"
        yield Check(column.label, holds, literal(f"{column.label} is blank"))


def types(column: Column) -> Iterator[Check]:
    """It is what its type says."""
    kind = _TYPES.get(column.type)
    if kind is None:
        return
    if column.type in ("date", "time"):
        kind += f" ({', '.join(forms_of(column))})"
    reason = f"{literal(f'{column.label} is not {kind}: ')} || {_told(column)}"
    yield Check(column.label, _if_given(column, f"{_typed(column)} is not null"), reason)


def lengths(column: Column) -> Iterator[Check]:
    """It is not longer than it may be."""
    if column.length is None:
        return
    value = f"btrim({_name(column)})"
    reason = (
        f"{literal(f'{column.label} has ')} || length({value}) || ' characters, "
        f"{column.length} are allowed'"
    )
    yield Check(column.label, _if_given(column, f"length({value}) <= {column.length}"), reason)


def codes(column: Column, others: Mapping[str, Column]) -> Iterator[Check]:
    """It is a code of its list, on the day that the contract names."""
    code = f"raw.canonical_code({_name(column)})"
    if column.values:
        listed = ", ".join(f"raw.canonical_code({literal(value)})" for value in column.values)
        known, named = f"{code} in ({listed})", "its list"
    elif column.code_list is not None:
        day = others.get(column.list_day or "")
        known, named = _is_listed(column, code, day), f"the list {column.code_list}"
        if day is not None:
            named += f" on the day {day.label}"
    else:
        return
    reason = f"{literal(f'{column.label} is no code of {named}: ')} || {_told(column)}"
    yield Check(column.label, _if_given(column, known), reason)


def patterns(column: Column) -> Iterator[Check]:
    """The whole value fits its pattern."""
    if column.pattern is None:
        return
    holds = f"btrim({_name(column)}) ~ {literal(f'^({column.pattern})$')}"
    reason = f"{literal(f'{column.label} has another form than it should: ')} || {_told(column)}"
    yield Check(column.label, _if_given(column, holds), reason)


def bounds(column: Column) -> Iterator[Check]:
    """The number is within its bounds."""
    number = _typed(column)
    for bound, sign, told in (
        (column.lowest, ">=", "less"),
        (column.highest, "<=", "more"),
    ):
        if bound is not None:
            figure = format(Decimal(str(bound)), "f")
            reason = f"{literal(f'{column.label} is {told} than {figure}: ')} || {_told(column)}"
            holds = _if_given(column, f"coalesce({number} {sign} {figure}, true)")
            yield Check(column.label, holds, reason)


def orders(column: Column, others: Mapping[str, Column]) -> Iterator[Check]:
    """Its day is not after that of another column."""
    if column.not_after is None:
        return
    later = others[column.not_after]
    reason = literal(f"{column.label} is after {later.label}")
    holds = f"coalesce({_typed(column)} <= {_typed(later)}, true)"
    yield Check(column.label, holds, reason)


def unique(column: Column) -> Iterator[Check]:
    """No other row of the delivery has it; `alone_sql` is selected beside it."""
    if column.is_unique:
        reason = f"{literal(f'{column.label} is that of another row, too: ')} || {_told(column)}"
        yield Check(column.label, f"judged.{_alone(column)}", reason)


def alone_sql(column: Column) -> str:
    """SQL of whether a row is the only one of its delivery with that value; blank ones are."""
    code = f"raw.canonical_code(sent.{column.name})"
    return (
        f"({text_or_null(f'sent.{column.name}')} is null"
        f" or count(*) over (partition by sent.file_id, {code}) = 1) as {_alone(column)}"
    )


_UNITS = {
    "communes": ("ref.communes", "commune_code"),
    "provinces": ("ref.provinces", "province_code"),
}


def _is_listed(column: Column, code: str, day: Column | None) -> str:
    """SQL: the code is in its list, on that day where one is given and can be read."""
    table, name = _UNITS.get(column.code_list or "", ("ref.code_lists", "code"))
    where = [] if column.code_list in _UNITS else [
        f"listed.code_system = {literal(column.code_list or '')}"
    ]  # fmt: skip
    canonical = f"raw.canonical_code(listed.{name})"
    if day is None:
        where_sql = f" where {' and '.join(where)}" if where else ""
        return f"{code} in (select {canonical} from {table} as listed{where_sql})"
    # units are found by their key: their codes are digits, canonical as they are
    listed = f"listed.{name}" if column.code_list in _UNITS else canonical
    at = _typed(day)
    where += [
        f"{listed} = {code}",
        f"coalesce(listed.valid_from <= {at}, true)",
        f"coalesce(listed.valid_to > {at}, true)",
    ]
    return f"exists (select from {table} as listed where {' and '.join(where)})"


def _alone(column: Column) -> str:
    return f"_is_alone_{column.name}"[:63]


def _if_given(column: Column, condition: str) -> str:
    return f"({text_or_null(_name(column))} is null or {condition})"


def _name(column: Column) -> str:
    return f"judged.{column.name}"


def _typed(column: Column) -> str:
    return typed_value("judged", column)


def _told(column: Column) -> str:
    """The value, as far as it may be told."""
    name = _name(column)
    if column.is_personal:
        return described(name)
    if column.kind == "icd":
        return quoted_diagnosis(name)
    if column.kind:
        return described(name)
    return quoted_number(name) if column.type in ("integer", "number") else quoted_code(name)
