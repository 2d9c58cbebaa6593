"""The table of `raw` that a contract asks for: every value as text, and what the loader adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from psycopg import sql

from health_warehouse.feeds.contract import Table

EXTRA = "_extra"
"""What was sent and no column has, as an object."""

PERSON_KEY = "_person_key"

_LINEAGE = {"file_id": "bigint", "position": "integer", "line": "integer", "facility_id": "text"}
_NOT_OF_THE_KEY = ("facility_id",)


class RawColumn(NamedTuple):
    """A column of a table in `raw`, in Postgres' words."""

    name: str
    type: str
    is_required: bool = False


def raw_columns(table: Table) -> tuple[RawColumn, ...]:
    """All columns, in the order of the table."""
    return tuple(_columns(table))


def column_names(table: Table) -> tuple[str, ...]:
    """The names of `raw_columns`, as COPY wants them."""
    return tuple(column.name for column in _columns(table))


def primary_key(table: Table) -> tuple[str, ...]:
    """What names a row."""
    return tuple(name for name in table.lineage if name not in _NOT_OF_THE_KEY)


def create_table(table: Table) -> str:
    """Statements that make the table with its comments; for a cursor, without parameters."""
    name = sql.Identifier("raw", table.raw_table)
    parts = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(column.name),
            sql.SQL(column.type),
            sql.SQL(" not null" if column.is_required else ""),
        )
        for column in _columns(table)
    ]
    key = sql.SQL(", ").join(map(sql.Identifier, primary_key(table)))
    parts.append(sql.SQL("primary key ({})").format(key))
    statements = [
        sql.SQL("create table {} (\n    {}\n)").format(name, sql.SQL(",\n    ").join(parts)),
        sql.SQL("comment on table {} is {}").format(name, sql.Literal(comment(table))),
    ]
    for column in table.columns:
        if column.meaning.vi:  # a list that a standard gives is its own description
            statements.append(
                sql.SQL("comment on column {} is {}").format(
                    sql.Identifier("raw", table.raw_table, column.name),
                    sql.Literal(f"{column.meaning.en} | {column.meaning.vi}"),
                )
            )
    return sql.SQL(";\n").join(statements).as_string(None) + ";\n"


def comment(table: Table) -> str:
    """What a row is, in English."""
    return f"One row per {table.grain.en.rstrip('.')}."


def _columns(table: Table) -> Iterator[RawColumn]:
    for name in table.lineage:
        yield RawColumn(name, _LINEAGE[name], is_required=True)
    for column in table.columns:
        yield RawColumn(column.name, "text")
    yield RawColumn(EXTRA, "jsonb")
    if table.person_key != "none":
        yield RawColumn(PERSON_KEY, "uuid", is_required=table.person_key == "required")
