"""What Postgres says about one table: columns, keys, indexes, comments, row security."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import sql

from health_warehouse.marts.contracts import STORES, Index, split_name
from health_warehouse.release.transaction import ReleaseCursor


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
    indexes: tuple[Index, ...]
    fill_percent: int
    has_row_security: bool
    is_row_security_forced: bool
    policies: tuple[Policy, ...]


def read_table(cursor: ReleaseCursor, schema: str, name: str) -> Table | None:
    """None when there is no such relation."""
    return read_tables(cursor, schema, [name]).get(name)


def read_mart(cursor: ReleaseCursor, name: str) -> Table | None:
    """A mart by the name in its contract (`closed.fct_births`); None when it has no table."""
    return read_marts(cursor, [name]).get(name)


def read_marts(cursor: ReleaseCursor, names: Sequence[str]) -> dict[str, Table]:
    """By the names in their contracts, those that have a table."""
    found: dict[str, Table] = {}
    for store in STORES:
        tables = {
            split_name(name)[1]: name for name in names if split_name(name)[0] == store.schema
        }
        for mart, table in read_tables(cursor, store.schema, list(tables)).items():
            found[tables[mart]] = table
    return found


def read_tables(cursor: ReleaseCursor, schema: str, names: Sequence[str]) -> dict[str, Table]:
    """By name, those that exist. As many queries for all of them as for one."""
    relations = cursor.execute(
        "select oid, relname, relrowsecurity, relforcerowsecurity,"
        " coalesce(obj_description(oid, 'pg_class'), '') as comment,"
        " coalesce((select option_value::integer from pg_options_to_table(reloptions)"
        " where option_name = 'fillfactor'), 100) as fill_percent"
        " from pg_class where relnamespace = to_regnamespace(%s) and relname = any(%s)"
        " and relkind in ('r', 'p', 'v', 'm', 'f')",
        [sql.Identifier(schema).as_string(cursor), list(names)],
    ).fetchall()
    oids = [relation.oid for relation in relations]
    columns = _by_table(cursor, _COLUMNS, oids)
    primary_keys = _by_table(cursor, _PRIMARY_KEYS, oids)
    foreign_keys = _by_table(cursor, _FOREIGN_KEYS, oids)
    indexes = _by_table(cursor, _INDEXES, oids)
    policies = _by_table(cursor, _POLICIES, oids)
    return {
        relation.relname: Table(
            columns={column.attname: column.data_type for column in columns[relation.oid]},
            comment=relation.comment,
            column_comments={column.attname: column.comment for column in columns[relation.oid]},
            primary_key=tuple(column.attname for column in primary_keys[relation.oid]),
            foreign_keys=frozenset(
                (tuple(key.columns), key.target, tuple(key.to_columns))
                for key in foreign_keys[relation.oid]
            ),
            indexes=tuple(
                Index(tuple(index.columns), tuple(index.include or ()))
                for index in indexes[relation.oid]
            ),
            fill_percent=relation.fill_percent,
            has_row_security=relation.relrowsecurity,
            is_row_security_forced=relation.relforcerowsecurity,
            policies=tuple(map(_policy, policies[relation.oid])),
        )
        for relation in relations
    }


_COLUMNS = """
select
    attrelid as oid, attname, format_type(atttypid, atttypmod) as data_type,
    coalesce(col_description(attrelid, attnum), '') as comment
from pg_attribute
where attrelid = any(%s::oid[]) and attnum > 0 and not attisdropped
order by attrelid, attnum
"""
_PRIMARY_KEYS = """
select c.conrelid as oid, a.attname
from pg_constraint as c
cross join unnest(c.conkey) with ordinality as k (attnum, place)
join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.attnum
where c.conrelid = any(%s::oid[]) and c.contype = 'p'
order by c.conrelid, k.place
"""
_FOREIGN_KEYS = """
select
    c.conrelid as oid,
    case
        when target.relnamespace = 'marts'::regnamespace then target.relname::text
        else target.relnamespace::regnamespace::text || '.' || target.relname
    end as target,
    (
        select array_agg(a.attname::text order by k.place)
        from unnest(c.conkey) with ordinality as k (attnum, place)
        join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.attnum
    ) as columns,
    (
        select array_agg(a.attname::text order by k.place)
        from unnest(c.confkey) with ordinality as k (attnum, place)
        join pg_attribute as a on a.attrelid = c.confrelid and a.attnum = k.attnum
    ) as to_columns
from pg_constraint as c
join pg_class as target on target.oid = c.confrelid
where c.conrelid = any(%s::oid[]) and c.contype = 'f'
"""
# Those that serve every row: valid, not partial, on plain columns.
_INDEXES = """
select
    i.indrelid as oid,
    array_agg(a.attname::text order by k.place) filter (where k.place <= i.indnkeyatts) as columns,
    array_agg(a.attname::text order by k.place) filter (where k.place > i.indnkeyatts) as include
from pg_index as i
cross join unnest(i.indkey) with ordinality as k (attnum, place)
join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.attnum
where i.indrelid = any(%s::oid[]) and i.indisvalid and i.indpred is null and i.indexprs is null
group by i.indexrelid, i.indrelid
"""
_POLICIES = """
select
    polrelid as oid, polname, polpermissive, polcmd, pg_get_expr(polqual, polrelid) as using,
    pg_get_expr(polwithcheck, polrelid) as check,
    coalesce(obj_description(oid, 'pg_policy'), '') as comment,
    array(
        select case when role = 0 then 'public' else pg_get_userbyid(role)::text end
        from unnest(polroles) as role
    ) as roles
from pg_policy
where polrelid = any(%s::oid[])
order by polrelid, polname
"""


def _by_table(cursor: ReleaseCursor, query: LiteralString, oids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {oid: [] for oid in oids}
    for row in cursor.execute(query, [oids]):
        found[row.oid].append(row)
    return found


def _policy(row: Any) -> Policy:
    return Policy(
        name=row.polname,
        is_permissive=row.polpermissive,
        command=row.polcmd,
        roles=frozenset(row.roles),
        using=row.using,
        check=row.check,
        comment=row.comment,
    )
