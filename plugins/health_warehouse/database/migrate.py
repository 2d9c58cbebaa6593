"""Bring a database to the present schema: roles, migrations, grants, how sessions begin.

Safe to run twice at once.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from health_warehouse.database import grants
from health_warehouse.database.connections import (
    OWNER,
    driver_connection,
    engine,
    ensure_role_passwords,
)
from health_warehouse.database.feed_tables import make_feed_tables
from health_warehouse.database.public_rights import revoke_public_rights
from health_warehouse.database.reader_groups import join_group, settle_groups
from health_warehouse.database.readers import (
    begin,
    open_to_built_in_readers,
    renew_sessions,
)
from health_warehouse.database.reference_lists import fill
from health_warehouse.database.rights import all_rights
from health_warehouse.database.roles import role_name
from health_warehouse.database.server_grants import reserve_slots
from health_warehouse.database.sessions import begin_sessions
from health_warehouse.database.verifiers import verifier
from health_warehouse.database.watchdog import watch
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

# One migration at a time, by the table that names the revision; it is Alembic's, as Alembic makes
# it. Where it is not there yet, the names of schema and table keep a second one out: it waits in
# the catalogue's unique index until the first has committed. No reader may make or lock either.
_NAMES = (
    "create schema if not exists ops",
    "create table if not exists ops.schema_version ("
    "version_num varchar(32) not null, constraint schema_version_pkc primary key (version_num))",
)
_LOCK = "lock table ops.schema_version in exclusive mode"
_HAS_SCOPES = "select to_regclass('ops.reader_scopes') is not null"
_FOLDER = Path(__file__).parent


def migrate(settings: Settings) -> None:
    """Create or update roles, schemas, tables, reference lists and grants.

    Raises ConfigurationError when the server is older than 16, the owner may not create roles, or
    a package that reference lists are read from is not installed, or the file of names of diagnoses
    or of holidays is not as it should be.
    """
    passwords = ensure_role_passwords(settings)
    watch(settings, OWNER)
    with engine(settings, OWNER).begin() as connection:
        _require_server(connection)
        _be_alone(connection)
        create_roles(connection, settings, passwords)
        is_new = not connection.execute(text(_HAS_SCOPES)).scalar_one()
        upgrade(connection)
        fill(connection, settings.diagnosis_names_file, settings.holidays)
        make_feed_tables(connection, settings)
        grants.apply(connection, settings)
        revoke_public_rights(connection, settings)
        reserve_slots(connection, settings)
        settle_groups(connection, settings)
        renew_sessions(connection, settings)
        if is_new:
            open_to_built_in_readers(connection, settings)


def revision(connection: Connection) -> str | None:
    """The revision of the schema in the database; None before the first."""
    if not connection.execute(
        text("select to_regclass('ops.schema_version') is not null")
    ).scalar():
        return None
    row = connection.execute(text("select version_num from ops.schema_version")).one_or_none()
    return None if row is None else str(row.version_num)


def newest_revision() -> str | None:
    """The revision that this program brings a database to."""
    head: str | None = _scripts().get_current_head()
    return head


def knows(revision_id: str | None) -> bool:
    """Whether this program can bring a database of that revision up to date."""
    known = {script.revision for script in _scripts().walk_revisions()}
    return revision_id is None or revision_id in known


def _be_alone(connection: Connection) -> None:
    for statement in _NAMES:
        with suppress(IntegrityError), connection.begin_nested():  # another one made it meanwhile
            connection.execute(text(statement))
    connection.execute(text(_LOCK))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_FOLDER / "migrations"))


def _require_server(connection: Connection) -> None:
    version = int(connection.execute(text("show server_version_num")).scalar_one())
    if version < 160000:
        raise ConfigurationError(f"Postgres 16 to 18 is needed; this server is {version // 10000}")


def create_roles(connection: Connection, settings: Settings, passwords: dict[str, str]) -> None:
    """Login roles with their memberships and how their sessions begin, as roles.yml says."""
    driver = driver_connection(connection)
    cursor = driver.cursor()
    owner = sql.Identifier(connection.execute(text("select current_user")).scalar_one())
    for role in all_rights().values():
        name = role_name(settings, role.name)
        login = sql.Identifier(name)
        known = cursor.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone()
        verb = sql.SQL(
            "alter role {} login password {}" if known else "create role {} login password {}"
        )
        cursor.execute(verb.format(login, verifier(driver, name, passwords[role.name])))
        if role.creates_in:  # default privileges are set in its name
            cursor.execute(
                sql.SQL("grant {} to {} with inherit true, set true").format(login, owner)
            )
        for group in role.member_of:
            join_group(cursor, login, sql.Identifier(role_name(settings, group)))
        begin_sessions(cursor, name, begin(settings, role.name))


def upgrade(connection: Connection, to_revision: str = "head") -> None:
    """Migrate to that revision in the open transaction; schema `ops` must be there."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, to_revision)
