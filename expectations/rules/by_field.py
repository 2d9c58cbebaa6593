"""Rows of rules that are made from contracts: one pass per table, a check per column."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from expectations.rules.rule import Check, Rows
from expectations.rules.selections import headers, of_table
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.feeds.contract import Column, Table


def rows_of_table(table: str, checks: Sequence[Check], of_headers: Sequence[str] = ()) -> Rows:
    """The rows of a table of the standard, XML0 to XML15, with the fields that `checks` name.

    `of_headers`: further columns of XML1, SQL on `header`, that its checks look at.
    """
    columns = [check.field.lower() for check in checks]
    if table == "XML1" and of_headers:
        selected = headers(*(f"header.{column}" for column in columns), *of_headers)
    else:
        selected = of_table(table, columns)
    return Rows(f"'{table}'", selected, tuple(checks))


def rows_by_field(
    check: Callable[[Table, Column], Check | None], of_headers: Sequence[str] = ()
) -> tuple[Rows, ...]:
    """Every field of the standard, table by table; None from `check`: it is not asked."""
    found = []
    for table in (*built_in()["claims"].tables, *built_in()["check_ins"].tables):
        checks = [one for column in table.columns if (one := check(table, column))]
        if checks:
            found.append(rows_of_table(table.name, checks, of_headers))
    return tuple(found)
