from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from health_warehouse.demo.progress import Ledger, TaskRun, read_ledger
from health_warehouse.demo.queries import asked
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.settings import Settings


def test_nothing_is_published_before_all_files_are_judged(settings: Settings) -> None:
    ledger = read_ledger(settings, ["file:///inbox/a.xml"])
    assert (ledger.judged, ledger.release_id) == (0, None)
    assert not ledger.is_published(1)


def test_refused_file_counts_as_judged(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "broken.xml"
    path.write_text("<no envelope/>")
    deliveries = list_new(settings, [str(tmp_path)])
    ingest(settings, deliveries)
    assert read_ledger(settings, [deliveries[0].uri]).judged == 1


@pytest.mark.parametrize(
    ("ledger", "expected"),
    [
        (Ledger(2, 9, 1, 9, None), True),
        (Ledger(1, 9, 1, 9, None), False),
        (Ledger(2, 9, 1, 8, None), False),
        (Ledger(2, 9, None, None, None), False),
    ],
)
def test_published_means_every_file_and_every_change(ledger: Ledger, expected: bool) -> None:
    assert ledger.is_published(2) is expected


def test_log_of_a_task_is_where_airflow_writes_it(tmp_path: Path) -> None:
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    task = TaskRun("ingest_claims", "load_batch", "run1", 3, 2, "failed", moment, None)
    expected = (
        "airflow/dag_id=ingest_claims/run_id=run1/task_id=load_batch/map_index=3/attempt=2.log"
    )
    settings = Settings(state=tmp_path)
    assert task.log(settings) == settings.logs_dir / expected


def test_three_questions_are_asked_that_the_project_answers() -> None:
    assert len({one.name for one in asked()}) == 3
