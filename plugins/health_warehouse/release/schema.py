"""The tables of `marts`: made and widened from the contracts, never dropped, renamed or retyped.

Readers keep their grants, views, comments and row security because the tables never change under
them. New tables are made inside the publishing transaction; a column is added before it, nullable,
in a transaction of its own that gives way to readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import errors, sql
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_random_exponential,
)

from health_warehouse.errors import ConfigurationError, PublishConflict
from health_warehouse.marts.contracts import (
    AUDIENCE,
    Column,
    ForeignKey,
    Index,
    MartContract,
    split_name,
)
from health_warehouse.release.catalogue import Table, read_marts, read_tables
from health_warehouse.release.protection import Renewal, admit, shut
from health_warehouse.release.reader_views import ReaderView, make, outdated
from health_warehouse.release.statements import candidate_table, mart_table
from health_warehouse.release.transaction import (
    ReleaseCursor,
    reading_transaction,
    release_transaction,
)
from health_warehouse.settings import Settings

_GIVE_WAY = "set local lock_timeout = '100ms'"
_PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class Widening:
    """A column that a published mart lacks."""

    mart: str
    column: Column


def new_marts(cursor: ReleaseCursor, contracts: Sequence[MartContract]) -> frozenset[str]:
    """Names of the marts that have no table yet."""
    names = {contract.name: split_name(contract.name) for contract in contracts}
    found = cursor.execute(
        "select relnamespace::regnamespace::text as schema, relname::text as mart from pg_class"
        " where relnamespace::regnamespace::text = any(%s) and relkind = 'r'",
        [sorted({schema for schema, _ in names.values()})],
    )
    there = {(row.schema, row.mart) for row in found}
    return frozenset(name for name, place in names.items() if place not in there)


def check_shapes(cursor: ReleaseCursor, contracts: Sequence[MartContract]) -> list[Widening]:
    """Compare contracts, candidate and published tables; returns the columns to add.

    Raises ConfigurationError with the steps to take when a column would be removed or retyped, when
    a primary key would change, or when the candidate is not what the contract says.
    """
    widenings: list[Widening] = []
    candidates = read_tables(cursor, "candidate", [contract.mart for contract in contracts])
    marts = read_marts(cursor, [contract.name for contract in contracts])
    for contract in contracts:
        candidate = candidates.get(contract.mart)
        if candidate is None:
            raise ConfigurationError(f"candidate.{contract.mart} is missing: run `warehouse build`")
        wanted = (*contract.column_names, AUDIENCE)
        if missing := [name for name in wanted if name not in candidate.columns]:
            raise ConfigurationError(
                f"candidate.{contract.mart} lacks {', '.join(missing)}: "
                "run `warehouse build --full`"
            )
        if candidate.primary_key != contract.candidate_key:
            raise ConfigurationError(
                f"candidate.{contract.mart} has no primary key "
                f"({', '.join(contract.candidate_key)}): enforce its dbt contract"
            )
        published = marts.get(contract.name)
        if published is not None:
            _refuse_breaking(contract, candidate, published)
            widenings += [
                Widening(contract.name, column)
                for column in contract.columns
                if column.name not in published.columns
            ]
    return widenings


def _refuse_breaking(contract: MartContract, candidate: Table, published: Table) -> None:
    table = ".".join(split_name(contract.name))
    steps: list[str] = []
    for name, data_type in published.columns.items():
        if name not in contract.column_names:
            steps.append(
                f"column {name} would be removed: keep it in the model, as null if need be, until "
                f"no reader uses it; then, as publisher, `alter table {table} drop column {name}`"
            )
        elif candidate.columns[name] != data_type:
            steps.append(
                f"column {name} would change from {data_type} to {candidate.columns[name]}: add a "
                "column of a new name with the new type, move readers to it, then remove this one"
            )
    if published.primary_key != contract.primary_key:
        steps.append(
            f"the primary key would change from ({', '.join(published.primary_key)}) to "
            f"({', '.join(contract.primary_key)}): publish the new grain as a mart of a new name"
        )
    if steps:
        raise ConfigurationError(
            f"{table} was not changed, for readers rely on it: {'; '.join(steps)}"
        )


def widen(
    settings: Settings,
    widenings: Sequence[Widening],
    patience_seconds: float = _PATIENCE_SECONDS,
) -> None:
    """Add the columns, each as nullable. Raises PublishConflict after `patience_seconds`."""
    for widening in widenings:
        _giving_way(patience_seconds)(_add_column, settings, widening)


def renew_policies(
    settings: Settings,
    renewals: Sequence[Renewal],
    patience_seconds: float = _PATIENCE_SECONDS,
) -> None:
    """Replace the policies, each at once. Raises PublishConflict after `patience_seconds`."""
    for renewal in renewals:
        _giving_way(patience_seconds)(_renew_policy, settings, renewal)


def renew_views(
    settings: Settings,
    views: Sequence[ReaderView],
    patience_seconds: float = _PATIENCE_SECONDS,
) -> None:
    """Make the outdated of these views anew, each at once. Raises PublishConflict after
    `patience_seconds`."""
    with reading_transaction(settings) as cursor:
        found = outdated(cursor, views)
    for view in found:
        _giving_way(patience_seconds)(_renew_view, settings, view)


def _giving_way(patience_seconds: float) -> Retrying:
    """ADD COLUMN and CREATE POLICY wait for every reader of the table, and new readers queue behind
    them; so each waits 100 ms at most, steps back, and tries again."""
    return Retrying(
        retry=retry_if_exception_type(PublishConflict),
        stop=stop_after_delay(patience_seconds),
        wait=wait_random_exponential(multiplier=0.05, max=2),
        reraise=True,
    )


def _add_column(settings: Settings, widening: Widening) -> None:
    with release_transaction(settings) as cursor:
        cursor.execute(_GIVE_WAY)
        cursor.execute(
            sql.SQL("alter table {} add column if not exists {} {}").format(
                mart_table(widening.mart),
                sql.Identifier(widening.column.name),
                sql.SQL(widening.column.data_type),
            )
        )


def _renew_policy(settings: Settings, renewal: Renewal) -> None:
    with release_transaction(settings) as cursor:
        cursor.execute(_GIVE_WAY)
        admit(cursor, renewal.mart, renewal.audience)


def _renew_view(settings: Settings, view: ReaderView) -> None:
    with release_transaction(settings) as cursor:
        cursor.execute(_GIVE_WAY)
        make(cursor, [view])


def create_mart(cursor: ReleaseCursor, settings: Settings, contract: MartContract) -> None:
    """Create one table with its primary key, shut to readers; other keys come after the load."""
    columns = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(column.name),
            sql.SQL(column.data_type),
            sql.SQL(" not null" if column.is_required else ""),
        )
        for column in contract.columns
    ]
    cursor.execute(
        sql.SQL("create table {} ({}, primary key ({})) with (fillfactor = {})").format(
            mart_table(contract.name),
            sql.SQL(", ").join(columns),
            _identifiers(contract.primary_key),
            sql.Literal(contract.fill_percent),
        )
    )
    shut(cursor, settings, contract.name)


def complete(cursor: ReleaseCursor, contracts: Sequence[MartContract]) -> None:
    """Add the indexes, foreign keys and comments that loaded tables lack, and set how full their
    pages become. Idempotent.

    Foreign keys are added after the rows: on 10 M lines that took 26 s, against 107 s and a backend
    of 700 MB when they were there first. None of these statements makes a reader wait.
    """
    tables = read_marts(cursor, [contract.name for contract in contracts])
    for contract in contracts:
        table = tables[contract.name]
        indexes = list(table.indexes)
        for index in contract.needed_indexes:
            if not any(known.serves(index) for known in indexes):
                _add_index(cursor, contract.name, index)
                indexes.append(index)
        for key in contract.foreign_keys:
            if (key.columns, key.to, key.to_columns) not in table.foreign_keys:
                _add_foreign_key(cursor, contract.name, key)
        if table.fill_percent != contract.fill_percent:
            cursor.execute(
                sql.SQL("alter table {} set (fillfactor = {})").format(
                    mart_table(contract.name), sql.Literal(contract.fill_percent)
                )
            )
        _comment(cursor, contract, table)


def _add_index(cursor: ReleaseCursor, mart: str, index: Index) -> None:
    statement = sql.SQL("create index on {} ({})").format(
        mart_table(mart), _identifiers(index.columns)
    )
    if index.include:
        statement += sql.SQL(" include ({})").format(_identifiers(index.include))
    cursor.execute(statement)


def _add_foreign_key(cursor: ReleaseCursor, mart: str, key: ForeignKey) -> None:
    cursor.execute(
        sql.SQL(
            "alter table {} add foreign key ({}) references {} ({}) deferrable initially deferred"
        ).format(
            mart_table(mart),
            _identifiers(key.columns),
            mart_table(key.to),
            _identifiers(key.to_columns),
        )
    )


def _comment(cursor: ReleaseCursor, contract: MartContract, table: Table) -> None:
    if table.comment != contract.comment:
        cursor.execute(
            sql.SQL("comment on table {} is {}").format(
                mart_table(contract.name), sql.Literal(contract.comment)
            )
        )
    for column in contract.columns:
        if table.column_comments[column.name] != column.comment:
            cursor.execute(
                sql.SQL("comment on column {} is {}").format(
                    sql.Identifier(*split_name(contract.name), column.name),
                    sql.Literal(column.comment),
                )
            )


def lock_candidate(cursor: ReleaseCursor, contracts: Sequence[MartContract]) -> None:
    """Keep dbt from exchanging the tables that are being read, until the transaction ends.

    Must come before the first query: LOCK takes no snapshot, so what is read is of after the wait.
    A table that dbt swapped in under an older snapshot would look empty.
    """
    scopes = {contract.scope.relation for contract in contracts if contract.scope}
    marts = sorted({contract.mart for contract in contracts})
    relations = [candidate_table(mart) for mart in marts]
    relations += [sql.Identifier("intermediate", relation) for relation in sorted(scopes)]
    try:
        cursor.execute(
            sql.SQL("lock table {} in access share mode").format(sql.SQL(", ").join(relations))
        )
    except errors.UndefinedTable as error:
        raise ConfigurationError(f"{error.diag.message_primary}: run `warehouse build`") from error


def _identifiers(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
