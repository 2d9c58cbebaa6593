"""Rows of rules that are made from the list of fields: one pass per table, a check per field."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from expectations.rules.rule import Check, Rows
from expectations.rules.selections import headers, of_table
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES, Field, Table


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
    check: Callable[[Table, Field], Check | None], of_headers: Sequence[str] = ()
) -> tuple[Rows, ...]:
    """Every field of the standard, table by table; None from `check`: it is not asked."""
    found = []
    for table in (*TABLES.values(), CHECK_INS):
        checks = [one for field in table.fields if (one := check(table, field))]
        if checks:
            found.append(rows_of_table(table.name, checks, of_headers))
    return tuple(found)
