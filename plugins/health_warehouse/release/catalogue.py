"""What Postgres says about one table: columns, keys, indexes, comments, row security."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from health_warehouse.release.transaction import ReleaseCursor, fetch_row


@dataclass(frozen=True)
class Policy:
    """A policy of row security. `command` as in pg_policy: `*` all, `r` select, …"""

    name: str
    is_permissive: bool
    command: str
    roles: frozenset[str]
    using: str | None
    check: str | None
    comment: str


@dataclass(frozen=True)
class Table:
    """One table or view as it is. `columns` maps names to types, in order."""

    columns: dict[str, str]
    comment: str
    column_comments: dict[str, str]
    primary_key: tuple[str, ...]
    foreign_keys: frozenset[tuple[tuple[str, ...], str, tuple[str, ...]]]
    indexes: tuple[tuple[str, ...], ...]
    has_row_security: bool
    is_row_security_forced: bool
    policies: tuple[Policy, ...]


def read_table(cursor: ReleaseCursor, schema: str, name: str) -> Table | None:
    """None when there is no such relation."""
    oid = fetch_row(
        cursor,
        "select to_regclass(%s)::oid as oid",
        [sql.Identifier(schema, name).as_string(cursor)],
    ).oid
    if oid is None:
        return None
    relation = fetch_row(
        cursor,
        "select relrowsecurity, relforcerowsecurity, coalesce(obj_description(oid, 'pg_class'), '')"
        " as comment from pg_class where oid = %s",
        [oid],
    )
    columns = cursor.execute(
        "select attname, format_type(atttypid, atttypmod) as data_type,"
        " coalesce(col_description(attrelid, attnum), '') as comment"
        " from pg_attribute where attrelid = %s and attnum > 0 and not attisdropped"
        " order by attnum",
        [oid],
    ).fetchall()
    return Table(
        columns={column.attname: column.data_type for column in columns},
        comment=relation.comment,
        column_comments={column.attname: column.comment for column in columns},
        primary_key=_primary_key(cursor, oid),
        foreign_keys=_foreign_keys(cursor, oid),
        indexes=_indexes(cursor, oid),
        has_row_security=relation.relrowsecurity,
        is_row_security_forced=relation.relforcerowsecurity,
        policies=_policies(cursor, oid),
    )


def _primary_key(cursor: ReleaseCursor, oid: int) -> tuple[str, ...]:
    rows = cursor.execute(
        "select a.attname from pg_constraint as c,"
        " unnest(c.conkey) with ordinality as k (attnum, place), pg_attribute as a"
        " where c.conrelid = %s and c.contype = 'p' and a.attrelid = c.conrelid"
        " and a.attnum = k.attnum order by k.place",
        [oid],
    ).fetchall()
    return tuple(row.attname for row in rows)


def _foreign_keys(
    cursor: ReleaseCursor, oid: int
) -> frozenset[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    rows = cursor.execute(
        "select target.relname as target,"
        " (select array_agg(a.attname::text order by k.place)"
        "  from unnest(c.conkey) with ordinality as k (attnum, place)"
        "  join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.attnum) as columns,"
        " (select array_agg(a.attname::text order by k.place)"
        "  from unnest(c.confkey) with ordinality as k (attnum, place)"
        "  join pg_attribute as a on a.attrelid = c.confrelid and a.attnum = k.attnum"
        " ) as to_columns"
        " from pg_constraint as c join pg_class as target on target.oid = c.confrelid"
        " where c.conrelid = %s and c.contype = 'f'",
        [oid],
    ).fetchall()
    return frozenset((tuple(row.columns), row.target, tuple(row.to_columns)) for row in rows)


def _indexes(cursor: ReleaseCursor, oid: int) -> tuple[tuple[str, ...], ...]:
    """Columns of each index that serves every row: valid, not partial, on plain columns."""
    rows = cursor.execute(
        "select (select array_agg(a.attname::text order by k.place)"
        "  from unnest(i.indkey) with ordinality as k (attnum, place)"
        "  join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.attnum"
        "  where k.place <= i.indnkeyatts) as columns"
        " from pg_index as i where i.indrelid = %s and i.indisvalid"
        " and i.indpred is null and i.indexprs is null",
        [oid],
    ).fetchall()
    return tuple(tuple(row.columns) for row in rows)


def _policies(cursor: ReleaseCursor, oid: int) -> tuple[Policy, ...]:
    rows = cursor.execute(
        "select polname, polpermissive, polcmd, pg_get_expr(polqual, polrelid) as using,"
        " pg_get_expr(polwithcheck, polrelid) as check,"
        " coalesce(obj_description(oid, 'pg_policy'), '') as comment,"
        " array(select case when role = 0 then 'public' else pg_get_userbyid(role)::text end"
        "  from unnest(polroles) as role) as roles"
        " from pg_policy where polrelid = %s order by polname",
        [oid],
    ).fetchall()
    return tuple(
        Policy(
            name=row.polname,
            is_permissive=row.polpermissive,
            command=row.polcmd,
            roles=frozenset(row.roles),
            using=row.using,
            check=row.check,
            comment=row.comment,
        )
        for row in rows
    )
