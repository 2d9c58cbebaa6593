"""What is killed, hidden or in the way: no backup that looks whole and is not."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from saved import content, silent
from sqlalchemy import text
from typer.testing import CliRunner

from health_warehouse.backup import manifest as manifests
from health_warehouse.backup import restore as restoring
from health_warehouse.backup import target
from health_warehouse.backup.restore import restore
from health_warehouse.backup.take import backup
from health_warehouse.cli import app
from health_warehouse.database.connections import OWNER, dispose_engines, engine
from health_warehouse.database.embedded import free_port
from health_warehouse.database.migrate import migrate
from health_warehouse.errors import ConfigurationError
from health_warehouse.services import postgres, state
from health_warehouse.services.airflow import metadata_url
from health_warehouse.services.secret_files import airflow_secrets
from health_warehouse.settings import Settings, get_settings, inherited_environment
from warehouses import Cluster

_PATIENCE_SECONDS = 60


def test_a_killed_backup_leaves_no_folder(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    with engine(settings, OWNER).connect() as connection:
        connection.execute(text("lock table ops.files in access exclusive mode"))
        blocker = connection.execute(text("select pg_backend_pid()")).scalar_one()
        program = [Path(sys.executable).with_name("warehouse"), "backup", folder]
        environment = inherited_environment() | settings.as_environment()
        with subprocess.Popen(program, env=environment, stderr=subprocess.DEVNULL) as victim:
            _wait_until_blocked(settings, blocker, victim)
            victim.kill()
    assert not folder.exists()
    with pytest.raises(ConfigurationError, match=r"rm -r '.*kept\.partial'"):
        backup(settings, folder, silent)


def _wait_until_blocked(settings: Settings, pid: int, victim: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    query = text("select count(*) from pg_stat_activity where :pid = any (pg_blocking_pids(pid))")
    while time.monotonic() < deadline:
        with engine(settings, OWNER).connect() as connection:
            if connection.execute(query, {"pid": pid}).scalar_one():
                return
        assert victim.poll() is None, "the backup ended before it could be killed"
        time.sleep(0.05)
    victim.kill()
    raise AssertionError("the backup never reached the table")


def test_rows_that_a_policy_hides_stop_the_backup(settings: Settings, tmp_path: Path) -> None:
    with engine(settings, "publisher").begin() as connection:
        for statement in (
            "create table marts.fct_hidden as select 1 as one union all select 2",
            "alter table marts.fct_hidden enable row level security",
            "alter table marts.fct_hidden force row level security",
            "create policy ones on marts.fct_hidden to publisher using (one = 1)",
        ):
            connection.execute(text(statement))
    with pytest.raises(ConfigurationError, match=r"may hide rows of marts\.fct_hidden"):
        backup(settings, tmp_path / "kept", silent)
    assert list(tmp_path.glob("kept*")) == []


def test_a_taken_name_and_no_backup_are_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="exists: name a folder that does not"):
        backup(settings, tmp_path, silent)
    with pytest.raises(ConfigurationError, match="is no backup"):
        restore(settings, tmp_path, silent)


def test_of_two_restores_into_one_database_one_is_refused(
    settings: Settings, cluster: Cluster, tmp_path: Path
) -> None:
    backup(settings, tmp_path / "kept", silent)
    manifest = manifests.read(tmp_path / "kept")
    database = cluster.create_empty_database()
    new = Settings(state=tmp_path / "new", dsn=SecretStr(cluster.owner_url(database)))
    try:
        with target.marked(new, manifest):
            with (
                pytest.raises(ConfigurationError, match="another `warehouse restore` fills"),
                target.marked(new, manifest),
            ):
                pass
            with engine(new, OWNER).begin() as connection:
                connection.execute(text("create schema raw"))
        with (
            pytest.raises(ConfigurationError, match="is not empty, it has schemas raw"),
            target.marked(new, manifest),
        ):
            pass
        with engine(new, OWNER).connect() as connection:
            mark = text("select to_regnamespace('restore_under_way') is null")
            assert connection.execute(mark).scalar_one()
    finally:
        dispose_engines()
        cluster.drop_database(database)


def test_a_dry_run_tells_what_is_held_and_does_nothing(
    settings: Settings, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(settings, tmp_path / "kept", silent)
    database = cluster.create_empty_database()
    new = Settings(state=tmp_path / "new", dsn=SecretStr(cluster.owner_url(database)))
    for name, value in new.as_environment().items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    try:
        arguments = ["restore", str(tmp_path / "kept"), "--dry-run", "--json"]
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["tables"] > 20
        assert content(new) == {}
        assert not new.state.exists()
    finally:
        get_settings.cache_clear()
        dispose_engines()
        cluster.drop_database(database)


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[list[Settings]]:
    """Two state folders with servers of their own: of an older Postgres and of a newer one."""
    old, new = (
        Settings(
            state=tmp_path / version,
            postgres_version=version,
            postgres_port=free_port(),
        )
        for version in ("16", "18")
    )
    yield [old, new]
    dispose_engines()
    for one in (old, new):
        postgres.server(one).stop()


def test_a_restore_that_was_cut_off_is_finished_by_the_same_command(
    embedded: list[Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Airflow's metadata, and onto a newer Postgres."""
    old, new = embedded
    state.prepare(old)
    postgres.start(old, airflow_secrets(old), silent)
    migrate(old)
    with psycopg.connect(_airflow(old)) as connection:
        connection.execute("create table connection as select 'sftp'::text as conn_id")
    backup(old, tmp_path / "kept", silent)
    with monkeypatch.context() as patched:
        patched.setattr(restoring, "_restore_archive", _power_cut)
        with pytest.raises(InterruptedError):
            restore(new, tmp_path / "kept", silent)
    said: list[str] = []
    restore(new, tmp_path / "kept", said.append)
    assert content(new) == content(old)
    with psycopg.connect(_airflow(new)) as connection:
        assert connection.execute("select conn_id from connection").fetchall() == [("sftp",)]
    with pytest.raises(ConfigurationError, match="not empty"):
        restore(new, tmp_path / "kept", silent)


def _power_cut(*_arguments: object) -> None:
    raise InterruptedError


def _airflow(settings: Settings) -> str:
    url = metadata_url(settings, airflow_secrets(settings), postgres.server(settings))
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
