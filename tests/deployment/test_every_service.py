"""Every service of docker-compose.yml by its own command line, on this machine instead of Docker.

Postgres, Redis, the migrations, Airflow's services with FAB, a Celery worker: started in compose's
order, each waited for by its own health check. Then a task goes through the broker, and four
persons with the four roles do what they may, by the API and in a browser.
"""

from __future__ import annotations

import http.client
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page

from browser import chromium
from compose_file import SERVICES
from compose_postgres import postgres
from containers_outside_docker import Containers
from health_warehouse.loopback import free_port
from mail_server import MailServer, parts

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

_PATIENCE_SECONDS = 600
_UPKEEP, _RELEASE = "maintain_warehouse", "build_release"
_PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with MailServer().running() as server:
        yield server


@pytest.fixture(scope="module")
def containers(tmp_path_factory: pytest.TempPathFactory, mail: MailServer) -> Iterator[Containers]:
    found = Containers(tmp_path_factory.mktemp("containers"), free_port())
    found.env_files["alerts.env"] = {
        "WAREHOUSE_ALERT_TO": "duty@province.example",
        "WAREHOUSE_ALERT_FROM": "warehouse@province.example",
        "WAREHOUSE_ALERT_SMTP_HOST": "127.0.0.1",
        "WAREHOUSE_ALERT_SMTP_PORT": str(mail.port),
        "WAREHOUSE_ALERT_SMTP_SECURITY": "none",
    }
    found.env_files["warehouse.env"] = {"WAREHOUSE_ALERT_NAME": "So Y te"}
    with postgres(found), found.running("redis"):
        found.run("migrate")
        found.run("migrate")  # as with each upgrade: nothing is made twice
        with (
            found.running("api-server"),
            found.running("scheduler", "dag-processor", "triggerer", "worker", "alerts"),
        ):
            yield found


@pytest.fixture(scope="module")
def persons(containers: Containers) -> dict[str, str]:
    """A token of each role."""
    admin = _token(containers, "admin", containers.values["AIRFLOW_ADMIN_PASSWORD"])
    tokens = {"admin": admin}
    for role in ("viewer", "operator", "approver"):
        status, answer = _ask(containers, "POST", "/auth/fab/v1/users", admin, _person(role))
        assert status == http.client.OK, answer
        tokens[role] = _token(containers, role, _PASSWORD)
    return tokens


def test_no_service_is_left_out(containers: Containers) -> None:
    assert {path.stem for path in containers.folder.glob("*.log")} == set(SERVICES)


def test_task_goes_through_the_broker_to_a_worker(
    containers: Containers, persons: dict[str, str]
) -> None:
    run_id = _trigger(containers, persons["operator"], _UPKEEP)
    _until(lambda: _state(containers, persons["viewer"], run_id) == "success")
    assert (containers.folder / "state/logs/airflow" / f"dag_id={_UPKEEP}").is_dir()
    assert "execute_workload" in containers.log("worker").read_text()


def test_delivery_is_published_by_workers(containers: Containers) -> None:
    """dbt, Great Expectations and the loader, with no more than a worker holds."""
    outbox = containers.folder / "outbox"
    size = ("--facilities=1", "--days=1", "--dossiers=5")
    containers.execute("worker", "warehouse", "synth", str(outbox), *size)
    files = sorted(outbox.rglob("*.xml"))
    assert files
    for file in files:
        shutil.copy2(file, containers.folder / "state" / "inbox")
    _until(lambda: _is_published(containers))


def test_failure_in_a_worker_is_one_mail(
    containers: Containers, persons: dict[str, str], mail: MailServer
) -> None:
    """A facility that never sent anything is refused, at once and for good."""
    _start(containers, persons["approver"], _RELEASE, {"facility": "00000"})
    title = "Task build_release.has_changes failed"
    _until(lambda: any(title in subject for subject in mail.subjects))
    [told] = [one for one in mail.received if title in str(one["Subject"])]
    assert str(told["Subject"]) == f"[So Y te] {title}", "by a setting of warehouse.env"
    assert f"{containers.url}/dags/{_RELEASE}/runs/" in parts(told)[0]


def test_backup_of_a_worker_is_a_whole_warehouse_elsewhere(
    containers: Containers, tmp_path: Path
) -> None:
    _until(lambda: _is_published(containers))
    folder = tmp_path / "backup"
    containers.execute("worker", "warehouse", "backup", str(folder))
    (tmp_path / "elsewhere").mkdir()
    elsewhere = Containers(tmp_path / "elsewhere", free_port(), containers.values)
    with postgres(elsewhere):
        elsewhere.execute("worker", "warehouse", "restore", str(folder))
        elsewhere.run("migrate")
        assert _counted(elsewhere) == _counted(containers)
        assert _is_published(elsewhere)


@pytest.mark.parametrize(
    ("dag_id", "may"),
    [(_UPKEEP, {"operator", "admin"}), (_RELEASE, {"approver", "admin"})],
)
def test_who_may_start_a_dag(
    containers: Containers, persons: dict[str, str], dag_id: str, may: set[str]
) -> None:
    started = {role for role in persons if _may_trigger(containers, persons[role], dag_id)}
    assert started == may


def test_everybody_reads_and_only_an_admin_sees_logins(
    containers: Containers, persons: dict[str, str]
) -> None:
    everybody = {"viewer", "operator", "approver", "admin"}
    for path, expected in {
        "/api/v2/dags": everybody,
        "/auth/fab/v1/users": {"admin"},
        "/api/v2/connections": {"admin"},
    }.items():
        allowed = {role for role in persons if _may_read(containers, path, persons[role])}
        assert allowed == expected, path


def test_nobody_reads_without_a_login(containers: Containers) -> None:
    assert _ask(containers, "GET", "/api/v2/dags", "")[0] == http.client.UNAUTHORIZED


def test_operator_logs_in_with_a_browser(
    containers: Containers, persons: dict[str, str], tmp_path: Path
) -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.goto(containers.url)
        _log_in(page, "operator", "wrong " + _PASSWORD)
        page.get_by_text("Invalid login").wait_for()
        _log_in(page, "operator", _PASSWORD)
        page.get_by_role("link", name="Dags").first.click()
        page.get_by_role("link", name=_UPKEEP).first.wait_for()
        page.screenshot(path=tmp_path / "dags.png")


def test_secrets_are_in_no_command_line_and_no_log(containers: Containers) -> None:
    import psutil

    secrets = [value for name, value in containers.values.items() if len(value) > 20]
    lines = " ".join(" ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"]))
    logs = "".join(path.read_text(errors="replace") for path in containers.folder.glob("*.log"))
    assert logs
    assert not [secret for secret in secrets if secret in lines]
    assert not [secret for secret in secrets if secret in logs]


def test_databases_are_apart(containers: Containers) -> None:
    """The owner of the warehouse does not reach Airflow's metadata, nor the other way round."""
    password = containers.values["WAREHOUSE_OWNER_PASSWORD"]
    address = f"127.0.0.1:{containers.postgres_port}"
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(f"postgresql://warehouse_owner:{password}@{address}/airflow")


def _is_published(containers: Containers) -> bool:
    releases = json.loads(containers.execute("worker", "warehouse", "releases", "--json"))
    return any(one["status"] == "current" for one in releases)


def _counted(containers: Containers) -> tuple[int, ...]:
    password = containers.values["POSTGRES_PASSWORD"]
    address = f"postgresql://postgres:{password}@127.0.0.1:{containers.postgres_port}/warehouse"
    with psycopg.connect(address) as connection:
        row = connection.execute(
            "select (select count(*) from marts.fct_encounters),"
            " (select count(*) from marts.fct_claim_lines), (select count(*) from raw.claims_xml1)"
        ).fetchone()
    assert row is not None
    assert all(row)
    return row


def _log_in(page: Page, login: str, password: str) -> None:
    page.locator("#username").fill(login)
    page.locator("#password").fill(password)
    page.locator("input[type=submit]").click()


def _person(role: str) -> dict[str, Any]:
    return {
        "username": role,
        "password": _PASSWORD,
        "first_name": role,
        "last_name": role,
        "email": f"{role}@example.org",
        "roles": [{"name": role}],
    }


def _trigger(containers: Containers, token: str, dag_id: str) -> str:
    return _start(containers, token, dag_id, {"dry_run": True})


def _start(containers: Containers, token: str, dag_id: str, parameters: dict[str, Any]) -> str:
    body = {"logical_date": None, "conf": parameters}
    status, answer = _ask(containers, "POST", f"/api/v2/dags/{dag_id}/dagRuns", token, body)
    assert status == http.client.OK, answer
    return str(answer["dag_run_id"])


def _may_trigger(containers: Containers, token: str, dag_id: str) -> bool:
    body = {"logical_date": None, "conf": {"dry_run": True}}
    status, answer = _ask(containers, "POST", f"/api/v2/dags/{dag_id}/dagRuns", token, body)
    assert status in (http.client.OK, http.client.FORBIDDEN), answer
    return status == http.client.OK


def _may_read(containers: Containers, path: str, token: str) -> bool:
    status, answer = _ask(containers, "GET", path, token)
    assert status in (http.client.OK, http.client.FORBIDDEN), answer
    return status == http.client.OK


def _state(containers: Containers, token: str, run_id: str) -> str:
    path = f"/api/v2/dags/{_UPKEEP}/dagRuns/{run_id}"
    status, answer = _ask(containers, "GET", path, token)
    assert status == http.client.OK, answer
    assert answer["state"] != "failed", containers.end_of_log("worker")
    return str(answer["state"])


def _token(containers: Containers, login: str, password: str) -> str:
    body = {"username": login, "password": password}
    status, answer = _ask(containers, "POST", "/auth/token", "", body)
    assert status == http.client.CREATED, answer
    return str(answer["access_token"])


def _ask(
    containers: Containers, verb: str, path: str, token: str, body: Any = None
) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection("127.0.0.1", containers.ports["api-server"], timeout=60)
    try:
        connection.request(verb, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text.startswith((b"{", b"[")) else text
    finally:
        connection.close()


def _until(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not found():
        assert time.monotonic() < deadline, f"nothing after {_PATIENCE_SECONDS} s"
        time.sleep(0.5)
