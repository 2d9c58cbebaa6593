"""The rows of a feed as Great Expectations sees them: values trimmed, codes canonical, and typed.

A column has its own name as text (null when blank) and, where it is a number, day or flag, stands
typed in `<column>__value`. What a contract compares stands in `<rule>__left` and `<rule>__right`,
what needs several rows at once in `<rule>__holds`.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.generated.checks_of_columns import codes as code_checks
from expectations.generated.checks_of_rules import checks_of, selected_for, sides_of
from expectations.rules.fragments import text_or_null
from health_warehouse.feeds.contract import Column, Contract, RowRule
from health_warehouse.feeds.view import typed_value

UNITS = ("communes", "provinces")
"""Lists that are too long, and too much of their day, to stand in a suite."""


def value_column(column: Column) -> str:
    """The typed twin of a column; a text or code is its own."""
    return column.name if column.type in ("text", "code") else f"{column.name}__value"


def is_listed(column: Column) -> str:
    """Whether the code is in its list, on the day that the contract names."""
    return f"{column.name}__is_listed"


def seen_together(rule: RowRule) -> str | None:
    """The column that a rule stands at which looks at several rows, and that no expectation of GX
    has the like of (a compound key under a condition fails in GX on a query)."""
    if rule.is_of_others:
        return None
    if rule.no_overlap is not None:
        return rule.no_overlap.start
    if rule.names is not None:
        return rule.names.column
    return rule.once[0] if rule.once and rule.when else None


def holds(rule: RowRule) -> str:
    """Whether a rule holds of a row."""
    return f"{rule.name}__holds"


def asset_query(contract: Contract, batch_sql: str) -> str:
    """SQL of one row per row of the files that `batch_sql` selects (column file_id)."""
    raw = ",\n    ".join(f"sent.{column.name}" for column in contract.table.columns)
    beside = "".join(
        f",\n    {text}" for rule in contract.rules for text in selected_for(contract, rule)
    )
    selected = ",\n    ".join(_selected(contract))
    return f"""\
select * from (
with batch as ({batch_sql}),
judged as (
    select sent.file_id, sent.position,
    {raw}{beside}
    from batch
    join raw.{contract.table.raw_table} as sent using (file_id)
)
select
    judged.file_id,
    judged.position,
    {selected}
from judged
) as rows"""  # noqa: S608 - of names that contracts are held to


def _selected(contract: Contract) -> Iterator[str]:
    columns = {column.name: column for column in contract.table.columns}
    for column in columns.values():
        name = f"judged.{column.name}"
        yield f"{_text(name, column)} as {column.name}"
        if value_column(column) != column.name:
            yield f"{typed_value('judged', column)} as {value_column(column)}"
        if column.code_list in UNITS or column.list_day is not None:
            (check,) = code_checks(column, columns)
            yield (
                f"case when {text_or_null(name)} is not null then ({check.holds}) end"
                f" as {is_listed(column)}"
            )
    for rule in contract.rules:
        if rule.compare is not None:
            sides = sides_of(rule, columns)
            yield f"case when {sides.is_given} then {sides.left} end as {rule.name}__left"
            yield f"case when {sides.is_given} then {sides.right} end as {rule.name}__right"
        if seen_together(rule) is not None or rule.compare is not None:
            asked = " and ".join(f"({check.holds})" for check in checks_of(contract, rule))
            yield f"{asked} as {holds(rule)}"


def _text(name: str, column: Column) -> str:
    """A code as it is compared; a text without the blanks around it."""
    if column.type == "code" or column.values or column.code_list:
        return f"nullif(raw.canonical_code({name}), '')"
    return text_or_null(name)
