"""What Airflow adds is what lies between our functions, by its metadata and its logs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.airflow_overhead import Added, added_to_runs
from health_warehouse.demo.progress import TaskRun
from health_warehouse.settings import Settings

START = datetime(2026, 1, 1, tzinfo=UTC)
RUN = ("ingest_claims", "scheduled__1")


def _at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def _task(task_id: str, seconds: tuple[float, float], map_index: int = -1) -> TaskRun:
    return TaskRun(*RUN[:1], task_id, RUN[1], map_index, 1, "success", *map(_at, seconds))


def _write_log(settings: Settings, task: TaskRun, began: float, ended: float) -> None:
    lines = [
        (began - 1, "::group::Pre Execute"),
        (began, "::endgroup::"),
        (ended, "::group::Post Execute"),
        (ended + 1, "::endgroup::"),
    ]
    log = task.log(settings)
    log.parent.mkdir(parents=True)
    log.write_text(
        "".join(
            json.dumps({"timestamp": _at(second).isoformat(), "event": event}) + "\n"
            for second, event in lines
        )
    )


def test_time_outside_our_functions_is_what_airflow_adds(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    listing = _task("list_new_files", (2, 9))
    batches = [_task("load_batch", (11, 30), 0), _task("load_batch", (20, 40), 1)]
    report = _task("report_changes", (42, 50))
    for task, began, ended in (
        (listing, 4, 8),
        (batches[0], 12, 29),
        (batches[1], 33, 39),
        (report, 43, 48),
    ):
        _write_log(settings, task, began, ended)

    found = list(added_to_runs([report, *batches, listing], {RUN: START}, settings))

    assert found == [
        Added("ingest_claims", "list_new_files", 4, 1),
        Added("ingest_claims", "load_batch", 3, 1),
        Added("ingest_claims", "report_changes", 3, 2),
    ]


def test_a_run_that_ended_early_counts_as_far_as_it_came(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    listing = _task("list_new_files", (2, 9))
    _write_log(settings, listing, 4, 8)

    assert len(list(added_to_runs([listing], {RUN: START}, settings))) == 1


def test_a_run_that_waited_for_our_own_back_off_is_left_out(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    again = TaskRun(*RUN[:1], "list_new_files", RUN[1], -1, 2, "success", _at(2), _at(9))
    _write_log(settings, again, 4, 8)

    assert list(added_to_runs([again], {RUN: START}, settings)) == []
