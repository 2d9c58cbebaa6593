"""The view `keys` of each schema that readers see: how its tables are joined."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

from health_warehouse.marts.contracts import MartContract, split_name

NAME = "keys"
COMMENT = "One row per key of a table: its columns, and for a foreign key where it leads."


def query(contracts: Iterable[MartContract]) -> sql.Composed:
    """As rows, for information_schema shows constraints only to who may write or refer."""
    shown = {contract.mart: contract for contract in contracts}
    rows: list[tuple[str | tuple[str, ...] | None, ...]] = []
    for name, contract in shown.items():
        names = set(contract.column_names)
        if names.issuperset(contract.primary_key):
            rows.append((name, "primary", contract.primary_key, None, None))
        for key in contract.foreign_keys:
            to = split_name(key.to)[1]
            if names.issuperset(key.columns) and to in shown:
                rows.append((name, "foreign", key.columns, to, key.to_columns))
    nobody = (None,) * 5  # VALUES needs a row
    listed = [
        sql.SQL("({}::text, {}::text, {}::text[], {}::text, {}::text[])").format(
            *(sql.Literal(list(one) if isinstance(one, tuple) else one) for one in row)
        )
        for row in rows or [nobody]
    ]
    return sql.SQL(
        "select * from (values {}) as listed"
        " (table_name, key_kind, column_names, referenced_table, referenced_columns)"
        " where table_name is not null"
    ).format(sql.SQL(", ").join(listed))
