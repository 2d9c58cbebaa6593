"""Two processes that load and check batches, as the tasks of `ingest_claims` do."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import NamedTuple

from health_warehouse.landing import batches
from health_warehouse.landing.delivery import Delivery
from health_warehouse.landing.ingest import load_deliveries
from health_warehouse.settings import Settings

WORKERS = 2
"""As many as `landing_pool` has slots."""
_BATCHES_PER_WORKER = 2
_ready: Barrier


class Loaded(NamedTuple):
    """What one worker has made of a batch: processor time in seconds, its peak memory so far in
    megabytes (10^6)."""

    outcomes: dict[str, int]
    processor: float
    peak_mb: float


@contextmanager
def workers() -> Iterator[ProcessPoolExecutor]:
    """Processes that have imported what they need: the start of a task is measured elsewhere."""
    context = get_context("spawn")
    barrier = context.Barrier(WORKERS)
    with ProcessPoolExecutor(WORKERS, context, _take_barrier, (barrier,)) as pool:
        list(pool.map(_meet, range(WORKERS)))
        yield pool


def cut(deliveries: Sequence[Delivery]) -> list[list[Delivery]]:
    """Batches as the DAG cuts them; smaller ones when there is less than fills its workers."""
    total = sum(delivery.byte_count for delivery in deliveries)
    share = total // (WORKERS * _BATCHES_PER_WORKER) + 1
    return batches.group(
        deliveries,
        lambda delivery: delivery.byte_count,
        max_files=min(batches.MAX_FILES, len(deliveries) // WORKERS + 1),
        max_bytes=min(batches.MAX_BYTES, share),
    )


def load_batch(settings: Settings, deliveries: list[Delivery]) -> Loaded:
    """Archive to committed rows; nothing is judged."""
    started = time.process_time()
    report = load_deliveries(settings, deliveries)
    if report.errors:
        raise RuntimeError(report.errors[0])
    return Loaded(report.outcomes, time.process_time() - started, _peak_mb())


def import_checks(settings: Settings) -> None:
    """Judge nothing, at a place where the other workers do so, too: Great Expectations takes 9 s
    to import, which is not measured."""
    from health_warehouse.quality.runner import judging

    with judging(settings, "loader", "select * from ops.files where false") as judge:
        judge("nothing", ())
    _ready.wait()


def check_batch(settings: Settings, file_ids: list[int]) -> int:
    """Judge these files as one batch; how many findings."""
    from health_warehouse.landing.judging import check_files

    return check_files(settings, file_ids).findings


def _take_barrier(barrier: Barrier) -> None:
    global _ready
    _ready = barrier


def _meet(_number: int) -> None:
    _ready.wait()


def _peak_mb() -> float:
    """Not ru_maxrss: that starts with what the parent had."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 / 1e6 if found else 0.0
