"""Files dropped in an inbox become a release, by the real scheduler and by nothing else.

One warehouse is brought up for the module. The test drops files and waits; then it looks at what
came out, and at who did it. `_Story` is what happened; each test reads one side of it.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from health_warehouse.cli import app
from health_warehouse.database.connections import OWNER, dispose_engines, engine, stored_secrets
from health_warehouse.landing.ledger import entries
from health_warehouse.services.airflow import Airflow
from health_warehouse.services.bring_up import down, up
from health_warehouse.services.status import status
from health_warehouse.settings import Settings
from oracle.recount import Recount, read_folder, recount

_Found = TypeVar("_Found")
_PATIENCE_SECONDS = 480
_HOSTILE_NAME = "{{ 7*7 }}.xml"  # a template, if anybody rendered names of files

pytestmark = pytest.mark.timeout(1200)


@dataclass(frozen=True)
class _Marts:
    release_id: int
    facility_months: dict[tuple[str, Any], dict[str, Any]]
    encounter_count: int
    line_count: int
    billed_amount_vnd: Decimal


@dataclass(frozen=True)
class _Story:
    settings: Settings
    airflow: Airflow
    first: _Marts
    first_recount: Recount
    second: _Marts
    second_recount: Recount


@pytest.fixture(scope="module")
def story() -> Iterator[_Story]:
    folder = Path(tempfile.mkdtemp(prefix="warehouse-e2e-"))
    folder.chmod(0o711)  # the server runs as another user when the tests run as root
    settings = Settings(state=folder / "state", inbox_quiet_seconds=0)
    try:
        yield _live(settings, folder / "outbox")
    finally:
        dispose_engines()
        down(settings, _say)
        shutil.rmtree(folder, ignore_errors=True)


def test_the_first_release_equals_a_recount_of_the_files(story: _Story) -> None:
    _assert_equal(story.first, story.first_recount)


def test_a_duplicate_and_a_correction_lead_to_a_second_release_that_is_right(story: _Story) -> None:
    assert story.second.release_id > story.first.release_id
    _assert_equal(story.second, story.second_recount)
    changed = {
        key
        for key, row in story.second.facility_months.items()
        if row != story.first.facility_months.get(key)
    }
    assert len(changed) == 1, "the correction is of one dossier, so of one facility and month"


def test_the_ledger_says_of_each_delivery_what_the_recount_says(story: _Story) -> None:
    found = {entry["file"]: entry for entry in entries(story.settings)}
    counted_by = {name: entry for (name, _), entry in story.second_recount.ledger.items()}
    assert set(found) == set(counted_by)
    for name, expected in counted_by.items():
        entry = found[name]
        assert entry["status"] == expected.status, name
        for counted, wanted in (
            (entry["dossiers"], expected.dossiers),
            (entry["line_states"], expected.lines),
        ):
            assert {state: n for state, n in counted.items() if n} == dict(+wanted), name
    assert [entry["status"] for entry in found.values()].count("duplicate") == 1


def test_nothing_received_is_lost(story: _Story) -> None:
    received = entries(story.settings)
    assert received
    for entry in received:
        for counts in (entry["dossiers"], entry["line_states"]):
            states = dict(counts)
            assert states.pop("received") == sum(states.values()), entry["file"]


def test_all_of_it_ran_as_tasks_of_runs_that_the_scheduler_started(story: _Story) -> None:
    ran = story.airflow.query(
        "select t.dag_id, t.task_id, r.run_type, t.state from task_instance as t "
        "inner join dag_run as r using (dag_id, run_id) where t.state = 'success'"
    )
    assert {(dag_id, task_id) for dag_id, task_id, _, _ in ran} == {
        ("ingest_claims", "list_new_files"),
        ("ingest_claims", "load_batch"),
        ("ingest_claims", "report_changes"),
        ("build_release", "has_changes"),
        ("build_release", "prepare_build"),
        ("build_release", "build_staging"),
        ("build_release", "build_intermediate"),
        ("build_release", "build_marts"),
        ("build_release", "audit_candidate"),
        ("build_release", "publish_release"),
    }
    by_dag = {(dag_id, run_type) for dag_id, _, run_type, _ in ran}
    assert by_dag <= {
        ("ingest_claims", "scheduled"),
        ("build_release", "scheduled"),
        ("build_release", "asset_triggered"),
    }


def test_no_task_failed(story: _Story) -> None:
    assert _failures(story.airflow) == []


def test_names_of_files_are_not_rendered_as_templates(story: _Story) -> None:
    files = {entry["file"] for entry in entries(story.settings)}
    assert _HOSTILE_NAME in files
    assert "49.xml" not in files


def test_batches_have_names_that_people_can_read(story: _Story) -> None:
    rows = story.airflow.query(
        "select rendered_map_index from task_instance where task_id = 'load_batch' "
        "and state = 'success'"
    )
    assert rows
    assert all(re.fullmatch(r"batch \d+ of \d+: \d+ files?, [\d.]+ MB", row[0]) for row in rows)


def test_no_patient_and_no_secret_in_logs_or_in_airflow(story: _Story) -> None:
    """The canaries are all names, numbers and cards of this province, and our passwords."""
    with engine(story.settings, OWNER).connect() as connection:
        rows = connection.execute(
            text("select ho_ten, so_cccd, ma_the_bhyt, dien_thoai from raw.claims_xml1")
        ).all()
    canaries = {value for row in rows for value in row if value and len(value) > 5}
    canaries |= {value for value in stored_secrets(story.settings).values() if len(value) > 11}
    assert len(canaries) > 50
    assert not _seen(canaries, _log_texts(story)), "found in a log"
    assert not _seen(canaries, _metadata_texts(story.airflow)), "found in Airflow's metadata"


def _live(settings: Settings, outbox: Path) -> _Story:
    """Drop, wait, drop, wait."""
    inbox = settings.state / "inbox"
    inbox.mkdir(parents=True)
    options = ["--facilities=2", "--days=3", "--dossiers=60", "--defects=0.1", "--seed=7"]
    made = CliRunner().invoke(app, ["synth", str(outbox), *options])
    assert made.exit_code == 0, made.output
    for file in sorted(outbox.rglob("*.xml")):
        shutil.copy2(file, inbox)  # the modification time is the receipt
    (inbox / _HOSTILE_NAME).touch()
    first_recount = recount(read_folder(inbox))

    airflow = up(settings, _say)
    _until(airflow, lambda: _build_count(settings))
    assert len(entries(settings)) == len(first_recount.ledger)

    # While the first build runs: its stretch of changes is fixed, so these wait for the second.
    original = next(file for file in sorted(inbox.glob("*.xml")) if _corrected(file.read_bytes()))
    corrected = _corrected(original.read_bytes())
    assert corrected is not None
    shutil.copy(original, inbox / "sent_again.xml")
    (inbox / "corrected.xml.part").write_bytes(corrected)  # renamed when whole, as senders should
    (inbox / "corrected.xml.part").rename(inbox / "corrected.xml")
    second_recount = recount(read_folder(inbox))
    first = _until(airflow, lambda: _marts(settings))
    second = _until(airflow, lambda: _marts(settings, after=first.release_id))
    return _Story(settings, airflow, first, first_recount, second, second_recount)


def _build_count(settings: Settings) -> int:
    with engine(settings, "ops_reader").connect() as connection:
        return int(connection.execute(text("select count(*) from ops.builds")).scalar_one())


def _corrected(content: bytes) -> bytes | None:
    """The same file with one patient discharged by transfer; None when it has no such dossier.

    `MA_LOAI_RV` 1 (discharged) becomes 2 (transferred), a value that no rule of sums depends on.
    """
    for match in re.finditer(rb"<NOIDUNGFILE>([A-Za-z0-9+/=\s]+)</NOIDUNGFILE>", content):
        part = b64decode(match[1])
        if b"<TONG_HOP>" in part and b"<MA_LOAI_RV>1</MA_LOAI_RV>" in part:
            changed = part.replace(b"<MA_LOAI_RV>1<", b"<MA_LOAI_RV>2<", 1)
            return content[: match.start(1)] + b64encode(changed) + content[match.end(1) :]
    return None


def _marts(settings: Settings, after: int = 0) -> _Marts | None:
    """What a reader sees, in one transaction; None before a release later than `after`."""
    with engine(settings, "ops_reader").connect() as connection:
        release_id = connection.execute(
            text("select release_id from ops.releases where status = 'current'")
        ).scalar_one_or_none()
    if release_id is None or release_id <= after:
        return None
    with engine(settings, "bi_reader").connect() as connection:
        months = connection.execute(text("select * from marts.rpt_facility_months")).mappings()
        encounters = connection.execute(text("select count(*) from marts.fct_encounters"))
        lines = connection.execute(
            text("select count(*), coalesce(sum(billed_amount_vnd), 0) from marts.fct_claim_lines")
        ).one()
        return _Marts(
            release_id=release_id,
            facility_months={
                (row["facility_id"], row["month_start_date"]): dict(row) for row in months
            },
            encounter_count=encounters.scalar_one(),
            line_count=lines[0],
            billed_amount_vnd=lines[1],
        )


def _assert_equal(marts: _Marts, counted: Recount) -> None:
    assert counted.facility_months
    assert set(marts.facility_months) == set(counted.facility_months)
    for key, month in counted.facility_months.items():
        expected = month.as_json()
        row = marts.facility_months[key]
        assert {name: Decimal(str(row[name])) for name in expected} == {
            name: Decimal(str(value)) for name, value in expected.items()
        }, key
    assert marts.encounter_count == counted.encounter_count
    assert marts.line_count == counted.line_count
    assert marts.billed_amount_vnd == counted.billed_amount_vnd


def _until(airflow: Airflow, found: Callable[[], _Found | None]) -> _Found:
    """What `found` returns as soon as it is true; a task that fails meanwhile ends the wait."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not (value := found()):
        failures = _failures(airflow)
        assert not failures, f"failed: {failures}\n{_last_lines(airflow)}"
        assert time.monotonic() < deadline, f"nothing after {_PATIENCE_SECONDS} s"
        time.sleep(0.5)
    return value


def _failures(airflow: Airflow) -> list[tuple[Any, ...]]:
    return airflow.query(
        "select dag_id, task_id, run_id from task_instance where state = 'failed' order by 1, 2, 3"
    )


def _last_lines(airflow: Airflow) -> str:
    """Errors of the tasks' logs: what a person would look for first."""
    events = []
    for log in sorted((airflow.settings.logs_dir / "airflow").rglob("attempt=*.log")):
        for line in log.read_text(encoding="utf-8").splitlines():
            record = json.loads(line) if line.startswith("{") else {}
            if record.get("level") == "error":
                events.append(f"{log.parent.name}: {record['event']}")
    return "\n".join(events[-5:])


def _log_texts(story: _Story) -> Iterator[str]:
    logs = [path for path in story.settings.logs_dir.rglob("*") if path.is_file()]
    server_log = story.settings.state / "postgres" / "server.log"
    assert any(path.name.startswith("attempt=") for path in logs)
    for path in [*logs, server_log]:
        yield path.read_text(encoding="utf-8", errors="replace")


def _metadata_texts(airflow: Airflow) -> Iterator[str]:
    for table in ("xcom", "rendered_task_instance_fields", "dag_run", "log", "task_instance"):
        rows = airflow.query(f"select row_to_json(t)::text from {table} as t")
        assert rows, f"{table} is empty: nothing was looked at"
        yield from (row[0] for row in rows)


def _seen(canaries: set[str], texts: Iterator[str]) -> int:
    """How many canaries are in the texts; not which, for this message is printed."""
    found: set[str] = set()
    for content in texts:
        found |= {canary for canary in canaries if canary in content}
    return len(found)


def _say(_message: str) -> None:
    """Progress is not for a test."""


def test_down_stops_everything(story: _Story) -> None:
    """Last in the file: the other tests ask the running services."""
    dispose_engines()
    down(story.settings, _say)
    now = status(story.settings)
    assert [service["name"] for service in now["services"]]
    assert not [service["name"] for service in now["services"] if service["is_running"]]
