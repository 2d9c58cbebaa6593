"""Keys of documents of feeds of rows: of what they are named by, of their content and persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import Connection, text

from health_warehouse.database.connections import copy_rows, driver_connection
from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.ddl import EXTRA, PERSON_KEY, column_names
from health_warehouse.landing.feed_keys import FeedKeys
from health_warehouse.readers.row import extra_text
from health_warehouse.rekeying.persons import move_persons
from health_warehouse.settings import Settings

# A row has a version for each partition that its delivery speaks for; its keys are the same.
_ROWS = text(
    """
    select distinct on (file_id, position) feed, file_id, position, sender_id, document_key
    from ops.document_versions
    where
        feed in (select feed from ops.feeds where is_of_rows)
        and (file_id, position) > (:first, :second)
    order by file_id, position, document_key nulls last
    limit :size
    """
)
_MADE = text(
    """
    create temporary table made (
        feed text, file_id bigint, position integer, former_document uuid, document_key uuid,
        content_hash uuid, refers_to_key uuid, former_key uuid, person_key uuid,
        primary key (file_id, position)
    ) on commit drop
    """
)
_COLUMNS = (
    "feed", "file_id", "position", "former_document", "document_key", "content_hash",
    "refers_to_key", "former_key", "person_key",
)  # fmt: skip
_WRITES = (
    """
    update ops.document_versions as v
    set content_hash = m.content_hash,
        refers_to_key = m.refers_to_key,
        document_key = case when v.document_key is not null then m.document_key end
    from made as m
    where v.feed = m.feed and v.file_id = m.file_id and v.position = m.position
    """,
    """
    update ops.current_documents as c set document_key = m.document_key
    from (
        select distinct feed, former_document, document_key from made
        where former_document <> document_key
    ) as m
    where c.feed = m.feed and c.document_key = m.former_document
    """,
    """
    update ops.document_changes as c set document_key = m.document_key
    from (
        select distinct feed, former_document, document_key from made
        where former_document <> document_key
    ) as m
    where c.feed = m.feed and c.document_key = m.former_document
    """,
)
_PERSONS = sql.SQL(
    "update {table} as sent set {key} = m.person_key from made as m"
    " where m.feed = {feed} and sent.file_id = m.file_id and sent.position = m.position"
    " and sent.{key} is distinct from m.person_key"
)
_FILLED = text("select feed from ops.feeds where is_of_rows order by feed")


class RowBatch(NamedTuple):
    """How many rows were read, and the last one."""

    read: int
    last: tuple[int, int] | None


def require_contracts(connection: Connection, settings: Settings) -> None:
    """Raises ConfigurationError when a feed has documents and no contract any more: nobody knows
    then what its keys are made of."""
    contracts = catalogue(settings)
    feeds: list[str] = list(connection.execute(_FILLED).scalars())
    for feed in feeds:
        if feed not in contracts:
            raise ConfigurationError(
                f"the feed {feed} has no contract any more, by which its keys are made: put its "
                "file back, then make the keys"
            )


def rekey_rows(
    connection: Connection, settings: Settings, secret: bytes, first: tuple[int, int], size: int
) -> RowBatch:
    """Make the keys of rows behind `first` (file and position) and write them wherever they are."""
    values = {"first": first[0], "second": first[1], "size": size}
    rows = connection.execute(_ROWS, values).all()
    by_feed: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_feed[row.feed].append(row)
    connection.execute(_MADE)
    contracts = catalogue(settings)
    for feed, of_feed in by_feed.items():
        made = _made(connection, FeedKeys(secret, contracts[feed]), contracts[feed], of_feed)
        copy_rows(connection, "pg_temp.made", _COLUMNS, made)
    connection.execute(text("analyze made"))
    for statement in _WRITES:
        connection.execute(text(statement))
    for feed in by_feed:
        _write_persons(connection, contracts[feed])
    move_persons(connection)
    return RowBatch(len(rows), (rows[-1].file_id, rows[-1].position) if rows else None)


def _made(
    connection: Connection, keys: FeedKeys, contract: Contract, rows: Sequence[Any]
) -> list[tuple[Any, ...]]:
    names = [column.name for column in contract.table.columns]
    sent = _sent(connection, contract, rows)
    made = []
    for row in rows:
        values = sent[row.file_id, row.position]
        found = keys.keys(
            row.sender_id, {name: values[name] for name in names}, extra_text(values[EXTRA])
        )
        document = None if row.document_key is None else found.document
        made.append(
            (contract.feed, row.file_id, row.position, row.document_key, document, found.content,
             found.refers_to, values.get(PERSON_KEY), found.person)
        )  # fmt: skip
    return made


def _sent(
    connection: Connection, contract: Contract, rows: Sequence[Any]
) -> dict[tuple[int, int], Mapping[str, Any]]:
    statement = sql.SQL(
        "select {} from {} as sent inner join unnest(%s::bigint[], %s::integer[])"
        " as chosen (file_id, position) using (file_id, position)"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, column_names(contract.table))),
        sql.Identifier("raw", contract.table.raw_table),
    )
    chosen = [[row.file_id for row in rows], [row.position for row in rows]]
    with driver_connection(connection).cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(statement, chosen).fetchall()
    return {(row["file_id"], row["position"]): row for row in found}


def _write_persons(connection: Connection, contract: Contract) -> None:
    if PERSON_KEY not in column_names(contract.table):
        return
    statement = _PERSONS.format(
        table=sql.Identifier("raw", contract.table.raw_table),
        key=sql.Identifier(PERSON_KEY),
        feed=sql.Literal(contract.feed),
    )
    driver_connection(connection).execute(statement)


def tables_of_persons(settings: Settings) -> list[str]:
    """Tables of `raw` with rows of feeds that name persons."""
    return [
        contract.table.raw_table
        for contract in catalogue(settings).values()
        if contract.is_of_rows and contract.identity is not None
    ]
