"""A turn as Postgres sees it: it keeps nobody from his work but who wants the same turn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, dispose_engines, dsn, engine, owner_url
from health_warehouse.database.migrate import migrate, newest_revision, revision
from health_warehouse.database.turns import is_taken, take, turn
from health_warehouse.landing.file_lock import lock_file
from health_warehouse.settings import Settings
from warehouses import Cluster


def test_a_turn_holds_back_no_vacuum(settings: Settings) -> None:
    with turn(settings, "transformer", "writing", lambda: None):
        with engine(settings, OWNER).connect() as connection:
            holder = connection.execute(
                text(
                    "select state, backend_xmin::text, backend_xid::text from pg_stat_activity"
                    " inner join pg_locks using (pid)"
                    " where relation = 'ops.turn_writing'::regclass and granted"
                )
            ).one()
        assert tuple(holder) == ("idle in transaction", None, None)
        url = owner_url(settings).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False)) as session:
            session.autocommit = True
            session.execute("set lock_timeout = '5s'")
            session.execute("create table ops.dying as select generate_series(1, 1000) as a")
            session.execute("delete from ops.dying")
            session.execute("vacuum (truncate)")  # all tables, and it waits for none
            assert session.execute("select pg_relation_size('ops.dying')").fetchone() == (0,)


def test_what_is_read_after_a_wait_is_of_after_it(settings: Settings) -> None:
    """Ids of changes become visible in their order only so."""
    seen = text("select count(*) from ops.file_receipts")
    with ThreadPoolExecutor(1) as pool, engine(settings, "loader").begin() as second:
        assert second.execute(seen).scalar_one() == 0
        with engine(settings, "loader").begin() as first:
            take(first, "settling")
            first.execute(
                text(
                    "with file as (insert into ops.files"
                    " (sha256, byte_count, received_at, file_name, status)"
                    " values (repeat('0', 64), 1, now(), 'a.xml', 'loaded') returning file_id)"
                    " insert into ops.file_receipts"
                    " (uri, received_at, file_id, file_name, byte_count, modified_at)"
                    " select 'a.xml', now(), file_id, 'a.xml', 1, now() from file"
                )
            )
            waits = pool.submit(take, second, "settling")
            _until_it_waits(settings)
        waits.result(30)
        assert second.execute(seen).scalar_one() == 1


def test_the_bytes_of_a_file_are_claimed_by_one_and_leave_no_row(settings: Settings) -> None:
    with engine(settings, "loader").begin() as first:
        lock_file(first, "0" * 64)
        with engine(settings, "loader").begin() as other_bytes:
            other_bytes.execute(text("set local lock_timeout = '5s'"))
            lock_file(other_bytes, "1" * 64)
        with engine(settings, "loader").connect() as second:
            second.execute(text("set local lock_timeout = '200ms'"))
            with pytest.raises(Exception, match="lock timeout"):
                lock_file(second, "0" * 64)
        lock_file(first, "0" * 64)  # again, by who has them
    with engine(settings, "loader").begin() as second:
        lock_file(second, "0" * 64)
        assert second.execute(text("select count(*) from ops.file_claims")).scalar_one() == 0


def test_a_server_that_ends_idle_transactions_ends_no_turn(settings: Settings) -> None:
    database = owner_url(settings).database
    with engine(settings, OWNER).begin() as connection:
        for name in ("idle_in_transaction_session_timeout", "statement_timeout"):
            connection.execute(text(f"alter database {database} set {name} = '300ms'"))
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text("alter role transformer reset idle_in_transaction_session_timeout"))
    try:
        dispose_engines()
        with turn(settings, "transformer", "run", lambda: None):
            with psycopg.connect(dsn(settings, "bi_reader")) as witness:
                witness.execute("set statement_timeout = 0")
                witness.execute("select pg_sleep(1)")
            with engine(settings, OWNER).connect() as connection:
                assert is_taken(connection, "run")
    finally:
        migrate(settings)


def test_two_first_migrations_at_once_make_one_warehouse(cluster: Cluster, tmp_path: Path) -> None:
    database = cluster.create_empty_database()
    owner = SecretStr(cluster.owner_url(database))
    settings = Settings(state=tmp_path, dsn=owner, role_prefix="twice_")
    migrate(settings)  # the roles, which are of the whole server, and the passwords
    cluster.drop_database(database)
    dispose_engines()
    with psycopg.connect(cluster.server.url(), autocommit=True) as connection:
        connection.execute(f"create database {database} owner wh_owner")
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(migrate, settings) for _ in range(2)]:
            done.result(120)
    with engine(settings, OWNER).connect() as connection:
        assert revision(connection) == newest_revision()
        scopes = connection.execute(text("select count(*) from ops.reader_scopes")).scalar_one()
        assert scopes == 3, "the built-in readers are let in once"
    dispose_engines()
    cluster.drop_database(database)


def _until_it_waits(settings: Settings) -> None:
    query = text("select exists (select from pg_locks where not granted)")
    for _ in range(3000):
        with engine(settings, OWNER).connect() as connection:
            if connection.execute(query).scalar_one():
                return
    raise AssertionError("nobody waits")
