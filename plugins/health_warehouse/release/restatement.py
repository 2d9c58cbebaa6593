"""What a reader of an older release would find different in a newer one."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from health_warehouse.errors import ConfigurationError
from health_warehouse.release.catalogue import read_mart, read_table
from health_warehouse.release.releases import Release, current_release, get_release
from health_warehouse.release.shadows import DELETED, INSERTED, shadow_name, shadow_table
from health_warehouse.release.statements import equal_columns, mart_table
from health_warehouse.release.transaction import ReleaseCursor, fetch_row, reading_transaction
from health_warehouse.settings import Settings


@dataclass(frozen=True)
class Restatement:
    """Rows of one mart that differ between two releases, by key."""

    mart: str
    rows_added: int
    rows_removed: int
    rows_changed: int


def restatement(settings: Settings, older: int, newer: int) -> list[Restatement]:
    """Compare two releases of the present line, rolled-back ones left out.

    Cost follows what was replaced since `older`. A row changed and changed back is no difference.
    Raises ConfigurationError when either is not in the line, or `older` is not the older one.
    """
    with reading_transaction(settings) as cursor:
        line = _line(cursor)
        identifiers = [release.release_id for release in line]
        for wanted in (older, newer):
            if wanted not in identifiers:
                raise ConfigurationError(
                    f"release {wanted} is not one that led to the current release"
                )
        start, end = identifiers.index(older), identifiers.index(newer)
        if start > end:
            raise ConfigurationError(f"release {older} is not older than release {newer}")
        if any(release.replaced_rows != "kept" for release in line[start + 1 :]):
            raise ConfigurationError(
                f"what replaced the rows of release {older} is no longer kept "
                "(WAREHOUSE_KEEP_REPLACED_DAYS): compare newer releases"
            )
        marts = sorted({mart for release in line for mart in release.rows_inserted})
        return [
            _compare(cursor, mart, identifiers[start + 1 :], identifiers[end + 1 :])
            for mart in marts
        ]


def _line(cursor: ReleaseCursor) -> list[Release]:
    """The releases that led to the current one, oldest first."""
    line: list[Release] = []
    release = current_release(cursor)
    while release is not None:
        line.insert(0, release)
        base = release.base_release_id
        release = get_release(cursor, base) if base is not None else None
    return line


def _compare(
    cursor: ReleaseCursor, mart: str, since_older: list[int], since_newer: list[int]
) -> Restatement:
    """A key's row in a release is what the first release after it deleted; if none touched the key
    since, what `marts` holds; if the first one only inserted it, there was none."""
    table = read_mart(cursor, mart)
    shadow = read_table(cursor, "ops", shadow_name(mart))
    if table is None or shadow is None:
        return Restatement(mart, 0, 0, 0)
    names = tuple(name for name in table.columns if name in shadow.columns)
    row = fetch_row(
        cursor,
        _STATEMENT.format(
            shadow=shadow_table(mart),
            mart=mart_table(mart),
            key=_list(table.primary_key),
            same_older=equal_columns(table.primary_key, "older", "keys"),
            same_newer=equal_columns(table.primary_key, "newer", "keys"),
            same_now=equal_columns(table.primary_key, "this", "keys"),
            content=_list(names),
            this_content=_list(names, "this"),
            deleted=sql.Literal(DELETED),
            inserted=sql.Literal(INSERTED),
        ),
        {"older": since_older, "newer": since_newer},
    )
    return Restatement(mart, row.added, row.removed, row.changed)


# the deleted row of a key comes before its inserted key within one release
_STATEMENT = sql.SQL("""
with keys as (
    select distinct {key} from {shadow} where release_id = any(%(older)s)
),
older as (
    select distinct on ({key}) {key}, action, row({content})::record as content
    from {shadow} where release_id = any(%(older)s)
    order by {key}, release_id, action = {inserted}
),
newer as (
    select distinct on ({key}) {key}, action, row({content})::record as content
    from {shadow} where release_id = any(%(newer)s)
    order by {key}, release_id, action = {inserted}
),
pairs as (
    select
        older.action = {deleted} as was_there,
        case when newer.action is null then found.content is distinct from null
            else newer.action = {deleted} end as is_there,
        older.content as before,
        case when newer.action is null then found.content else newer.content end as after
    from keys
    join older on {same_older}
    left join newer on {same_newer}
    left join lateral (
        select row({this_content})::record as content from {mart} as this where {same_now}
    ) as found on true
)
select
    count(*) filter (where is_there and not was_there) as added,
    count(*) filter (where was_there and not is_there) as removed,
    count(*) filter (
        where was_there and is_there and before operator(pg_catalog.*<>) after
    ) as changed
from pairs
""")


def _list(columns: tuple[str, ...], alias: str | None = None) -> sql.Composed:
    path = (alias,) if alias else ()
    return sql.SQL(", ").join(sql.Identifier(*path, column) for column in columns)
