"""The order of things: start, deliver, watch, sum up."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live
from rich.text import Text

from health_warehouse.demo import delivery, progress, summary
from health_warehouse.demo.progress import Ledger, TaskRun
from health_warehouse.errors import WarehouseError
from health_warehouse.services.airflow import Airflow
from health_warehouse.services.bring_up import up
from health_warehouse.settings import Settings

_TIMEOUT_SECONDS = 900
_SIGNS = {"success": "done", "failed": "FAILED", "up_for_retry": "will be tried again"}


def demo(settings: Settings, console: Console) -> None:
    """Start what does not run, deliver unless that was done before, wait, print the summary.

    Raises WarehouseError, naming the log to read, when a run fails or nothing comes of it in time.
    """
    started = time.monotonic()

    def say(message: str) -> None:
        stamp = f"{time.monotonic() - started:6.1f} s  "
        console.print(stamp + message, markup=False, highlight=False, soft_wrap=True)

    airflow = up(settings, say)
    say(f"Airflow answers at {airflow.url}")
    since = datetime.now(UTC)
    urls = delivery.deliver(settings, say)
    if not progress.read_ledger(settings, urls).is_published(len(urls)):
        say(
            "from here on the scheduler does everything; its next look into the inbox is due "
            "within a minute"
        )
        _watch(settings, airflow, urls, since, console)
    say("done")
    console.print()
    summary.show(settings, airflow, delivery.delivered_at(settings), console)


def _watch(
    settings: Settings, airflow: Airflow, urls: list[str], since: datetime, console: Console
) -> None:
    """Show what runs until the release holds the whole delivery."""
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    told: set[tuple[TaskRun, str]] = set()
    with Live(console=console, transient=True, refresh_per_second=4) as live:
        while True:
            ledger = progress.read_ledger(settings, urls)
            tasks = progress.read_tasks(airflow, since)
            _tell_ended(tasks, told, console)
            live.update(_now(ledger, tasks, len(urls)))
            if ledger.is_published(len(urls)):
                return
            _require_hope(settings, airflow, since, ledger, deadline)
            time.sleep(0.5)


def _tell_ended(tasks: list[TaskRun], told: set[tuple[TaskRun, str]], console: Console) -> None:
    for task in tasks:
        key = (task, task.state)
        if task.ended_at is None or key in told or task.state not in _SIGNS:
            continue
        told.add(key)
        sign = _SIGNS[task.state]
        line = f"{task.ended_at.astimezone():%H:%M:%S}  {task.title}: {sign}, {task.seconds:.1f} s"
        console.print(line, markup=False, highlight=False)


def _now(ledger: Ledger, tasks: list[TaskRun], file_count: int) -> Text:
    running = [task.title for task in tasks if task.ended_at is None]
    what = ", ".join(running) or "waiting for the scheduler's next run"
    return Text(f"{ledger.judged} of {file_count} files judged · {what}", style="cyan")


def _require_hope(
    settings: Settings, airflow: Airflow, since: datetime, ledger: Ledger, deadline: float
) -> None:
    failed = progress.failed_task(airflow, since)
    if failed is not None:
        because = f" ({ledger.incident})" if ledger.incident else ""
        raise WarehouseError(
            f"task {failed.title} failed{because}; read {failed.log(settings)}, "
            f"or the run in Airflow at {airflow.url}"
        )
    if time.monotonic() > deadline:
        raise WarehouseError(
            f"no release of the delivery after {_TIMEOUT_SECONDS // 60} minutes: "
            f"{ledger.judged} files judged; read {airflow.log('scheduler')} and "
            f"{airflow.log('dag-processor')}, or look at {airflow.url}"
        )
