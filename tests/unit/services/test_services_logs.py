from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from health_warehouse.services import logs
from health_warehouse.services.logs import Trimmed, trim
from health_warehouse.settings import Settings

LINE = b"0123456789abcde\n"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A folder with a large and a small service log, and an old and a young task log."""
    monkeypatch.setattr(logs, "MAX_BYTES", 100 * len(LINE))
    monkeypatch.setattr(logs, "_KEPT_BYTES", 10 * len(LINE) + 3)
    settings = Settings(state=tmp_path)
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "server.log").write_bytes(LINE * 101)
    _task_log(settings, "old", days=31)
    _task_log(settings, "young", days=29)
    (settings.logs_dir / "airflow-scheduler.log").write_bytes(LINE * 100)
    return settings


def _task_log(settings: Settings, run: str, days: int) -> None:
    path = settings.logs_dir / "airflow" / f"run_id={run}" / "attempt=1.log"
    path.parent.mkdir(parents=True)
    path.write_bytes(LINE)
    moment = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def _all(settings: Settings) -> set[str]:
    return {str(path.relative_to(settings.state)) for path in settings.state.rglob("*")}


def test_what_is_large_or_old_goes_and_the_rest_stays(settings: Settings) -> None:
    before = _all(settings)
    assert trim(settings, keep_days=30).services == 1
    gone = {"logs/airflow/run_id=old", "logs/airflow/run_id=old/attempt=1.log"}
    assert _all(settings) == before - gone | {"postgres/server.log.1"}
    assert (settings.logs_dir / "airflow-scheduler.log").stat().st_size == 100 * len(LINE)


def test_a_service_that_has_its_log_open_goes_on_at_the_new_end(settings: Settings) -> None:
    log = settings.state / "postgres" / "server.log"
    with log.open("ab") as service:
        trim(settings, keep_days=30)
        service.write(b"next\n")
    assert log.read_bytes() == b"next\n"


def test_the_end_of_an_emptied_log_is_kept_in_whole_lines_for_the_owner(settings: Settings) -> None:
    trim(settings, keep_days=30)
    kept = settings.state / "postgres" / "server.log.1"
    assert kept.read_bytes() == LINE * 10
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_dry_run_says_the_same_and_keeps_all(settings: Settings) -> None:
    before = _all(settings)
    planned = trim(settings, keep_days=30, dry_run=True)
    assert _all(settings) == before
    assert planned == Trimmed(1, 1, 101 * len(LINE) + len(LINE) - 10 * len(LINE) - 3)
    assert trim(settings, keep_days=30) == planned


def test_nothing_is_done_before_anything_ran(tmp_path: Path) -> None:
    assert trim(Settings(state=tmp_path / "none"), keep_days=1) == Trimmed(0, 0, 0)
