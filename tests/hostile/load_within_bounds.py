"""Load files, each in a process of its own; print what that took, a line of JSON for each.

Run as `python load_within_bounds.py FILE…`, with the settings in the environment. The processes
are forked from one that has imported everything: starting is not what is measured, and the peak of
memory is that of the process, imports included. A hang ends by SIGXCPU after 30 s.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
from pathlib import Path

from health_warehouse.landing.archive import store
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.load import load
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.settings import get_settings

_STATUS = Path("/proc/self/status")
_FORGET_PEAK = "5"  # proc(5), clear_refs: resets the peak of resident memory


def main(paths: list[str]) -> None:
    for path in paths:
        child = os.fork()
        if child == 0:
            _load(path)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            sys.exit(f"{path}: ended with {os.waitstatus_to_exitcode(status)}")


def _load(path: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
    Path("/proc/self/clear_refs").write_text(_FORGET_PEAK, encoding="ascii")
    settings = get_settings()
    (delivery,) = list_new(settings, [path])
    begun = time.process_time()
    result = load(settings, agreed_person_key(settings), delivery, store(settings, delivery))
    seconds = time.process_time() - begun
    cost = {"file": Path(path).name, "outcome": result.outcome, "seconds": seconds}
    sys.stdout.write(json.dumps(cost | {"peak_mb": _peak_mb()}) + "\n")
    sys.stdout.flush()


def _peak_mb() -> float:
    """Not ru_maxrss: a child inherits that of its parent."""
    found = re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"))
    assert found
    return int(found.group(1)) / 1024


if __name__ == "__main__":
    main(sys.argv[1:])
