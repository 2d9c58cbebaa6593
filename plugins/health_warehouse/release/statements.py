"""The SQL of a publication: what differs between a mart and the candidate, and its exchange.

Every statement is built from a contract alone, so that a test can EXPLAIN each of them. On an
incremental build only rows whose keys are in the scope are compared, and those of a mart that
follows lists when one of these changed; on a full one all are.
Content is compared as stored (`*=`, as REFRESH MATERIALIZED VIEW CONCURRENTLY does): no type needs
an equality, nulls are equal, and what is byte for byte the same is never written again.
"""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

from health_warehouse.marts.contracts import (
    AUDIENCE,
    CANDIDATE_SCHEMA,
    Column,
    MartContract,
    split_name,
)
from health_warehouse.release.shadows import DELETED, INSERTED, shadow_table
from health_warehouse.release.transaction import ReleaseCursor

_SCANS = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")


def go_by_index(cursor: ReleaseCursor) -> None:
    """Let the statements that follow go by index, whatever the statistics say.

    `DELETE … USING` on a fact of 10 M rows hash-joined a full scan (4.2 s for 30,000 rows; 0.84 s
    by index). Lasts until the end of the transaction, or `go_freely`.
    """
    for setting in _SCANS:
        cursor.execute(sql.SQL("set local {} = off").format(sql.Identifier(setting)))


def go_freely(cursor: ReleaseCursor) -> None:
    """Let the planner choose again: when all rows of a table are compared, scans are right."""
    for setting in _SCANS:
        cursor.execute(sql.SQL("set local {} = on").format(sql.Identifier(setting)))


def choose_plans(cursor: ReleaseCursor, contract: MartContract, is_full: bool) -> None:
    """By index when the statements are limited to keys of a scope, else freely."""
    if is_full or contract.scope is None or not contract.scope.columns:
        go_freely(cursor)
    else:
        go_by_index(cursor)


def mart_table(name: str) -> sql.Identifier:
    """The table of a mart by the name in its contract: `fct_births`, `closed.fct_births`."""
    return sql.Identifier(*split_name(name))


def candidate_table(mart: str) -> sql.Identifier:
    """The candidate of a mart, with the rows of every audience."""
    return sql.Identifier(CANDIDATE_SCHEMA, mart)


def candidate_rows(contract: MartContract) -> sql.Composed:
    """The rows of the candidate that belong into the store of the contract."""
    return sql.SQL("(select {} from {} where {} = {})").format(
        _columns(contract.column_names),
        candidate_table(contract.mart),
        sql.Identifier(AUDIENCE),
        sql.Literal(contract.store.audience),
    )


def count_candidate(contract: MartContract) -> sql.Composed:
    """Rows of the candidate, for a mart that is not there yet."""
    return sql.SQL("select count(*) from {} as fresh").format(candidate_rows(contract))


def count_stale(
    contract: MartContract, is_full: bool, lacking: Sequence[Column] = ()
) -> sql.Composed:
    """How many published rows the candidate has no longer, or has with other content.

    Columns that the mart is `lacking` as yet count as null.
    """
    mart, candidate = _mart_with(contract, lacking), candidate_rows(contract)
    stale = _differing(contract, mart, candidate, is_full)
    return sql.SQL("select count(*) from {}").format(stale)


def count_fresh(
    contract: MartContract, is_full: bool, lacking: Sequence[Column] = ()
) -> sql.Composed:
    """How many rows of the candidate are not published with this content; see `count_stale`."""
    mart, candidate = _mart_with(contract, lacking), candidate_rows(contract)
    fresh = _differing(contract, candidate, mart, is_full)
    return sql.SQL("select count(*) from {}").format(fresh)


def keep_stale(contract: MartContract, is_full: bool) -> sql.Composed:
    """Copy the stale rows to the shadow table, whole. Parameter: `release_id`.

    The two statements that follow go by what is kept here, so that tables are compared once.
    """
    return sql.SQL(
        "insert into {shadow} (release_id, action, {names})"
        " select %(release_id)s, {action}, {columns} from {stale}"
    ).format(
        shadow=shadow_table(contract.name),
        names=_columns(contract.column_names),
        action=sql.Literal(DELETED),
        columns=_columns(contract.column_names, "this"),
        stale=_stale(contract, is_full),
    )


def delete_gone(contract: MartContract) -> sql.Composed:
    """Delete the stale rows whose keys the candidate has no longer. Parameter: `release_id`."""
    return sql.SQL(
        "delete from {mart} as this using {shadow} as kept"
        " where kept.release_id = %(release_id)s and kept.action = {action} and {same_key}"
        " and not exists (select from {candidate} as that where {same_candidate})"
    ).format(
        mart=mart_table(contract.name),
        shadow=shadow_table(contract.name),
        action=sql.Literal(DELETED),
        same_key=equal_columns(contract.primary_key, "this", "kept"),
        candidate=candidate_rows(contract),
        same_candidate=equal_columns(contract.primary_key, "that", "kept"),
    )


def update_changed(contract: MartContract) -> sql.Composed:
    """Write the candidate's content over the stale rows that are left, and their keys into the
    shadow table. Parameter: `release_id`. For marts with more columns than the key.

    In place: a row whose page has room takes no new entry in any index, and indexes were most of
    the pages that a publication wrote (benchmarks/README.md).
    """
    update = sql.SQL(
        "update {mart} as this set ({names}) = row({columns})"
        " from {shadow} as kept inner join {candidate} as that on {same_candidate}"
        " where kept.release_id = %(release_id)s and kept.action = {deleted} and {same_key}"
    ).format(
        mart=mart_table(contract.name),
        names=_columns(contract.content_names),
        columns=_columns(contract.content_names, "that"),
        shadow=shadow_table(contract.name),
        candidate=candidate_rows(contract),
        same_candidate=equal_columns(contract.primary_key, "that", "kept"),
        deleted=sql.Literal(DELETED),
        same_key=equal_columns(contract.primary_key, "this", "kept"),
    )
    return _noting_keys(contract, update)


def insert_fresh(contract: MartContract, is_full: bool) -> sql.Composed:
    """Insert the fresh rows, and their keys into the shadow table. Parameter: `release_id`.

    Runs last: rows that were changed are the same as the candidate's by now, and a row that should
    be gone and is not breaks the primary key.
    """
    insert = sql.SQL(
        "insert into {mart} as this ({names}) select {columns} from {fresh} order by {key}"
    ).format(
        mart=mart_table(contract.name),
        names=_columns(contract.column_names),
        columns=_columns(contract.column_names, "this"),
        fresh=_fresh(contract, is_full),
        key=_columns(contract.primary_key, "this"),
    )
    return _noting_keys(contract, insert)


def load_all(contract: MartContract) -> sql.Composed:
    """First load of the first release: nothing to compare with, nothing to go back to."""
    return sql.SQL("insert into {} ({}) select {} from {} as fresh order by {}").format(
        mart_table(contract.name),
        _columns(contract.column_names),
        _columns(contract.column_names),
        candidate_rows(contract),
        _columns(contract.primary_key),
    )


def delete_inserted(mart: str, primary_key: tuple[str, ...]) -> sql.Composed:
    """Roll-back: delete what a release inserted. Parameter: `release_id`."""
    return sql.SQL(
        "delete from {} as this using {} as shadow"
        " where shadow.release_id = %(release_id)s and shadow.action = {} and {}"
    ).format(
        mart_table(mart),
        shadow_table(mart),
        sql.Literal(INSERTED),
        equal_columns(primary_key, "this", "shadow"),
    )


def restore_deleted(mart: str, columns: tuple[str, ...]) -> sql.Composed:
    """Roll-back: insert what a release deleted. Parameter: `release_id`."""
    return sql.SQL(
        "insert into {} ({}) select {} from {} where release_id = %(release_id)s and action = {}"
    ).format(
        mart_table(mart),
        _columns(columns),
        _columns(columns),
        shadow_table(mart),
        sql.Literal(DELETED),
    )


def analyze(contract: MartContract) -> sql.Composed:
    """Statistics of a table just loaded, before the first reader."""
    return sql.SQL("analyze {}").format(mart_table(contract.name))


def analyze_kept(contract: MartContract) -> sql.Composed:
    """Statistics of what was just kept, which may be a whole table."""
    return sql.SQL("analyze {}").format(shadow_table(contract.name))


def _noting_keys(contract: MartContract, write: sql.Composed) -> sql.Composed:
    """Do `write` to rows of the mart, `this` in it; keep their keys in the shadow table."""
    return sql.SQL(
        "with written as ({write} returning {key})"
        " insert into {shadow} (release_id, action, {key_names})"
        " select %(release_id)s, {action}, {key_names} from written"
    ).format(
        write=write,
        key=_columns(contract.primary_key, "this"),
        shadow=shadow_table(contract.name),
        key_names=_columns(contract.primary_key),
        action=sql.Literal(INSERTED),
    )


def _stale(contract: MartContract, is_full: bool) -> sql.Composed:
    return _differing(contract, mart_table(contract.name), candidate_rows(contract), is_full)


def _fresh(contract: MartContract, is_full: bool) -> sql.Composed:
    return _differing(contract, candidate_rows(contract), mart_table(contract.name), is_full)


def _mart_with(contract: MartContract, lacking: Sequence[Column]) -> sql.Composable:
    if not lacking:
        return mart_table(contract.name)
    nulls = sql.SQL(", ").join(
        sql.SQL("null::{} as {}").format(sql.SQL(column.data_type), sql.Identifier(column.name))
        for column in lacking
    )
    return sql.SQL("(select *, {} from {})").format(nulls, mart_table(contract.name))


def _differing(
    contract: MartContract, this: sql.Composable, other: sql.Composable, is_full: bool
) -> sql.Composed:
    """`from` and `where` of the rows of `this` that `other` does not have with the same content."""
    scope = _scope(contract, is_full)
    relations = sql.SQL("{} as this").format(this)
    if scope:
        relations = sql.SQL("{} as scope, {}").format(scope, relations)
    return sql.SQL("{} where {}").format(relations, _unmatched(contract, other, is_full))


def _unmatched(contract: MartContract, other: sql.Composable, is_full: bool) -> sql.Composed:
    same_content = sql.SQL("row({})::record operator(pg_catalog.*=) row({})::record").format(
        _columns(contract.column_names, "that"), _columns(contract.column_names, "this")
    )
    unmatched = sql.SQL("not exists (select from {} as that where {} and {})").format(
        other, equal_columns(contract.primary_key, "that", "this"), same_content
    )
    if contract.scope is None or not contract.scope.columns or is_full:
        return unmatched
    return sql.SQL("{} and {}").format(
        equal_columns(contract.scope.columns, "this", "scope"), unmatched
    )


def _scope(contract: MartContract, is_full: bool) -> sql.Composed | None:
    if contract.scope is None or is_full:
        return None
    relation = sql.Identifier("intermediate", contract.scope.relation)
    if contract.scope.feeds:  # one row, or none: then no row of the mart is looked at
        feeds = sql.SQL(", ").join(map(sql.Literal, contract.scope.feeds))
        return sql.SQL("(select from {} where feed in ({}) limit 1)").format(relation, feeds)
    return sql.SQL("(select distinct {} from {})").format(
        _columns(contract.scope.columns), relation
    )


def equal_columns(columns: tuple[str, ...], left: str, right: str) -> sql.Composed:
    return sql.SQL(" and ").join(
        sql.SQL("{} = {}").format(sql.Identifier(left, column), sql.Identifier(right, column))
        for column in columns
    )


def _columns(columns: tuple[str, ...], alias: str | None = None) -> sql.Composed:
    path = (alias,) if alias else ()
    return sql.SQL(", ").join(sql.Identifier(*path, column) for column in columns)
