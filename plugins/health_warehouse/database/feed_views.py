"""The view of each feed of rows, as its contract asks for it; who reads it keeps it.

Columns that a contract adds stand at the end of a view that is there, so that it is replaced and
nobody who reads it is in the way. A column that goes, or has another type, needs a new view.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Row, text

from health_warehouse.database.connections import driver_connection
from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.view import create_view

_COMMENT = text("select obj_description(to_regclass(:name), 'pg_class')")
_COLUMNS = text(
    """
    select a.attname::text from pg_attribute as a
    where a.attrelid = to_regclass(:name) and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    """
)
_READERS = text(
    """
    select distinct format('%I.%I', n.nspname, c.relname)
    from pg_depend as d
    inner join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
    inner join pg_class as c on c.oid = r.ev_class
    inner join pg_namespace as n on n.oid = c.relnamespace
    where d.refclassid = 'pg_class'::regclass and d.refobjid = to_regclass(:name)
        and c.oid <> d.refobjid
    order by 1
    """
)
_GRANTS = text(
    """
    select
        coalesce(r.rolname::text, '') as grantee, lower(g.privilege_type) as privilege,
        g.column_name, g.is_grantable
    from (
        select acl.grantee, acl.privilege_type, acl.is_grantable, null::text as column_name,
            c.relowner
        from pg_class as c cross join aclexplode(c.relacl) as acl
        where c.oid = to_regclass(:name)
        union all
        select acl.grantee, acl.privilege_type, acl.is_grantable, a.attname::text, c.relowner
        from pg_class as c
        inner join pg_attribute as a on a.attrelid = c.oid and not a.attisdropped
        cross join aclexplode(a.attacl) as acl
        where c.oid = to_regclass(:name)
    ) as g
    left join pg_roles as r on r.oid = g.grantee
    where g.grantee <> g.relowner
    """
)


def make_view(connection: Connection, contract: Contract) -> None:
    """Bring `feeds.<feed>` to its contract, in the owner's transaction; grants on it stay.

    Raises ConfigurationError, which names them, when views of others stand in the way.
    """
    name = f"feeds.{contract.feed}"
    statement = create_view(contract)
    comment = view_comment(contract, statement)
    there: list[str] = list(connection.execute(_COLUMNS, {"name": name}).scalars())
    if there and connection.execute(_COMMENT, {"name": name}).scalar_one() == comment:
        return
    cursor = driver_connection(connection).cursor()
    if not there:
        cursor.execute(statement)
    elif not _replaced(connection, create_view(contract, there)):
        _make_anew(connection, contract, statement)
    cursor.execute(
        sql.SQL("comment on view {} is {}").format(_identifier(contract), sql.Literal(comment))
    )


def view_comment(contract: Contract, statement: str) -> str:
    """What the view is, with a mark by which another one is told."""
    mark = sha256(statement.encode()).hexdigest()[:12]
    return (
        f"{contract.title.en}: one row per document that counts now. Made by a contract ({mark})."
    )


def _replaced(connection: Connection, statement: str) -> bool:
    """False when the columns that are there do not all stay as they are."""
    savepoint = connection.begin_nested()
    replacing = statement.replace("create view", "create or replace view", 1)
    try:
        driver_connection(connection).cursor().execute(replacing)
    except psycopg.errors.InvalidTableDefinition:
        savepoint.rollback()
        return False
    savepoint.commit()
    return True


def _make_anew(connection: Connection, contract: Contract, statement: str) -> None:
    name = f"feeds.{contract.feed}"
    readers: list[str] = list(connection.execute(_READERS, {"name": name}).scalars())
    if readers:
        raise ConfigurationError(
            f"{contract.path}: a column of {name} goes or gets another type, and "
            f"{', '.join(readers)} read it: drop what reads it (dbt makes its own views again with "
            "the next build), then run `warehouse migrate`"
        )
    grants = connection.execute(_GRANTS, {"name": name}).all()
    cursor = driver_connection(connection).cursor()
    try:
        cursor.execute(sql.SQL("drop view {}").format(_identifier(contract)))
    except psycopg.errors.DependentObjectsStillExist:
        raise ConfigurationError(
            f"{contract.path}: a column of {name} goes or gets another type, and a function or a "
            "policy reads it: drop that, then run `warehouse migrate`"
        ) from None
    cursor.execute(statement)
    _grant_again(connection, contract, grants)


def _grant_again(connection: Connection, contract: Contract, grants: Sequence[Row[Any]]) -> None:
    columns: set[str] = set(
        connection.execute(_COLUMNS, {"name": f"feeds.{contract.feed}"}).scalars()
    )
    cursor = driver_connection(connection).cursor()
    for grant in grants:
        if grant.column_name is not None and grant.column_name not in columns:
            continue
        of_column = (
            sql.SQL("")
            if grant.column_name is None
            else sql.SQL(" ({})").format(sql.Identifier(grant.column_name))
        )
        cursor.execute(
            sql.SQL("grant {}{} on {} to {}{}").format(
                sql.SQL(grant.privilege),
                of_column,
                _identifier(contract),
                sql.Identifier(grant.grantee) if grant.grantee else sql.SQL("public"),
                sql.SQL(" with grant option" if grant.is_grantable else ""),
            )
        )


def _identifier(contract: Contract) -> sql.Identifier:
    return sql.Identifier("feeds", contract.feed)
