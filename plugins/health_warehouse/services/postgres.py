"""The embedded server of a state folder, with the roles and databases that we need in it."""

from __future__ import annotations

import secrets

import psycopg
from psycopg import sql

from health_warehouse import loopback
from health_warehouse.database import server_grants
from health_warehouse.database.connections import store_secrets, stored_secrets
from health_warehouse.database.embedded import EmbeddedServer
from health_warehouse.database.public_rights import REVOKE_LARGE_OBJECTS
from health_warehouse.database.verifiers import verifier
from health_warehouse.errors import ConfigurationError
from health_warehouse.services import ports
from health_warehouse.services.secret_files import AirflowSecrets
from health_warehouse.services.state import Say
from health_warehouse.settings import Settings

WAREHOUSE_DATABASE = "warehouse"
WAREHOUSE_OWNER = "warehouse_owner"
AIRFLOW_DATABASE = "airflow"
AIRFLOW_ROLE = "airflow"


def is_needed(settings: Settings) -> bool:
    """Not when the settings name servers for both, the warehouse and Airflow's metadata."""
    return settings.dsn is None or settings.airflow_dsn is None


def server(settings: Settings) -> EmbeddedServer:
    """The server of this state folder, running or not, at the port of last time."""
    return EmbeddedServer(
        folder=settings.state / "postgres",
        port=ports.remembered(settings, ports.POSTGRES) or ports.POSTGRES.usual_port,
        version=settings.postgres_version,
        password=stored_secrets(settings).get("superuser", ""),
    )


def start(settings: Settings, airflow: AirflowSecrets, say: Say) -> EmbeddedServer:
    """Start the server and see to roles and databases. Idempotent.

    Raises ConfigurationError when the port is taken or the folder cannot be used.
    """
    passwords = _passwords(settings)
    postgres = _start_on_a_free_port(settings, say)
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        if settings.dsn is None:
            owner = passwords[WAREHOUSE_OWNER]
            # createrole, no superuser: what a server of your own has to give us, no more
            _ensure(connection, WAREHOUSE_OWNER, "login createrole", owner, WAREHOUSE_DATABASE)
            for statement in server_grants.for_owner(WAREHOUSE_OWNER):
                connection.execute(statement)
            with psycopg.connect(postgres.url(WAREHOUSE_DATABASE)) as inside:
                inside.execute(REVOKE_LARGE_OBJECTS)
            url = postgres.url(WAREHOUSE_DATABASE, WAREHOUSE_OWNER, owner)
            if stored_secrets(settings).get("owner_dsn") != url:
                store_secrets(settings, stored_secrets(settings) | {"owner_dsn": url})
        if settings.airflow_dsn is None:
            password = airflow.metadata_password
            _ensure(connection, AIRFLOW_ROLE, "login", password, AIRFLOW_DATABASE)
            connection.execute(server_grants.slots_for(AIRFLOW_ROLE))
    return postgres


def _start_on_a_free_port(settings: Settings, say: Say) -> EmbeddedServer:
    """Start it; on the next port when another server took ours just after we looked."""
    for is_last in (False, False, True):
        ports.claim(settings, ports.POSTGRES, server(settings).is_running(), say)
        postgres = server(settings)
        if not postgres.is_running():
            say(f"starting Postgres {settings.postgres_version} on port {postgres.port}")
        try:
            postgres.start()
        except ConfigurationError:
            if is_last or loopback.is_free(postgres.port):
                raise
        else:
            break
    return postgres


def _passwords(settings: Settings) -> dict[str, str]:
    values = stored_secrets(settings)
    missing = {"superuser", WAREHOUSE_OWNER} - set(values)
    if missing:
        values |= {name: secrets.token_urlsafe(24) for name in missing}
        store_secrets(settings, values)
    return values


def _ensure(
    connection: psycopg.Connection, role: str, rights: str, password: str, database: str
) -> None:
    """A role with its database, which no other role may enter unless it is let in."""
    known = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
    if not known:
        connection.execute(
            sql.SQL("create role {} {} password {}").format(
                sql.Identifier(role), sql.SQL(rights), verifier(connection, role, password)
            )
        )
    known = connection.execute(
        "select 1 from pg_database where datname = %s", [database]
    ).fetchone()
    if not known:
        connection.execute(
            sql.SQL("create database {} owner {}").format(
                sql.Identifier(database), sql.Identifier(role)
            )
        )
    if database == AIRFLOW_DATABASE:  # holds run configurations; the warehouse's roles stay out
        connection.execute(
            sql.SQL("revoke connect, temporary on database {} from public").format(
                sql.Identifier(database)
            )
        )
