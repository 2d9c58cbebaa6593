"""Each thing that can be wrong on the machine is made wrong: it is found, and only it."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from one_finding import only
from sqlalchemy import text
from typer.testing import CliRunner

from health_warehouse import cli
from health_warehouse.database.connections import owner_url
from health_warehouse.doctor import machine, packages, sessions
from health_warehouse.private_files import write_private
from health_warehouse.services import ports
from health_warehouse.settings import Settings, get_settings

VACUUM = {"vacuum", "autovacuum", "transaction ids", "transactions"}


VACUUM = {"vacuum", "autovacuum", "transaction ids", "transactions"}


def test_a_disk_that_fills_up(healthy: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_LITTLE_SPACE", 2**62)
    assert only(healthy, "disk").level == "warning"
    monkeypatch.setattr(machine, "_NO_SPACE", 2**62)
    assert only(healthy, "disk").level == "error"


@pytest.mark.parametrize("name", ["secrets", "archive", "secrets/of a test", "warehouse.env"])
def test_a_path_that_others_can_read(healthy: Settings, name: str) -> None:
    path = healthy.state / name
    if not path.exists():
        write_private(path, "# secret")
    path.chmod(path.stat().st_mode | 0o004)
    finding = only(healthy, "permissions")
    assert finding.level == "error"
    assert finding.remedy == f"chmod {'0700' if path.is_dir() else '0600'} {path}"


def test_a_mistyped_setting(healthy: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_ALERT_TOO", "hunter2")
    finding = only(healthy, "settings")
    assert finding.level == "warning"
    assert "WAREHOUSE_ALERT_TOO in the environment is no setting" in finding.what
    assert finding.remedy == "did you mean WAREHOUSE_ALERT_TO?"


@pytest.mark.parametrize(
    ("line", "told", "remedy"),
    [
        ("WAREHUOSE_DSN=hunter2", "WAREHUOSE_DSN in line 3 of", "did you mean WAREHOUSE_DSN?"),
        ("export WAREHOUSE_COLOUR=hunter2", "WAREHOUSE_COLOUR in line 3 of", "unset it; "),
        ("WAREHOUSE_DSN: hunter2", "line 3 of", "correct the line"),
        ("hunter2", "line 3 of", "correct the line"),
        ("='hunter2", "line 3 of", "correct the line"),
    ],
)
def test_a_line_of_the_settings_that_does_nothing(
    healthy: Settings, line: str, told: str, remedy: str
) -> None:
    lines = ["# settings", "WAREHOUSE_ALERT_TO=a@b", line, "", "warehouse_dsn=postgresql://a"]
    write_private(healthy.state / "warehouse.env", "\n".join(lines))
    finding = only(healthy, "settings")
    assert finding.what.startswith(told)
    assert finding.remedy.startswith(remedy)
    assert "hunter2" not in finding.what + finding.remedy


def test_a_contract_with_a_mistake(healthy: Settings, tmp_path: Path) -> None:
    (tmp_path / "claims.yml").write_text("owner: A\ngate: hld\n")
    finding = only(healthy.model_copy(update={"feeds": tmp_path}), "contracts")
    assert f"{tmp_path}/claims.yml:2: `gate`: 'hld' does not fit: write hold" in finding.what
    gone = healthy.model_copy(update={"feeds": tmp_path / "gone"})
    assert "WAREHOUSE_FEEDS is " in only(gone, "contracts").what


def test_a_port_that_somebody_took(healthy: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        write_private(healthy.state / "ports.json", json.dumps({ports.AIRFLOW.name: port}))
        finding = only(healthy, "ports")
    assert str(port) in finding.what
    assert "WAREHOUSE_AIRFLOW_PORT" in finding.remedy


def test_a_package_of_another_version(
    healthy: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "runtime.txt"
    lock.write_text("lxml==0.1 \\\n    --hash=sha256:00\nno-such-package==1\n")
    monkeypatch.setattr(packages, "locked", lambda: dict(packages._PIN.findall(lock.read_text())))
    finding = only(healthy, "packages")
    assert "locked: 0.1" in finding.what
    assert "no-such-package missing" in finding.what


def test_the_lock_file_is_read() -> None:
    locked = packages.locked()
    assert len(locked) > 100
    assert locked["great-expectations"] == "1.24.1"


def test_a_server_that_is_down_is_one_finding_that_names_what_was_not_looked_at(
    healthy: Settings,
) -> None:
    nowhere = owner_url(healthy).set(port=1).render_as_string(hide_password=False)
    finding = only(Settings(state=healthy.state, dsn=nowhere), "database")
    assert "\n" not in finding.what
    named = finding.what.rpartition("not looked at: ")[2].split(", ")
    assert set(named) == {
        "arrivals",
        "calendar",
        "facilities",
        "feeds",
        "groups of readers",
        "server",
        "schema",
        "unfinished",
        "roles",
        "person key",
        "sessions",
        "turns",
        "locks",
        "session settings",
        "connections",
        "rights of all",
        "readers",
        "builds",
        "hold",
        "receipts",
        *VACUUM,
    }
    assert "warehouse up" in finding.remedy


def test_a_check_that_takes_too_long_is_not_a_server_that_is_down(
    healthy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = "set local statement_timeout = 1; select pg_sleep(9)"
    monkeypatch.setattr(sessions, "_STALE", text(slow))
    finding = only(healthy, "sessions")
    assert finding.what == "could not be looked at: OperationalError"


def test_the_command_tells_the_findings_and_fails(
    healthy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in healthy.as_environment().items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    quiet = CliRunner().invoke(cli.app, ["doctor", "--json"])
    assert (quiet.exit_code, json.loads(quiet.stdout)) == (0, [])
    (healthy.state / "archive").chmod(0o755)
    loud = CliRunner().invoke(cli.app, ["doctor", "--json"])
    assert loud.exit_code == 1
    assert [finding["check"] for finding in json.loads(loud.stdout)] == ["permissions"]
    get_settings.cache_clear()
