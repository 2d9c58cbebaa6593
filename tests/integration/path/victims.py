"""Work done in a forked process that is killed (-9) at a random instant."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable

from health_warehouse.database import connections

FINISHED, FAILED = 0, 1


def run_in_child(work: Callable[[], object]) -> int:
    """Fork, do `work` in the child, return its process id. The child inherits warm imports."""
    connections.dispose_engines()  # a connection must not be shared with the child
    pid = os.fork()
    if pid:
        return pid
    code = FAILED
    try:
        work()
        code = FINISHED
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def kill_after(pid: int, seconds: float) -> bool:
    """Kill the child unless it ended before; whether the kill hit it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, _ = os.waitpid(pid, os.WNOHANG)
        if done:
            return False
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True


def wait_for(pid: int) -> int:
    """Exit code of the child."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
