"""Bring a database to the present schema: roles, migrations, grants. Safe to run twice at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database.connections import (
    OWNER,
    driver_connection,
    engine,
    ensure_role_passwords,
)
from health_warehouse.database.roles import ROLES, role_name
from health_warehouse.errors import ConfigurationError
from health_warehouse.reference.fill import fill
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES

_MIGRATION_LOCK = 7_201_001
_KEYS = {
    "XML0": ("file_id", "line", "facility_id", "_person_key"),
    "XML1": ("file_id", "position", "_person_key"),
}
_FOLDER = Path(__file__).parent


def migrate(settings: Settings) -> None:
    """Create or update roles, schemas, tables, reference lists and grants.

    Raises ConfigurationError when the server is older than 16, the owner may not create roles, or
    a package that reference lists are read from is not installed.
    """
    passwords = ensure_role_passwords(settings)
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:id)"), {"id": _MIGRATION_LOCK})
        _require_server(connection)
        _create_roles(connection, settings, passwords)
        connection.execute(text("create schema if not exists ops"))
        _upgrade(connection)
        fill(connection)
        _grant(connection, settings)


def _require_server(connection: Connection) -> None:
    version = int(connection.execute(text("show server_version_num")).scalar_one())
    if version < 160000:
        raise ConfigurationError(f"Postgres 16 to 18 is needed; this server is {version // 10000}")


def _create_roles(connection: Connection, settings: Settings, passwords: dict[str, str]) -> None:
    cursor = driver_connection(connection).cursor()
    owner: str = connection.execute(text("select current_user")).scalar_one()
    for role in ROLES:
        name = role_name(settings, role)
        known = cursor.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone()
        verb = sql.SQL(
            "alter role {} login password {}" if known else "create role {} login password {}"
        )
        cursor.execute(verb.format(sql.Identifier(name), sql.Literal(passwords[role])))
        if role in ("transformer", "publisher"):  # default privileges are set in their name
            cursor.execute(
                sql.SQL("grant {} to {} with inherit true, set true").format(
                    sql.Identifier(name), sql.Identifier(owner)
                )
            )
    for setting, value in (
        ("default_transaction_isolation", "repeatable read"),
        ("idle_in_transaction_session_timeout", "10min"),
    ):
        reader = sql.Identifier(role_name(settings, "bi_reader"))
        cursor.execute(
            sql.SQL("alter role {} set {} = {}").format(
                reader, sql.Identifier(setting), sql.Literal(value)
            )
        )


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _grant(connection: Connection, settings: Settings) -> None:
    cursor = driver_connection(connection).cursor()
    names = {role: sql.Identifier(role_name(settings, role)) for role in ROLES}
    cursor.execute(sql.SQL((_FOLDER / "grants.sql").read_text(encoding="utf-8")).format(**names))
    for table in (*TABLES.values(), CHECK_INS):
        columns = [*_KEYS.get(table.name, ("file_id", "position", "line"))]
        columns += [f.column for f in table.fields if not f.is_personal]
        cursor.execute(
            sql.SQL("grant select ({}) on {} to {}").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.Identifier("raw", table.raw_table),
                names["transformer"],
            )
        )
    for schema in ("staging", "intermediate", "candidate"):
        cursor.execute(
            sql.SQL(
                "alter default privileges for role {} in schema {} grant select on tables to {}"
            ).format(names["transformer"], sql.Identifier(schema), names["publisher"])
        )
