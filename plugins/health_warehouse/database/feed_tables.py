"""Tables, views and partitions of feeds of rows, as their contracts ask for them.

A column that a contract adds is added. One that it takes away, and a table that no contract has any
more, stay as they are: what was loaded is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from hashlib import sha256

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database.connections import driver_connection
from health_warehouse.database.feed_views import make_view
from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.ddl import create_table, raw_columns
from health_warehouse.settings import Settings

log = logging.getLogger(__name__)

_COLUMNS = text(
    """
    select a.attname::text
    from pg_attribute as a
    where a.attrelid = to_regclass(:relation) and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    """
)
_MODE = text("select mode from ops.feeds where feed = :feed")
_ENTER = text("insert into ops.feeds (feed, mode, made_by) values (:feed, :mode, :made_by)")
_CHANGE_KEYS = text(
    """
    update ops.feeds as f set made_by = :made_by
    from (select feed, made_by from ops.feeds where feed = :feed for update) as former
    where f.feed = former.feed and f.made_by <> :made_by
    returning former.made_by
    """
)
_IS_TAKEN = text("select to_regclass(:name) is not null")
_COMMENTS = text(
    """
    select a.attname::text, col_description(a.attrelid, a.attnum)
    from pg_attribute as a
    where a.attrelid = to_regclass(:relation) and a.attnum > 0 and not a.attisdropped
    """
)


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
        _require_free_name(connection, contract)
        values = {"feed": contract.feed, "mode": contract.mode}
        connection.execute(_ENTER, {**values, "made_by": keys_made_by(contract)})
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
    _say_what_changes(connection, contract, there)
    _comment(connection, contract)
    make_view(connection, contract)


def _require_free_name(connection: Connection, contract: Contract) -> None:
    for name in (f"raw.{contract.table.raw_table}", f"feeds.{contract.feed}"):
        if connection.execute(_IS_TAKEN, {"name": name}).scalar_one():
            raise ConfigurationError(
                f"{contract.path}: {name} is there already and belongs to no feed: give the feed "
                "another name, or rename that"
            )


def _say_what_changes(connection: Connection, contract: Contract, there: Sequence[str]) -> None:
    wanted = {column.name for column in raw_columns(contract.table)}
    gone = [name for name in there if name not in wanted]
    if gone:
        log.warning(
            "%s: the contract of %s has %s no more; raw.%s keeps what was loaded there",
            contract.path, contract.feed, ", ".join(gone), contract.table.raw_table,
        )  # fmt: skip
    made_by = keys_made_by(contract)
    if connection.execute(_CHANGE_KEYS, {"feed": contract.feed, "made_by": made_by}).scalar():
        log.warning(
            "%s: what names a document of %s has changed, and what was loaded goes by its former "
            "names: run `warehouse reingest` over all its deliveries",
            contract.path, contract.feed,
        )  # fmt: skip


def keys_made_by(contract: Contract) -> str:
    """A mark of what the keys of documents and partitions are made of."""
    types = {column.name: column.type for column in contract.table.columns}
    named = [(name, types.get(name)) for name in (*contract.document_key, contract.newer)]
    said = (named, contract.partition, contract.as_of, contract.sender, contract.identity)
    return sha256(repr(said).encode()).hexdigest()[:12]


def _comment(connection: Connection, contract: Contract) -> None:
    """What a column is, where the contract says it in other words than before."""
    relation = f"raw.{contract.table.raw_table}"
    known = {row[0]: row[1] for row in connection.execute(_COMMENTS, {"relation": relation})}
    cursor = driver_connection(connection).cursor()
    for column in contract.table.columns:
        says = f"{column.meaning.en} | {column.meaning.vi}"
        if column.meaning.vi and known.get(column.name) != says:
            cursor.execute(
                sql.SQL("comment on column {} is {}").format(
                    sql.Identifier("raw", contract.table.raw_table, column.name), sql.Literal(says)
                )
            )
