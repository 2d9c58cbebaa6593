"""Tables, views and partitions of feeds of rows, as their contracts ask for them.

A column that a contract adds is added. One that it takes away, and a table that no contract has any
more, stay as they are: what was loaded is kept.
"""

from __future__ import annotations

from hashlib import sha256

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database.connections import driver_connection
from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.ddl import create_table, raw_columns
from health_warehouse.feeds.view import create_view
from health_warehouse.settings import Settings

_COLUMNS = text(
    """
    select a.attname::text
    from pg_attribute as a
    where a.attrelid = to_regclass(:relation) and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    """
)
_MODE = text("select mode from ops.feeds where feed = :feed")
_ENTER = text("insert into ops.feeds (feed, mode) values (:feed, :mode)")


def make_feed_tables(connection: Connection, settings: Settings) -> None:
    """Bring the tables of all feeds of rows to their contracts; in the owner's transaction.

    Raises ContractError, and ConfigurationError where a contract changes what cannot change.
    """
    for contract in catalogue(settings).values():
        if contract.is_of_rows:
            _make(connection, contract)


def _make(connection: Connection, contract: Contract) -> None:
    cursor = driver_connection(connection).cursor()
    mode = connection.execute(_MODE, {"feed": contract.feed}).scalar_one_or_none()
    table = contract.table
    if mode is None:
        connection.execute(_ENTER, {"feed": contract.feed, "mode": contract.mode})
        cursor.execute(create_table(table))
        for parent in ("document_versions", "current_documents"):
            cursor.execute(
                sql.SQL("create table {} partition of {} for values in ({})").format(
                    sql.Identifier("ops", f"{parent}_{contract.feed}"),
                    sql.Identifier("ops", parent),
                    sql.Literal(contract.feed),
                )
            )
    elif mode != contract.mode:
        raise ConfigurationError(
            f"{contract.path}: `mode: {contract.mode}`, but documents of {contract.feed} are kept "
            f"as {mode}: write `mode: {mode}`, or give the feed another name"
        )
    relation = f"raw.{table.raw_table}"
    there: list[str] = list(connection.execute(_COLUMNS, {"relation": relation}).scalars())
    for column in raw_columns(table):
        if column.name not in there:
            cursor.execute(
                sql.SQL("alter table {} add column {} {}").format(
                    sql.Identifier("raw", table.raw_table),
                    sql.Identifier(column.name),
                    sql.SQL(column.type),
                )
            )
    _replace_view(connection, contract)


def _replace_view(connection: Connection, contract: Contract) -> None:
    """The view is made anew only when it is another one: who reads it holds nothing up."""
    statement = create_view(contract)
    name = f"feeds.{contract.feed}"
    cursor = driver_connection(connection).cursor()
    there = connection.execute(
        text("select obj_description(to_regclass(:name), 'pg_class')"), {"name": name}
    ).scalar_one_or_none()
    comment = view_comment(contract, statement)
    if there == comment:
        return
    cursor.execute(sql.SQL("drop view if exists {}").format(sql.Identifier("feeds", contract.feed)))
    cursor.execute(statement)
    cursor.execute(
        sql.SQL("comment on view {} is {}").format(
            sql.Identifier("feeds", contract.feed), sql.Literal(comment)
        )
    )


def view_comment(contract: Contract, statement: str) -> str:
    """What the view is, with a mark by which another one is told."""
    mark = sha256(statement.encode()).hexdigest()[:12]
    return (
        f"{contract.title.en}: one row per document that counts now. Made by a contract ({mark})."
    )
