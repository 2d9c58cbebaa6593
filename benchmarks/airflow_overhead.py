"""The time that Airflow adds to each task on the critical path of its runs.

    python -m benchmarks.airflow_overhead --demo
    WAREHOUSE_STATE=… python -m benchmarks.airflow_overhead [--hours 24]

Reads the metadata and the task logs of a running warehouse, or of a demo that it starts in a folder
of its own and stops; writes nothing. Of each task: *before*, from the end of the task before it (of
the first: from the start of the run) until our function begins, and *after*, from the return of our
function to the end of the task. When our function began and ended is what the task's log says:
`task_instance.start_date` is of the process of the task, not of the function, and `ops` knows
builds and releases, not tasks. What our function imports is ours.

A run with a task that was tried again is left out: it waited for a back-off that we set. Of the
batches of a run the first one counts: the others may have waited for a slot of our own pool.
"""

from __future__ import annotations

import json
import tempfile
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.commands import run_command
from health_warehouse.demo.progress import TaskRun, read_tasks
from health_warehouse.services.airflow import Airflow
from health_warehouse.services.bring_up import airflow
from health_warehouse.settings import Settings, get_settings

BAR_SECONDS = 10.0
PATHS = {
    "ingest_claims": ("list_new_files", "load_batch", "report_changes"),
    "build_release": (
        "has_changes",
        "prepare_build",
        "build_staging",
        "build_intermediate",
        "build_marts",
        "audit_candidate",
        "publish_release",
    ),
}
# Airflow 3.3.2 puts what it does around our function into foldable groups of the log.
_BEFORE_ENDS = "::endgroup::"
_AFTER_BEGINS = "::group::Post Execute"
_RUNS = "select dag_id, run_id, start_date from dag_run where start_date >= '{since}'"

Run = tuple[str, str]
"""DAG id, run id."""


@dataclass(frozen=True)
class Added:
    """Seconds that Airflow added to one task of one run."""

    dag_id: str
    task_id: str
    before: float
    after: float

    @property
    def seconds(self) -> float:
        return self.before + self.after


def added_to_runs(
    tasks: Iterable[TaskRun], starts: Mapping[Run, datetime], settings: Settings
) -> Iterator[Added]:
    """Of every task on the path of a run, as far as the run came."""
    runs: dict[Run, list[TaskRun]] = defaultdict(list)
    for task in tasks:
        runs[task.dag_id, task.run_id].append(task)
    for run, of_run in runs.items():
        is_steady = all(task.try_number == 1 and task.ended_at for task in of_run)
        if run in starts and run[0] in PATHS and is_steady:
            yield from _added_to_run(PATHS[run[0]], of_run, starts[run], settings)


def _added_to_run(
    path: Sequence[str], tasks: Sequence[TaskRun], start: datetime, settings: Settings
) -> Iterator[Added]:
    ready_at = start
    for task_id in path:
        instances = [task for task in tasks if task.task_id == task_id]
        if not instances:
            return
        first = min(instances, key=lambda task: task.started_at)
        function = function_times(first.log(settings))
        if function is None or first.ended_at is None:
            return
        began, ended = function
        yield Added(
            first.dag_id,
            task_id,
            (began - ready_at).total_seconds(),
            (first.ended_at - ended).total_seconds(),
        )
        ready_at = max(task.ended_at for task in instances if task.ended_at)


def function_times(log: Path) -> tuple[datetime, datetime] | None:
    """When our function began and ended, by the log of the task; None when that does not say."""
    began: datetime | None = None
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        record = json.loads(line)
        if began is None and record["event"] == _BEFORE_ENDS:
            began = datetime.fromisoformat(record["timestamp"])
        elif began is not None and record["event"] == _AFTER_BEGINS:
            return began, datetime.fromisoformat(record["timestamp"])
    return None


def measure(service: Airflow, since: datetime) -> list[Added]:
    starts = {
        (dag_id, run_id): start
        for dag_id, run_id, start in service.query(_RUNS.format(since=since.isoformat()))
    }
    return list(added_to_runs(read_tasks(service, since), starts, service.settings))


@contextmanager
def demonstrated() -> Iterator[Settings]:
    """A warehouse whose services have run the demo, until the context ends."""
    with tempfile.TemporaryDirectory(prefix="warehouse-bench-") as name:
        state = Path(name) / "state"
        try:
            run_command(state, "demo")
            yield Settings(state=state)
        finally:
            run_command(state, "down")


def table(found: Sequence[Added]) -> Table:
    shown = Table("DAG", "task", "runs", "before", "after", "median", "worst",
                  title="Seconds that Airflow adds")  # fmt: skip
    for dag_id, path in PATHS.items():
        for task_id in path:
            of_task = [one for one in found if (one.dag_id, one.task_id) == (dag_id, task_id)]
            if not of_task:
                continue
            seconds = [one.seconds for one in of_task]
            figures = (
                median(one.before for one in of_task),
                median(one.after for one in of_task),
                median(seconds),
                max(seconds),
            )
            cells = (f"{figure:.1f}" for figure in figures)
            shown.add_row(dag_id, task_id, str(len(of_task)), *cells)
    return shown


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m benchmarks.airflow_overhead", description=__doc__)
    parser.add_argument("--hours", type=float, default=24, help="runs of the last so many hours")
    parser.add_argument("--demo", action="store_true", help="of a demo, started for it")
    given = parser.parse_args(arguments)
    since = datetime.now(UTC) - timedelta(hours=given.hours)
    with demonstrated() if given.demo else nullcontext(get_settings()) as settings:
        found = measure(airflow(settings), since)
    console = Console()
    if not found:
        console.print("no run in that time; see `warehouse status`")
        return
    console.print(table(found))
    seconds = [one.seconds for one in found]
    console.print(
        f"median {median(seconds):.1f} s, worst {max(seconds):.1f} s; bar: {BAR_SECONDS:.0f} s"
    )


if __name__ == "__main__":
    main()
