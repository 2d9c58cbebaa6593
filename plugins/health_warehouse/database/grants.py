"""Make the grants in the database equal to roles.yml: what lacks is granted, what is too much goes.

Only our roles and PUBLIC are looked at, and only our schemas: what an administrator grants to a
role of his own stays. What is right already is not touched: nothing waits, nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database import rights
from health_warehouse.database.connections import driver_connection
from health_warehouse.database.roles import role_name
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.settings import Settings

PUBLIC = "public"


@dataclass(frozen=True, order=True)
class Grant:
    """`kind` schema, table, function; `name` of a function with its types; `column` '' for all."""

    kind: str
    schema: str
    name: str
    verb: str
    role: str
    column: str = ""


@dataclass(frozen=True)
class Relation:
    """A table or view that is there, with its owner and its columns in order."""

    schema: str
    name: str
    owner: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Drift:
    """How the grants in the database differ from roles.yml."""

    lacking: frozenset[Grant]
    surplus: frozenset[Grant]


def apply(connection: Connection, settings: Settings) -> None:
    """Grant and revoke in the open transaction of the owner. Idempotent."""
    found = drift(connection, settings)
    cursor = driver_connection(connection).cursor()
    for statement in (*_statements("revoke", found.surplus), *_statements("grant", found.lacking)):
        cursor.execute(statement)
    for statement in _for_tables_to_come(settings, _existing_schemas(connection)):
        cursor.execute(statement)


def drift(connection: Connection, settings: Settings) -> Drift:
    """What `apply` would change."""
    wanted, found = _wanted(connection, settings), _found(connection, settings)
    return Drift(frozenset(wanted - found), frozenset(found - wanted))


def relations(connection: Connection) -> list[Relation]:
    """Every table and view of the schemas that roles.yml knows."""
    rows = connection.execute(
        text(
            """
            select
                c.relnamespace::regnamespace::text as schema, c.relname::text as name,
                pg_get_userbyid(c.relowner)::text as owner,
                array_agg(a.attname::text order by a.attnum) as columns
            from pg_class as c
            inner join pg_attribute as a on a.attrelid = c.oid
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
                and c.relnamespace::regnamespace::text = any (:schemas)
            group by c.oid, c.relnamespace, c.relname, c.relowner
            order by 1, 2
            """
        ),
        {"schemas": sorted(rights.schemas())},
    )
    return [Relation(row.schema, row.name, row.owner, tuple(row.columns)) for row in rows]


def functions(connection: Connection) -> list[tuple[str, str]]:
    """Schema and signature of every function of those schemas."""
    rows = connection.execute(
        text(
            """
            select pronamespace::regnamespace::text as schema,
                proname || '(' || pg_get_function_identity_arguments(oid) || ')' as signature
            from pg_proc where pronamespace::regnamespace::text = any (:schemas) order by 1, 2
            """
        ),
        {"schemas": sorted(rights.schemas())},
    )
    return [(row.schema, row.signature) for row in rows]


def _existing_schemas(connection: Connection) -> set[str]:
    """A schema of an older revision lacks some."""
    return set(connection.execute(text("select nspname::text from pg_namespace")).scalars())


def _wanted(connection: Connection, settings: Settings) -> set[Grant]:
    tables, routines = relations(connection), functions(connection)
    personal = rights.personal_columns(catalogue(settings))
    existing = _existing_schemas(connection)
    wanted: set[Grant] = set()
    for role in rights.all_rights().values():
        name = role_name(settings, role.name)
        wanted |= {Grant("schema", schema, "", "usage", name) for schema in role.schemas & existing}
        wanted |= {
            Grant("schema", schema, "", "create", name)
            for schema in existing.intersection(role.creates_in)
        }
        wanted |= {
            Grant("function", schema, signature, "execute", name)
            for schema, signature in routines
            if schema in role.executes
        }
        for table in tables:
            if table.owner != name:
                wanted |= set(_on_table(role, name, table, personal))
    return wanted


def _on_table(
    role: rights.RoleRights, name: str, table: Relation, personal: Mapping[str, frozenset[str]]
) -> Iterator[Grant]:
    for verb, columns in role.on(table.schema, table.name).items():
        if columns == rights.EVERY:
            yield Grant("table", table.schema, table.name, verb, name)
            continue
        is_feed = table.schema == "raw" and columns == rights.NOT_PERSONAL
        if is_feed and table.name not in personal:
            continue  # its contract is gone: nobody knows what is personal there
        for column in rights.granted_columns(columns, table.name, table.columns, personal):
            yield Grant("table", table.schema, table.name, verb, name, column)


def _found(connection: Connection, settings: Settings) -> set[Grant]:
    """What our roles and PUBLIC hold now, beside what an owner always may."""
    rows = connection.execute(
        text(
            """
            select 'schema' as kind, nspname::text as schema, '' as name, '' as column,
                acl.privilege_type, acl.grantee
            from pg_namespace
            cross join aclexplode(coalesce(nspacl, acldefault('n', nspowner))) as acl
            where nspname = any (:schemas) and acl.grantee <> nspowner
            union all
            select 'table', relnamespace::regnamespace::text, relname, '',
                acl.privilege_type, acl.grantee
            from pg_class
            cross join aclexplode(coalesce(relacl, acldefault('r', relowner))) as acl
            where relnamespace::regnamespace::text = any (:schemas)
                and relkind in ('r', 'p', 'v', 'm', 'f') and acl.grantee <> relowner
            union all
            select 'table', relnamespace::regnamespace::text, relname, attname,
                acl.privilege_type, acl.grantee
            from pg_class
            inner join pg_attribute on attrelid = pg_class.oid and not attisdropped
            cross join aclexplode(attacl) as acl
            where relnamespace::regnamespace::text = any (:schemas) and acl.grantee <> relowner
            union all
            select 'function', pronamespace::regnamespace::text,
                proname || '(' || pg_get_function_identity_arguments(pg_proc.oid) || ')', '',
                acl.privilege_type, acl.grantee
            from pg_proc
            cross join aclexplode(coalesce(proacl, acldefault('f', proowner))) as acl
            where pronamespace::regnamespace::text = any (:schemas) and acl.grantee <> proowner
            """
        ),
        {"schemas": sorted(rights.schemas())},
    ).all()
    names = _grantees(connection, settings)
    return {
        Grant(row.kind, row.schema, row.name, row.privilege_type.lower(), names[row.grantee],
              row.column)
        for row in rows
        if row.grantee in names
    }  # fmt: skip


def _grantees(connection: Connection, settings: Settings) -> dict[int, str]:
    rows = connection.execute(
        text("select oid, rolname::text from pg_roles where rolname = any (:names)"),
        {"names": [role_name(settings, role) for role in rights.all_rights()]},
    )
    return {0: PUBLIC} | {row.oid: row.rolname for row in rows}


def _statements(verb: str, changes: Iterable[Grant]) -> Iterator[sql.Composed]:
    """One statement per object, right and role; columns of a table together."""
    preposition = sql.SQL("to" if verb == "grant" else "from")

    def same(grant: Grant) -> tuple[str, ...]:
        return (grant.kind, grant.schema, grant.name, grant.verb, grant.role, str(not grant.column))

    for _, group in groupby(sorted(changes, key=same), key=same):
        grants = sorted(group)
        first = grants[0]
        names = [sql.Identifier(grant.column) for grant in grants if grant.column]
        columns = sql.SQL(" ({})" if names else "{}").format(sql.SQL(", ").join(names))
        grantee = sql.SQL(PUBLIC) if first.role == PUBLIC else sql.Identifier(first.role)
        yield sql.SQL("{} {}{} on {} {} {}").format(
            sql.SQL(verb), sql.SQL(first.verb), columns, _object(first), preposition, grantee
        )


def _object(grant: Grant) -> sql.Composed:
    if grant.kind == "schema":
        return sql.SQL("schema {}").format(sql.Identifier(grant.schema))
    if grant.kind == "function":
        # the signature is Postgres' own text for one of our functions
        name, _, arguments = grant.name.partition("(")
        return sql.SQL("function {}({})").format(
            sql.Identifier(grant.schema, name), sql.SQL(arguments.removesuffix(")"))
        )
    return sql.SQL("table {}").format(sql.Identifier(grant.schema, grant.name))


def _for_tables_to_come(settings: Settings, existing: set[str]) -> Iterator[sql.Composed]:
    """dbt drops and makes its tables anew: whoever may read all of a layer keeps reading.

    Tables of `marts` and `ops` are not meant: who makes one there says who may read it.
    """
    for maker in rights.all_rights().values():
        for reader in rights.all_rights().values():
            for schema in maker.creates_in:
                if schema in ("marts", "ops") or schema not in existing:
                    continue
                if "*" not in reader.tables.get(schema, {}):
                    continue
                for verb in reader.tables[schema]["*"]:
                    yield sql.SQL(
                        "alter default privileges for role {} in schema {} grant {} on tables to {}"
                    ).format(
                        sql.Identifier(role_name(settings, maker.name)),
                        sql.Identifier(schema),
                        sql.SQL(verb),
                        sql.Identifier(role_name(settings, reader.name)),
                    )
