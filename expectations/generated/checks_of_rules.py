"""The rules of a contract beyond single columns, as checks on its rows in `raw`, named `judged`.

A row that does not meet the conditions of its rule breaks nothing, and neither does a value that
cannot be read: the rule on its type tells that, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from expectations.rules.fragments import is_filled, quoted_result, text_or_null
from expectations.rules.literal import literal
from expectations.rules.rule import Check
from health_warehouse.feeds.contract import Column, Condition, Contract, RowRule, Term
from health_warehouse.feeds.view import typed_value

_SIGNS = {"at_most": "<=", "less_than": "<", "equal": "=", "other_than": "<>"}


def checks_of(contract: Contract, rule: RowRule) -> Iterator[Check]:
    """The checks of one rule, on the rows that it is for."""
    columns = {column.name: column for column in contract.table.columns}
    applies = all_of(rule.when, "judged", columns)
    for field, holds, reason in _asked(rule, columns):
        told = (
            literal(rule.says.en)
            if reason is None
            else f"{literal(rule.says.en + ' ')} || {reason}"
        )
        yield Check(field, f"(not ({applies}) or {holds})", told)


def selected_for(contract: Contract, rule: RowRule) -> Iterator[str]:
    """What the rows must be selected with, besides their columns, for `checks_of`."""
    columns = {column.name: column for column in contract.table.columns}
    applies = all_of(rule.when, "sent", columns)
    if rule.once:
        codes = ", ".join(_code("sent", columns[name]) for name in rule.once)
        window = f"(partition by sent.file_id, {applies}, {codes})"
        yield f"count(*) over {window} = 1 as {_flag(rule)}"
    if rule.no_overlap is not None:
        yield f"{_stands_alone(rule, columns, applies)} as {_flag(rule)}"
    if rule.names is not None and rule.names.of:
        named = _code("sent", columns[rule.names.column])
        other = _code("other", columns[rule.names.of])
        yield (
            f"(sent.file_id, {named}) in (select other.file_id, {other} from batch"
            f" join raw.{contract.table.raw_table} as other using (file_id)) as {_flag(rule)}"
        )


def all_of(conditions: Sequence[Condition], relation: str, columns: Mapping[str, Column]) -> str:
    """SQL: every condition holds; never null."""
    asked = [_holds(condition, relation, columns) for condition in conditions]
    return " and ".join(asked) or "true"


def _holds(condition: Condition, relation: str, columns: Mapping[str, Column]) -> str:
    column = columns[condition.column]
    filled = f"coalesce({is_filled(f'{relation}.{column.name}')}, false)"
    if condition.kind in ("filled", "blank"):
        return filled if condition.kind == "filled" else f"not {filled}"
    if column.type == "boolean":
        codes = ", ".join("true" if code == "true" else "false" for code in condition.codes)
    else:
        codes = ", ".join(f"raw.canonical_code({literal(code)})" for code in condition.codes)
    listed = f"coalesce({_code(relation, column)} in ({codes}), false)"
    return listed if condition.kind == "one_of" else f"({filled} and not {listed})"


def _asked(rule: RowRule, columns: Mapping[str, Column]) -> Iterator[tuple[str, str, str | None]]:
    """Field, condition and the end of the reason of each check."""
    for name in rule.filled:
        yield columns[name].label, _holds(Condition(name, "filled"), "judged", columns), None
    for name in rule.blank:
        yield columns[name].label, _holds(Condition(name, "blank"), "judged", columns), None
    for condition in rule.fits:
        label = columns[condition.column].label
        yield label, _holds(condition, "judged", columns), None
    if rule.compare is not None:
        yield _compared(rule, columns)
    first = (
        rule.once[0] if rule.once
        else rule.no_overlap.start if rule.no_overlap
        else rule.names.column if rule.names
        else None
    )  # fmt: skip
    if first is not None:
        is_blank = f"{text_or_null(f'judged.{first}')} is null"
        yield columns[first].label, f"({is_blank} or judged.{_flag(rule)})", None


class Sides(NamedTuple):
    """What a rule compares: SQL of both sides, whether both say something, and the first column."""

    field: str
    left: str
    right: str
    is_given: str
    is_number: bool


def sides_of(rule: RowRule, columns: Mapping[str, Column]) -> Sides:
    """For a rule that compares. Values are of the relation `judged`."""
    asked = rule.compare
    assert asked is not None  # noqa: S101 - the caller looked
    terms = (*asked.left, *asked.right)
    first = next(columns[term.column] for term in terms if term.column)
    if first.type not in ("integer", "number"):
        one, other = (
            f"nullif({_code('judged', columns[side[0].column or ''])}, '')"
            if first.type in ("code", "text")
            else _code("judged", columns[side[0].column or ""])
            for side in (asked.left, asked.right)
        )
        return Sides(first.name, one, other, "true", is_number=False)
    right = _sum(asked.right, columns)
    if asked.times != 1:
        right = f"({right} * {asked.times:f})"
    given = " and ".join(
        _is_given(side) for side in (asked.left, asked.right) if any(term.column for term in side)
    )
    return Sides(first.name, _sum(asked.left, columns), right, given, is_number=True)


def _compared(rule: RowRule, columns: Mapping[str, Column]) -> tuple[str, str, str | None]:
    asked = rule.compare
    assert asked is not None  # noqa: S101 - the caller looked
    field, left, right, given, is_number = sides_of(rule, columns)
    label = columns[field].label
    if not is_number:
        condition = f"{left} {_SIGNS[asked.comparison]} {right}"
        return label, f"coalesce({condition}, true)", None
    within = f"{asked.within:f}"
    condition = {
        "at_most": f"{left} <= {right} + abs({right}) * {within}",
        "less_than": f"{left} < {right} + abs({right}) * {within}",
        "equal": f"abs({left} - {right}) <= abs({right}) * {within}",
        "other_than": f"{left} <> {right}",
    }[asked.comparison]
    reason = (
        f"{literal(f'({_names(asked.left, columns)} is ')} || {quoted_result(left)} || "
        f"{literal(f', {_names(asked.right, columns)} is ')} || {quoted_result(right)} || ')'"
    )
    return label, f"(not ({given}) or coalesce({condition}, true))", reason


def _is_given(side: Sequence[Term]) -> str:
    filled = (
        f"{text_or_null(f'judged.{term.column}')} is not null" for term in side if term.column
    )
    return f"({' or '.join(filled)})"


def _sum(side: Sequence[Term], columns: Mapping[str, Column]) -> str:
    parts = []
    for term in side:
        if term.column is None:
            value = f"{term.number:f}"
        else:
            name = f"judged.{term.column}"
            typed = typed_value("judged", columns[term.column])
            value = f"case when {text_or_null(name)} is null then 0 else {typed} end"
        parts.append(f"{'-' if term.sign < 0 else '+'} ({value})")
    return f"({' '.join(parts)})"


def _names(side: Sequence[Term], columns: Mapping[str, Column]) -> str:
    names = []
    for term in side:
        said = columns[term.column].label if term.column else f"{term.number:g}"
        names.append(f"{'− ' if term.sign < 0 else '+ '}{said}")
    return " ".join(names).removeprefix("+ ")


def _stands_alone(rule: RowRule, columns: Mapping[str, Column], applies: str) -> str:
    """SQL: the period of the row shares no day with one before or behind it."""
    asked = rule.no_overlap
    assert asked is not None  # noqa: S101 - the caller looked
    start = typed_value("sent", columns[asked.start])
    end = (
        f"greatest({start}, case when {text_or_null(f'sent.{asked.end}')} is null"
        f" then 'infinity' else {typed_value('sent', columns[asked.end])} end)"
    )
    codes = ", ".join(_code("sent", columns[name]) for name in asked.of)
    window = (
        f"(partition by sent.file_id, {applies}, {codes}, {start} is null"
        f" order by {start}, sent.position rows between"
    )
    before = f"max({end}) over {window} unbounded preceding and 1 preceding)"
    behind = f"min({start}) over {window} 1 following and unbounded following)"
    return f"(coalesce({before} < {start}, true) and coalesce({behind} > {end}, true))"


def _code(relation: str, column: Column) -> str:
    """SQL of the value by which rows are compared: a day as a day, however it is written."""
    if column.type in ("date", "time", "integer", "number", "boolean"):
        return typed_value(relation, column)
    return f"raw.canonical_code({relation}.{column.name})"


def _flag(rule: RowRule) -> str:
    return f"_holds_{rule.name}"[:63]
