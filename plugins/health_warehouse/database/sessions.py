"""How the sessions of a login begin, and how many it may have: as roles.yml and the settings say.

A login may change its own settings (`alter role me reset all`), also those for one database, which
win over those for all. Nothing in Postgres keeps it from that. So `migrate` sets them anew each
time, and `warehouse doctor` compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor, sql
from sqlalchemy import Connection, text

_MAY_SET = (
    "select context = 'user' or has_parameter_privilege(name, 'set')"
    " from pg_settings where name = %s"
)
_OF_THIS_DATABASE = """
select split_part(one, '=', 1)
from pg_db_role_setting
cross join unnest(setconfig) as one
where setrole = (select oid from pg_roles where rolname = %s)
    and setdatabase = (select oid from pg_database where datname = current_catalog)
"""
_FOUND = text(
    """
    select
        rolname::text as name, rolconnlimit as connection_limit,
        coalesce(
            (
                select jsonb_object_agg(
                    split_part(one, '=', 1), substr(one, strpos(one, '=') + 1)
                    order by setdatabase
                )
                from pg_db_role_setting
                cross join unnest(setconfig) as one
                where setrole = pg_roles.oid
                    and setdatabase in (
                        0, (select oid from pg_database where datname = current_catalog)
                    )
            ),
            '{}'
        ) as session
    from pg_roles
    where rolname = any (:names)
    order by rolname
    """
)


@dataclass(frozen=True)
class Begin:
    """Settings by name, and connections at once; None: as many as the server has."""

    session: Mapping[str, str]
    connection_limit: int | None = None


def begin_sessions(cursor: Cursor[Any], login: str, begin: Begin) -> None:
    """Settings of a role are those of its own sessions; members do not inherit them.

    One that only a superuser may make is left out where the server does not let us make it.
    """
    role = sql.Identifier(login)
    for (name,) in cursor.execute(_OF_THIS_DATABASE, [login]).fetchall():
        if name in begin.session:
            cursor.execute(
                sql.SQL("alter role {} in database {} reset {}").format(
                    role, sql.Identifier(cursor.connection.info.dbname), sql.Identifier(name)
                )
            )
    for name, value in begin.session.items():
        if cursor.execute(_MAY_SET, [name]).fetchone() == (False,):
            continue
        cursor.execute(
            sql.SQL("alter role {} set {} = {}").format(
                role, sql.Identifier(name), sql.Literal(value)
            )
        )
    limit = -1 if begin.connection_limit is None else begin.connection_limit
    cursor.execute(sql.SQL("alter role {} connection limit {}").format(role, sql.Literal(limit)))


def differing(
    connection: Connection, wanted: Mapping[str, Begin]
) -> dict[str, list[tuple[str, str, str]]]:
    """Of each login (by name on the server) what differs: setting, what it is, what it should be.

    Settings that the server does not let us make are not compared.
    """
    settable = _settable(connection, {name for one in wanted.values() for name in one.session})
    found: dict[str, list[tuple[str, str, str]]] = {}
    for row in connection.execute(_FOUND, {"names": list(wanted)}):
        begin = wanted[row.name]
        limit = -1 if begin.connection_limit is None else begin.connection_limit
        differs = [
            (name, row.session.get(name, "not set"), value)
            for name, value in begin.session.items()
            if name in settable and row.session.get(name) != value
        ]
        if row.connection_limit != limit:
            differs.append(("connection limit", str(row.connection_limit), str(limit)))
        if differs:
            found[row.name] = differs
    return found


def _settable(connection: Connection, names: set[str]) -> set[str]:
    rows = connection.execute(
        text(
            "select name from pg_settings where name = any (:names)"
            " and (context = 'user' or has_parameter_privilege(name, 'set'))"
        ),
        {"names": sorted(names)},
    )
    return set(rows.scalars())
