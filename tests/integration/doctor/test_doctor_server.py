"""Each thing that can be wrong in the server is made wrong: it is found, and only it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from one_finding import only
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, dsn, engine, owner_url
from health_warehouse.database.migrate import migrate
from health_warehouse.database.turns import turn
from health_warehouse.doctor import logins, sessions, vacuuming, waiting
from health_warehouse.doctor.examine import examine
from health_warehouse.doctor.finding import Finding
from health_warehouse.settings import Settings
from warehouses import Cluster

VACUUM = {"vacuum", "autovacuum", "transaction ids", "transactions"}


@pytest.mark.parametrize(
    "change",
    [
        "grant select on raw.claims_xml1 to bi_reader",
        "revoke select on marts.dim_dates from bi_reader",
        "grant usage on schema vault to public",
    ],
)
def test_a_grant_that_is_not_in_the_file(healthy: Settings, change: str) -> None:
    with engine(healthy, OWNER).begin() as connection:
        connection.execute(text("create table if not exists marts.dim_dates (a int)"))
    _run(healthy, "grant select on marts.dim_dates to bi_reader")
    before = {finding.what for finding in examine(healthy)}
    _run(healthy, change)
    found = [finding for finding in examine(healthy) if finding.what not in before]
    assert {finding.check for finding in found} == {"roles"}
    assert {finding.level for finding in found} == {"error"}


def test_a_schema_of_another_version(healthy: Settings) -> None:
    _run(healthy, "update ops.schema_version set version_num = 'older'")
    assert only(healthy, "schema").remedy == "warehouse migrate"


def test_an_upgrade_that_is_due(healthy: Settings) -> None:
    _run(healthy, "insert into ops.upgrades (name) values ('keys')")
    finding = only(healthy, "unfinished")
    assert finding.level == "error"
    assert "warehouse upgrade" in finding.remedy


def test_a_rotation_of_the_key_that_nobody_finishes(healthy: Settings) -> None:
    _run(healthy, "insert into ops.rekeyings (kind) values ('rotation')")
    finding = only(healthy, "unfinished")
    assert finding.level == "warning"
    assert "warehouse rotate-key" in finding.remedy


def test_a_session_that_forgot_its_transaction(
    healthy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = str(sessions._STALE).replace("10 minutes", "0 seconds")
    monkeypatch.setattr(sessions, "_STALE", text(at_once))
    with _forgotten(healthy, "select 1") as pid:
        finding = only(healthy, "sessions")
        assert finding.level == "warning"
        assert str(pid) in finding.remedy
    with _forgotten(healthy, "lock table ops.files in exclusive mode"), _waiting(healthy):
        assert only(healthy, "sessions").level == "error"


def test_a_turn_whose_holder_shows_no_sign_of_life(healthy: Settings) -> None:
    with turn(healthy, "transformer", "writing", lambda: None):
        assert list(waiting.silent(healthy)) == []
        at_once = healthy.model_copy(update={"silent_holder_seconds": -60.0})
        (silent,) = waiting.silent(at_once)
        assert "has the turn writing" in silent.what
        assert "no sign of life for " in silent.what
    with _forgotten(healthy, "lock table ops.turn_run in exclusive mode") as pid:
        finding = only(healthy, "turns")
    assert finding.level == "error"
    assert f"pg_terminate_backend({pid})" in finding.remedy


def test_a_reader_that_holds_what_we_wait_for(
    healthy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = str(waiting._BLOCKING).replace("10 seconds", "0 seconds")
    monkeypatch.setattr(waiting, "_BLOCKING", text(at_once))
    with psycopg.connect(dsn(healthy, "bi_reader"), application_name="Superset") as reader:
        reader.execute("select from ops.reader_scopes")
        pid = reader.info.backend_pid
        with _waiting(healthy, "lock table ops.reader_scopes in access exclusive mode"):
            finding = only(healthy, "locks")
    assert f"what session {pid} of bi_reader (Superset from 127.0.0.1) holds" in finding.what
    assert "it is idle in transaction, in a transaction since 20" in finding.what
    assert f"pg_terminate_backend({pid})" in finding.remedy


def test_a_reader_that_takes_many_connections(healthy: Settings) -> None:
    few = healthy.model_copy(update={"reader_connections": 2})
    assert list(logins.connections(few)) == []
    with psycopg.connect(dsn(healthy, "bi_reader")), psycopg.connect(dsn(healthy, "bi_reader")):
        (finding,) = logins.connections(few)
    assert finding.what == "bi_reader has 2 connections, of 2 that a reader may have"


def test_a_server_that_keeps_no_connections_for_us(
    healthy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logins, "_RESERVED", text("select 0"))
    assert "keeps no connections" in only(healthy, "connections").what
    monkeypatch.undo()
    _run(healthy, "revoke pg_use_reserved_connections from loader")
    try:
        assert only(healthy, "connections").remedy.endswith("to loader")
    finally:
        migrate(healthy)
    assert examine(healthy) == []


@pytest.mark.parametrize(
    "change",
    [
        "alter role bi_reader reset default_transaction_isolation",
        "alter role bi_reader reset all",
        "alter role bi_reader set timezone = 'UTC'",
        "alter role bi_reader in database {} set default_transaction_isolation = 'read committed'",
    ],
)
def test_a_reader_that_changed_how_its_sessions_begin(healthy: Settings, change: str) -> None:
    with psycopg.connect(dsn(healthy, "bi_reader")) as reader:
        reader.execute(change.format(reader.info.dbname))
    try:
        finding = only(healthy, "session settings")
        assert "sessions of bi_reader begin otherwise" in finding.what
    finally:
        migrate(healthy)
    assert examine(healthy) == []
    with psycopg.connect(dsn(healthy, "bi_reader")) as reader:
        begins = "select current_setting('transaction_isolation'), current_setting('timezone')"
        assert reader.execute(begins).fetchone() == ("repeatable read", "Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("grant", "what"),
    [
        ("grant temporary on database {} to public", "make temporary tables"),
        ("grant create on schema public to public", "make tables in the schema public"),
    ],
)
def test_what_every_login_may_do_and_need_not(healthy: Settings, grant: str, what: str) -> None:
    _run(healthy, grant.format(owner_url(healthy).database))
    finding = only(healthy, "rights of all")
    assert (finding.what, finding.remedy) == (f"every login can {what}", "warehouse migrate")
    migrate(healthy)
    assert examine(healthy) == []


def test_large_objects_that_only_a_superuser_can_forbid(
    healthy: Settings, cluster: Cluster
) -> None:
    url = cluster.server.url(str(owner_url(healthy).database))
    with psycopg.connect(url, autocommit=True) as operator:
        operator.execute("grant execute on function lo_create(oid) to public")
        finding = only(healthy, "rights of all")
        assert finding.what == "every login can make large objects"
        operator.execute(finding.remedy.removeprefix("as a superuser: "))
    assert examine(healthy) == []


def test_a_build_that_nobody_finishes(healthy: Settings) -> None:
    _run(
        healthy,
        "insert into ops.builds (from_change_id, to_change_id, is_full, status, started_at)"
        " values (0, 1, true, 'building', now() - interval '3 hours')",
    )
    assert "3 hours ago" in only(healthy, "builds").what


def test_a_file_from_the_future(healthy: Settings) -> None:
    _run(
        healthy,
        "insert into ops.files (sha256, byte_count, received_at, file_name, status)"
        " values (repeat('0', 64), 1, '2099-01-01 00:00+00', 'ahead.xml', 'loaded')",
    )
    finding = only(healthy, "receipts")
    assert "such as unknown 2099-01-01 00000000 (2099-01-01 00:00 UTC)" in finding.what
    assert finding.level == "warning"


def test_publishing_on_hold(healthy: Settings) -> None:
    _run(
        healthy,
        "update ops.publish_hold set is_held = true, reason = 'wrong prices', held_by = 'Lan',"
        " held_at = '2026-08-03 05:00+00'",
    )
    finding = only(healthy, "hold")
    assert "since 2026-08-03 05:00 UTC by Lan (wrong prices)" in finding.what
    assert "warehouse publish --resume" in finding.remedy


def test_a_table_that_is_not_vacuumed(healthy: Settings) -> None:
    _run(
        healthy,
        "create table ops.filled (a int) with (autovacuum_enabled = off)",
        "insert into ops.filled select generate_series(1, 20000)",
        "delete from ops.filled where a > 5000",
    )
    with engine(healthy, OWNER).connect() as connection:
        connection.execute(text("select pg_stat_force_next_flush()"))
    _run(healthy, "drop table if exists ops.nothing")
    assert "ops.filled" in {finding.what.split()[0] for finding in examine(healthy)}


def test_a_table_that_autovacuum_leaves_out(healthy: Settings) -> None:
    _run(healthy, "create table ops.left_out (a int) with (autovacuum_enabled = off)")
    (finding,) = [one for one in examine(healthy) if one.check == "autovacuum"]
    assert finding.remedy.startswith("alter table ops.left_out reset")


def test_ids_that_grow_old(healthy: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    young = str(vacuuming._AGE)
    for age, level in (("500000000", "warning"), ("1500000000", "error")):
        old = text(young.replace("age(datfrozenxid)", age))
        monkeypatch.setattr(vacuuming, "_AGE", old)
        assert only(healthy, "transaction ids").level == level


def test_a_transaction_that_has_worked_for_long(
    healthy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lately = str(vacuuming._OPEN).replace("6 hours", "0 seconds")
    monkeypatch.setattr(vacuuming, "_OPEN", text(lately + "offset 0"))
    url = owner_url(healthy).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection, ThreadPoolExecutor() as pool:
        connection.execute("create table ops.of_a_long_transaction (a int)")
        work = pool.submit(connection.execute, "select pg_sleep(60)")
        try:
            found = _told_of(healthy, connection.info.backend_pid)
        finally:
            connection.cancel_safe()
        with pytest.raises(psycopg.errors.QueryCanceled):
            work.result()
    assert "pg_cancel_backend(" in found.remedy


def _told_of(settings: Settings, pid: int) -> Finding:
    """The finding about a session, as soon as it is at work."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for finding in vacuuming.long_transactions(settings):
            if str(pid) in finding.what:
                return finding
    raise AssertionError("the session was never found")


@contextmanager
def _forgotten(settings: Settings, statement: str) -> Iterator[int]:
    """A session that did something and left its transaction open; its process id."""
    url = owner_url(settings).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute(statement)
        yield connection.info.backend_pid


@contextmanager
def _waiting(
    settings: Settings, statement: str = "lock table ops.files in exclusive mode"
) -> Iterator[None]:
    """A session of ours waits for the lock that the statement takes, which somebody holds."""
    url = owner_url(settings).set(drivername="postgresql")
    with (
        psycopg.connect(url.render_as_string(hide_password=False)) as connection,
        ThreadPoolExecutor(1) as pool,
    ):
        waits = pool.submit(connection.execute, statement)
        try:
            _until_waiting(settings, connection.info.backend_pid)
            yield
        finally:
            connection.cancel_safe()
        with pytest.raises(psycopg.errors.QueryCanceled):
            waits.result()


def _until_waiting(settings: Settings, pid: int) -> None:
    query = text("select exists (select from pg_locks where not granted and pid = :pid)")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with engine(settings, OWNER).connect() as connection:
            if connection.execute(query, {"pid": pid}).scalar_one():
                return
    raise AssertionError("the session does not wait")


def _run(settings: Settings, *statements: str) -> None:
    with engine(settings, OWNER).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
