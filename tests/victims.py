"""Work done in a process of its own that is killed (-9) at a random instant.

The processes are forked from a server that has done the slow imports (15 s) and nothing else: a
fork of the test process itself would copy locks that threads of other tests hold.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.process import BaseProcess

from health_warehouse.settings import Settings

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["great_expectations", "dbt.cli.main", "path_work"])


def start(work: Callable[[Settings], None], settings: Settings) -> BaseProcess:
    process = _CONTEXT.Process(target=work, args=(settings,))
    process.start()
    return process


def kill_after(process: BaseProcess, seconds: float) -> bool:
    """Kill the process unless it ended before; whether the kill hit it."""
    process.join(seconds)
    was_alive = process.is_alive()
    process.kill()
    process.join()
    return was_alive


def finishes(process: BaseProcess, seconds: float) -> bool:
    """Whether the process ends by itself within `seconds`, without an error."""
    process.join(seconds)
    if process.is_alive():
        process.kill()
    process.join()
    return process.exitcode == 0
