"""The rules of a contract as a suite of Great Expectations' own expectations.

`warehouse feeds suite` prints it: whoever knows GX reads there what a sender must honour, and can
run it with any GX on `asset_query`. The warehouse itself judges by rule (`expectation`): it needs a
verdict per rule and every failing row with its keys, which GX's own do not give. A test holds that
both find the same rows.

Imported by `warehouse feeds suite` and tests only (see `runner`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import and_
from typing import Any

import great_expectations.expectations as gxe  # noqa: TID253
from great_expectations import ExpectationSuite  # noqa: TID253
from great_expectations.expectations.row_conditions import Column as Where  # noqa: TID253

from expectations.generated.checks_of_rules import sides_of
from health_warehouse.feeds.contract import Column, Condition, Contract, RowRule
from health_warehouse.quality.feed_asset import (
    UNITS,
    holds,
    is_listed,
    seen_together,
    value_column,
)
from health_warehouse.reference import code_lists
from health_warehouse.reference.canonical import canonical_code

_SEVERITIES = {"quarantine": "critical", "flag": "warning", "record": "info"}


def suite(contract: Contract) -> Any:
    """The suite, named as the feed. Each expectation says in `meta` its rule and what is called
    by the sender's label."""
    made = [*_of_columns(contract), *_of_rules(contract)]
    return ExpectationSuite(name=contract.feed, expectations=made)


def _of_columns(contract: Contract) -> Iterator[Any]:
    columns = {column.name: column for column in contract.table.columns}
    for column in columns.values():
        for kind, made in _of_column(column, columns):
            yield _noted(made, contract, _rule_id(contract, kind, column.severity), column.label)


def _of_column(column: Column, columns: Mapping[str, Column]) -> Iterator[tuple[str, Any]]:
    name, severity = column.name, _SEVERITIES[column.severity]
    if column.is_required:
        yield "required", gxe.ExpectColumnValuesToNotBeNull(column=name, severity=severity)
    if column.type not in ("text", "code"):
        yield "type", gxe.ExpectColumnValuesToNotBeNull(
            column=value_column(column), row_condition=_filled(name), severity=severity
        )  # fmt: skip
    if column.length is not None:
        yield (
            "length",
            gxe.ExpectColumnValueLengthsToBeBetween(
                column=name, max_value=column.length, severity=severity
            ),
        )
    if column.code_list in UNITS or column.list_day is not None:
        yield (
            "list",
            gxe.ExpectColumnValuesToBeInSet(
                column=is_listed(column), value_set=[True], severity=severity
            ),
        )
    elif codes := _codes(column):
        yield (
            "list",
            gxe.ExpectColumnValuesToBeInSet(column=name, value_set=codes, severity=severity),
        )
    if column.pattern is not None:
        yield (
            "pattern",
            gxe.ExpectColumnValuesToMatchRegex(
                column=name, regex=f"^({column.pattern})$", severity=severity
            ),
        )
    if column.lowest is not None or column.highest is not None:
        yield "bounds", gxe.ExpectColumnValuesToBeBetween(
            column=value_column(column), min_value=column.lowest, max_value=column.highest,
            severity=severity,
        )  # fmt: skip
    if column.not_after is not None:
        yield "order", gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=value_column(columns[column.not_after]), column_B=value_column(column),
            or_equal=True, ignore_row_if="either_value_is_missing", severity=severity,
        )  # fmt: skip
    if column.is_unique:
        yield "unique", gxe.ExpectColumnValuesToBeUnique(column=name, severity=severity)


def _codes(column: Column) -> list[str]:
    if column.values:
        return [canonical_code(value) for value in column.values]
    return sorted(
        {
            canonical_code(entry.code)
            for entry in code_lists.entries()
            if entry.code_system == column.code_list
        }
    )


def _of_rules(contract: Contract) -> Iterator[Any]:
    columns = {column.name: column for column in contract.table.columns}
    for rule in contract.rules:
        if rule.is_of_others:
            continue
        for made, label in _of_rule(rule, columns):
            yield _noted(made, contract, f"{contract.feed}.{rule.name}", label)


def _of_rule(rule: RowRule, columns: Mapping[str, Column]) -> Iterator[tuple[Any, str]]:
    when = {"severity": _SEVERITIES[rule.severity], **_when(rule, columns)}
    for name in rule.filled:
        yield gxe.ExpectColumnValuesToNotBeNull(column=name, **when), columns[name].label
    for name in rule.blank:
        yield gxe.ExpectColumnValuesToBeNull(column=name, **when), columns[name].label
    for condition in rule.fits:
        yield _fits(condition, when), columns[condition.column].label
    if rule.compare is not None:
        yield _compared(rule, when), columns[sides_of(rule, columns).field].label
    if rule.once and not rule.when:
        made = (
            gxe.ExpectColumnValuesToBeUnique(column=rule.once[0], **when)
            if len(rule.once) == 1
            else gxe.ExpectCompoundColumnsToBeUnique(
                column_list=list(rule.once), ignore_row_if="never", **when
            )
        )
        yield made, columns[rule.once[0]].label
    elif (first := seen_together(rule)) is not None:
        made = gxe.ExpectColumnValuesToBeInSet(column=holds(rule), value_set=[True], **when)
        yield made, columns[first].label


def _fits(condition: Condition, when: dict[str, Any]) -> Any:
    name = condition.column
    if condition.kind == "filled":
        return gxe.ExpectColumnValuesToNotBeNull(column=name, **when)
    if condition.kind == "blank":
        return gxe.ExpectColumnValuesToBeNull(column=name, **when)
    codes = [canonical_code(code) for code in condition.codes]
    kind = (
        gxe.ExpectColumnValuesToBeInSet
        if condition.kind == "one_of"
        else gxe.ExpectColumnValuesToNotBeInSet
    )
    return kind(column=name, value_set=codes, **when)


def _compared(rule: RowRule, when: dict[str, Any]) -> Any:
    """Both sides are columns of the asset; a side that says nothing is null there."""
    assert rule.compare is not None  # noqa: S101 - the caller looked
    left, right = f"{rule.name}__left", f"{rule.name}__right"
    pair = {"ignore_row_if": "either_value_is_missing", **when}
    if rule.compare.comparison == "equal" and not rule.compare.within:
        return gxe.ExpectColumnPairValuesToBeEqual(column_A=left, column_B=right, **pair)
    if rule.compare.comparison in ("at_most", "less_than"):
        is_or_equal = rule.compare.comparison == "at_most"
        return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=right, column_B=left, or_equal=is_or_equal, **pair
        )
    return gxe.ExpectColumnValuesToBeInSet(column=f"{rule.name}__holds", value_set=[True], **when)


def _when(rule: RowRule, columns: Mapping[str, Column]) -> dict[str, Any]:
    if not rule.when:
        return {}
    condition = reduce(and_, (_condition(one, columns) for one in rule.when))
    return {"row_condition": condition}


def _condition(condition: Condition, columns: Mapping[str, Column]) -> Any:
    column = columns[condition.column]
    if condition.kind == "filled":
        return _filled(column.name)
    if condition.kind == "blank":
        return Where(column.name).is_null()
    if column.type == "boolean":
        return Where(value_column(column)) == (condition.codes[0] == "true")
    codes = [canonical_code(code) for code in condition.codes]
    if condition.kind == "one_of":
        return Where(column.name).is_in(codes)
    return _filled(column.name) & Where(column.name).is_not_in(codes)


def _filled(name: str) -> Any:
    return Where(name).is_not_null()


def _rule_id(contract: Contract, kind: str, severity: str) -> str:
    return f"{contract.feed}.{kind}" + ("" if severity == "flag" else f".{severity}")


def _noted(made: Any, contract: Contract, rule_id: str, label: str) -> Any:
    made.meta = {"feed": contract.feed, "rule": rule_id, "field": label}
    return made
