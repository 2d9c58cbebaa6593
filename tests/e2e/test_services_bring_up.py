"""What `up` and `down` promise, of the warehouse that the other tests here used.

The last in this folder: at the end everything is killed, started again and stopped.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import threading
from collections.abc import Mapping
from pathlib import Path

import psutil
import psycopg
import pytest
from typer.testing import CliRunner

from health_warehouse import loopback
from health_warehouse.alerting.heartbeat import age_seconds
from health_warehouse.cli import app
from health_warehouse.database.connections import OWNER, dispose_engines, dsn
from health_warehouse.errors import ConfigurationError
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.privacy.person_key import key_file
from health_warehouse.processes import has_ended
from health_warehouse.services import alert_sender, ports, postgres, state
from health_warehouse.services.airflow import COMMANDS, Airflow
from health_warehouse.services.bring_up import down, up
from health_warehouse.services.postgres import AIRFLOW_DATABASE
from health_warehouse.services.secret_files import airflow_secrets
from health_warehouse.services.status import status
from health_warehouse.settings import Settings, get_settings
from live_warehouse import say_nothing, until
from process_environments import ALLOWED, not_allowed, variables_of

pytestmark = pytest.mark.timeout(1200)


def _pids(warehouse: Airflow) -> dict[str, int | None]:
    return {daemon.name: daemon.pid() for daemon in warehouse.daemons()}


def test_everything_is_healthy(warehouse: Airflow) -> None:
    now = status(warehouse.settings)
    names = [service["name"] for service in now["services"]]
    assert names == ["postgres", *COMMANDS, alert_sender.NAME]
    assert all(service["is_running"] for service in now["services"])
    assert set(now["health"].values()) == {"healthy"}
    assert now["dag_count"] >= 2
    # the sender is not waited for: its first pass may still be to come
    assert until(warehouse, lambda: age_seconds(warehouse.settings) is not None)
    assert (age_seconds(warehouse.settings) or 0) < 60


def test_second_up_changes_nothing_and_takes_seconds(warehouse: Airflow) -> None:
    said: list[str] = []
    before = _pids(warehouse)
    up(warehouse.settings, said.append)
    assert _pids(warehouse) == before
    assert said == []


def test_each_service_has_the_variables_that_it_needs_and_no_other(warehouse: Airflow) -> None:
    services = {
        "postgres": postgres.server(warehouse.settings).pid(),
        alert_sender.NAME: alert_sender.alert_sender(warehouse.settings).pid(),
        **_pids(warehouse),
    }
    assert set(services) == set(ALLOWED)
    for name, pid in services.items():
        assert pid is not None, name
        found = variables_of(pid)
        # the API server writes its title over them: nobody reads them, so ask what it was given
        assert bool(found) == (name != "api-server"), f"variables can be read of {name}?"
        assert not not_allowed(name, found or _given(warehouse, name)), name


def _given(warehouse: Airflow, name: str) -> Mapping[str, str]:
    [daemon] = [daemon for daemon in warehouse.daemons() if daemon.name == name]
    return daemon.environment


def test_an_error_of_a_dag_file_that_was_written_since_is_not_told(warehouse: Airflow) -> None:
    metadata = postgres.server(warehouse.settings).url(AIRFLOW_DATABASE)
    with psycopg.connect(metadata) as connection:
        connection.execute(
            "insert into import_error (timestamp, filename, bundle_name, stacktrace) values"
            " ('2020-01-01', 'ingest_feeds.py', 'dags-folder', 'mended'),"
            " (now() + interval '1 hour', 'ingest_feeds.py', 'dags-folder', 'x\nstill broken')"
        )
    try:
        assert warehouse.import_errors() == ["ingest_feeds.py: still broken"]
    finally:
        with psycopg.connect(metadata) as connection:
            connection.execute("delete from import_error")


def test_a_lost_person_key_is_told_and_not_made_anew(warehouse: Airflow) -> None:
    key = agreed_person_key(warehouse.settings)
    path = key_file(warehouse.settings)
    kept = path.rename(path.with_name("elsewhere"))
    said: list[str] = []
    try:
        up(warehouse.settings, said.append)
        assert not path.exists()
    finally:
        kept.rename(path)
    assert [line for line in said if "the person key is missing" in line]
    assert agreed_person_key(warehouse.settings) == key


def test_alerts_are_sent_while_airflow_is_not_well(
    warehouse: Airflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_airflow: Airflow, _say: state.Say) -> None:
        raise ConfigurationError("DAG files do not load")

    alert_sender.stop(warehouse.settings)
    monkeypatch.setattr(Airflow, "start", start)
    with pytest.raises(ConfigurationError, match="do not load"):
        up(warehouse.settings, say_nothing)
    assert alert_sender.alert_sender(warehouse.settings).is_running()


def test_two_ups_at_once_are_safe(warehouse: Airflow) -> None:
    before = _pids(warehouse)
    threads = [
        threading.Thread(target=up, args=(warehouse.settings, say_nothing), daemon=True)
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    assert _pids(warehouse) == before


def test_secrets_are_for_the_owner_only(warehouse: Airflow) -> None:
    folder = warehouse.settings.state
    readable = [
        path
        for name in ("secrets", "airflow", "run")
        for path in (folder / name).rglob("*")
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077 and _is_open_to_all(path)
    ]
    assert readable == []
    assert list((folder / "secrets").iterdir())
    for path in (folder / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def _is_open_to_all(path: Path) -> bool:
    return all(stat.S_IMODE(parent.stat().st_mode) & 0o001 for parent in path.parents)


def test_parent_of_the_state_folder_stays_closed(warehouse: Airflow) -> None:
    assert stat.S_IMODE(warehouse.settings.state.parent.stat().st_mode) == 0o700


def test_api_answers_on_loopback_only(warehouse: Airflow) -> None:
    ours = {process.pid for daemon in warehouse.daemons() for process in daemon.processes()}
    listening = {
        (connection.laddr[0], connection.laddr[1])
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.pid in ours
    }
    assert listening == {(loopback.ADDRESS, warehouse.port)}


def test_owner_of_the_warehouse_is_no_superuser(warehouse: Airflow) -> None:
    with psycopg.connect(dsn(warehouse.settings, OWNER)) as connection:
        row = connection.execute(
            "select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"
        ).fetchone()
    assert row == (False, True, False)


def test_roles_of_the_warehouse_stay_out_of_airflows_database(warehouse: Airflow) -> None:
    address = dsn(warehouse.settings, "bi_reader").rpartition("/")[0]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(f"{address}/{AIRFLOW_DATABASE}")


def test_fixed_port_that_a_running_service_does_not_have_is_refused(warehouse: Airflow) -> None:
    settings = warehouse.settings.model_copy(update={"airflow_port": loopback.free_port()})
    with pytest.raises(ConfigurationError, match="warehouse down"):
        up(settings, say_nothing)


def test_second_state_folder_is_a_second_warehouse(warehouse: Airflow, tmp_path: Path) -> None:
    other = Settings(state=tmp_path / "other")
    state.prepare(other)
    secrets = airflow_secrets(other)
    try:
        server = postgres.start(other, secrets, say_nothing)
        assert server.port != ports.remembered(warehouse.settings, ports.POSTGRES)
        assert server.pid() != postgres.server(warehouse.settings).pid()
        with psycopg.connect(server.url("warehouse")) as connection:
            assert connection.execute("select to_regclass('ops.files')").fetchone() == (None,)
    finally:
        postgres.server(other).stop()
    assert postgres.server(warehouse.settings).is_running()


def test_status_as_json_is_json_only(warehouse: Airflow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_STATE", str(warehouse.settings.state))
    get_settings.cache_clear()
    try:
        shown = CliRunner().invoke(app, ["status", "--json"])
        role = CliRunner().invoke(app, ["dsn", "--role", "bi_reader", "--json"])
        unknown = CliRunner().invoke(app, ["dsn", "--role", "nobody"])
    finally:
        get_settings.cache_clear()
    assert json.loads(shown.stdout)["state"] == str(warehouse.settings.state)
    assert json.loads(role.stdout)["dsn"] == dsn(warehouse.settings, "bi_reader")
    assert "there is no role nobody" in str(unknown.exception)


def test_what_was_killed_is_started_again_and_changed_settings_reach_all(
    warehouse: Airflow,
) -> None:
    before = _pids(warehouse)
    scheduler = psutil.Process(before["scheduler"])
    children = scheduler.children(recursive=True)
    assert children
    scheduler.kill()
    os.kill(postgres.server(warehouse.settings).pid() or 0, signal.SIGKILL)
    settings = warehouse.settings.model_copy(update={"airflow_parallelism": 2})
    after = _pids(up(settings, say_nothing))
    assert None not in after.values()
    assert not set(before.values()) & set(after.values())
    assert not [child for child in children if not has_ended(child)]
    assert set(status(settings)["health"].values()) == {"healthy"}


def test_down_stops_everything(warehouse: Airflow) -> None:
    dispose_engines()
    down(warehouse.settings, say_nothing)
    now = status(warehouse.settings)
    assert [service["name"] for service in now["services"]]
    assert not [service["name"] for service in now["services"] if service["is_running"]]


@pytest.mark.soak  # a minute: everything is started twice
def test_port_that_somebody_takes_while_we_start_is_left_to_them(
    warehouse: Airflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two warehouses that start at once both see it free. One must move, and must not take the
    other's healthy API for its own."""
    settings = warehouse.settings
    down(settings, say_nothing)
    with socket.socket() as other:
        other.bind((loopback.ADDRESS, 0))
        other.listen()
        port = other.getsockname()[1]
        (settings.state / "ports.json").write_text(json.dumps({"airflow": port}))
        first_look, is_free = iter([True]), loopback.is_free
        monkeypatch.setattr(
            loopback,
            "is_free",
            lambda asked: next(first_look, is_free(port)) if asked == port else is_free(asked),
        )
        moved = up(settings, say_nothing)
    assert moved.port != port
    assert moved.health()["metadatabase"]["status"] == "healthy"
