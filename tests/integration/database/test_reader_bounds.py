"""What a login of a reader cannot do, tried by logging in as one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from psycopg import errors

from health_warehouse.database.connections import (
    OWNER,
    dispose_engines,
    dsn,
    engine,
    reader_password,
)
from health_warehouse.database.embedded import EmbeddedServer, free_port
from health_warehouse.database.migrate import migrate
from health_warehouse.database.reader_removal import drop_reader
from health_warehouse.database.readers import bring_back_reader, create_reader, find_reader
from health_warehouse.services import postgres, state
from health_warehouse.services.secret_files import airflow_secrets
from health_warehouse.settings import Settings

_BOUNDS = {
    "default_transaction_isolation": "repeatable read",
    "TimeZone": "Asia/Ho_Chi_Minh",
    "statement_timeout": "30min",
    "lock_timeout": "5min",
    "idle_in_transaction_session_timeout": "10min",
    "temp_file_limit": "10GB",
}


@pytest.fixture
def hospital(settings: Settings) -> Iterator[str]:
    """The URL of a login that was just made."""
    create_reader(settings, "hospital")
    yield dsn(settings, "hospital")
    drop_reader(settings, "hospital", by="test")


@pytest.mark.parametrize("built_in", [True, False])
def test_sessions_begin_with_bounds(settings: Settings, hospital: str, built_in: bool) -> None:
    with psycopg.connect(dsn(settings, "bi_reader") if built_in else hospital) as session:
        for name, value in _BOUNDS.items():
            assert session.execute(f"show {name}").fetchone() == (value,), name


@pytest.mark.parametrize(
    "statement",
    [
        "create temporary table t (a integer)",
        "create table public.t (a integer)",
        "create function pg_temp.f() returns int language sql as 'select 1'",
        "select lo_create(0)",
        "select lo_creat(-1)",
        "select lo_from_bytea(0, 'a')",
        "set temp_file_limit = -1",
        "alter role hospital connection limit 100",
    ],
)
def test_what_fills_the_server_is_refused(hospital: str, statement: str) -> None:
    with (
        psycopg.connect(hospital) as session,
        pytest.raises((errors.InsufficientPrivilege, errors.InvalidSchemaName)),
    ):
        session.execute(statement)


def test_one_login_has_so_many_connections_and_no_more(settings: Settings) -> None:
    few = settings.model_copy(update={"reader_connections": 3})
    create_reader(few, "hospital")
    try:
        with ExitStack() as sessions:
            for _ in range(3):
                sessions.enter_context(psycopg.connect(dsn(few, "hospital")))
            with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
                psycopg.connect(dsn(few, "hospital"))
    finally:
        drop_reader(few, "hospital", by="test")


def test_a_login_that_a_backup_brings_back_has_its_bounds(
    settings: Settings, hospital: str
) -> None:
    with psycopg.connect(hospital) as session:
        session.execute("alter role hospital reset all")
    kept = find_reader(settings, "hospital")
    few = settings.model_copy(update={"reader_connections": 4})
    with engine(settings, OWNER).begin() as connection:
        bring_back_reader(connection, few, kept, str(reader_password(settings, "hospital")))
    with psycopg.connect(hospital) as session:
        assert session.execute("show statement_timeout").fetchone() == ("30min",)
        limit = "select rolconnlimit from pg_roles where rolname = current_user"
        assert session.execute(limit).fetchone() == (4,)


def test_a_migration_bounds_the_logins_that_are_there(settings: Settings, hospital: str) -> None:
    with psycopg.connect(hospital) as session:
        session.execute("alter role hospital reset all")
        session.execute("alter role hospital set statement_timeout = 0")
    try:
        migrate(settings.model_copy(update={"reader_connections": 7}))
        with psycopg.connect(hospital) as session:
            assert session.execute("show statement_timeout").fetchone() == ("30min",)
            limit = "select rolconnlimit from pg_roles where rolname = current_user"
            assert session.execute(limit).fetchone() == (7,)
    finally:
        migrate(settings)  # roles belong to the server, which other tests use too


@pytest.mark.parametrize("version", ["16", "18"])
def test_when_readers_have_all_connections_there_are_some_for_us(
    version: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On the server that `warehouse up` starts."""
    settings = Settings(
        state=tmp_path_factory.mktemp("slots") / "state",
        postgres_version=version,
        postgres_port=free_port(),
        reader_connections=1000,
    )
    state.prepare(settings)
    server: EmbeddedServer = postgres.start(settings, airflow_secrets(settings), lambda _line: None)
    try:
        migrate(settings)
        dispose_engines()
        with ExitStack() as sessions:
            url = dsn(settings, "bi_reader")
            with pytest.raises(psycopg.OperationalError, match="reserved"):
                _connect_until_refused(sessions, url)
            for role in ("owner", "loader", "transformer", "publisher", "maintainer"):
                with engine(settings, role).connect() as connection:
                    assert connection.exec_driver_sql("select 1").scalar_one() == 1
    finally:
        dispose_engines()
        server.stop()


def _connect_until_refused(sessions: ExitStack, url: str) -> None:
    for _ in range(200):
        sessions.enter_context(psycopg.connect(url))
