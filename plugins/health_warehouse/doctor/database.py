"""Checks of the database: server, schema, roles, grants."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from health_warehouse.database import grants, migrate, rights
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.roles import role_name
from health_warehouse.doctor.finding import Finding
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings


def server(settings: Settings) -> Iterator[Finding]:
    """Version 16 to 18, with room for connections."""
    with engine(settings, OWNER).connect() as connection:
        row = connection.execute(
            text(
                "select current_setting('server_version_num')::int / 10000 as version,"
                " current_setting('max_connections')::int as allowed,"
                " (select count(*) from pg_stat_activity where backend_type = 'client backend')"
                " as used"
            )
        ).one()
    if not 16 <= row.version <= 18:
        yield Finding(
            "server",
            "error",
            f"Postgres {row.version} is not one of those that are tested, 16 to 18",
            "move to a server of 16 to 18, and set WAREHOUSE_DSN",
        )
    if row.used > row.allowed * 0.8:
        yield Finding(
            "server",
            "warning",
            f"{row.used} of {row.allowed} connections are in use",
            "end what is not needed, or raise max_connections",
        )


def schema(settings: Settings) -> Iterator[Finding]:
    with engine(settings, OWNER).connect() as connection:
        found = migrate.revision(connection)
    wanted = migrate.newest_revision()
    if found != wanted:
        yield Finding(
            "schema",
            "error",
            f"the database is at revision {found or 'none'}, this program needs {wanted}",
            "warehouse migrate",
        )


def roles(settings: Settings) -> Iterator[Finding]:
    """All roles are there, and each can do just what roles.yml says."""
    names = [role_name(settings, role) for role in rights.all_rights()]
    with engine(settings, OWNER).connect() as connection:
        missing: list[str] = connection.execute(
            text(
                "select coalesce(array_agg(name order by name), '{}')"
                " from unnest(cast(:names as text[])) as name"
                " where not exists (select 1 from pg_roles where rolname = name)"
            ),
            {"names": names},
        ).scalar_one()
        try:
            drift = grants.drift(connection, settings)
        except ConfigurationError:  # of contracts; the check of contracts tells it
            drift = None
    if missing:
        yield Finding("roles", "error", f"missing: {', '.join(missing)}", "warehouse migrate")
    if drift is None:
        return
    for words, found in (("lack", drift.lacking), ("have more than", drift.surplus)):
        if found:
            where = sorted({f"{grant.role} on {grant.schema}.{grant.name}" for grant in found})
            yield Finding(
                "roles",
                "error",
                f"{len(found)} grants {words} what roles.yml says, such as {where[0]}",
                "warehouse migrate",
            )
