"""Logins of readers take every lock that the server lets them, and all work goes on beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from path_work import load, release
from psycopg import errors, sql
from sqlalchemy import text

from good_dossiers import between_neighbours, good
from health_warehouse.backup.take import backup
from health_warehouse.database.connections import OWNER, dispose_engines, dsn, engine
from health_warehouse.database.migrate import migrate
from health_warehouse.database.rights import all_rights
from health_warehouse.maintenance.run import maintain
from health_warehouse.settings import Settings
from landing_steps import deliver, query

_READERS = ("bi_reader", "hiv_reader", "ops_reader", "vault_reader")
_MODES = (
    "access exclusive", "exclusive", "share row exclusive", "share", "share update exclusive",
    "row exclusive", "row share", "access share",
)  # fmt: skip
# Those that this program took until it took none; anybody may take any number.
_ADVISORY = (*range(7_201_000, 7_201_040), *range(-64, 64))


@pytest.fixture
def locked(released: Settings) -> Iterator[Settings]:
    """A warehouse beside four logins, each in a transaction that holds all it could get."""
    with ExitStack() as sessions:
        for role in _READERS:
            session = sessions.enter_context(psycopg.connect(dsn(released, role)))
            session.execute("set idle_in_transaction_session_timeout = 0")
            session.commit()
            assert _grab(released, session) > 0
        yield released


def _grab(settings: Settings, session: psycopg.Connection) -> int:
    """How many locks on tables the login got. It may have: to read what it may read."""
    count = 0
    for number in _ADVISORY:
        session.execute("select pg_try_advisory_xact_lock(%s::bigint)", [number])
        session.execute("select pg_try_advisory_xact_lock(7201002, %s::integer)", [number])
    for schema, name in query(
        settings,
        "select relnamespace::regnamespace::text, relname from pg_class"
        " where relkind in ('r', 'p', 'v') and relnamespace::regnamespace::text !~ '^pg_'"
        " and relnamespace <> 'information_schema'::regnamespace",
    ):
        for mode in _MODES:
            statement = sql.SQL("lock table {} in {} mode nowait").format(
                sql.Identifier(schema, name), sql.SQL(mode)
            )
            try:
                with session.transaction():
                    session.execute(statement)
            except errors.InsufficientPrivilege:
                continue
            assert mode == "access share", f"{session.info.user} locks {schema}.{name}"
            count += 1
    return count


def test_files_are_loaded_judged_built_and_published(locked: Settings) -> None:
    deliver(locked, "first.xml", between_neighbours("A1", good("A1")))
    with _impatient(locked):
        load(locked)
        release(locked)
        deliver(locked, "second.xml", between_neighbours("B1", good("B1")))
        load(locked)
        release(locked)
    assert query(locked, "select count(*) from ops.releases") == [(3,)]


def test_maintenance_backup_and_migration_go_on(locked: Settings) -> None:
    with _impatient(locked):
        assert maintain(locked, lambda _line: None).is_well
        backup(locked, locked.state.with_name("kept"), lambda _line: None)
        migrate(locked)


@contextmanager
def _impatient(settings: Settings) -> Iterator[None]:
    """Our sessions that are opened in the block fail where they wait for 20 s."""
    workers = [role for role in all_rights() if role not in _READERS]

    def each(statement: str) -> None:
        with engine(settings, OWNER).begin() as connection:
            for role in workers:
                connection.execute(text(statement.format(role)))
        dispose_engines()

    each("alter role {} set lock_timeout = '20s'")
    try:
        yield
    finally:
        each("alter role {} reset lock_timeout")
