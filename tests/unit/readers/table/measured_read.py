"""Read a list in a process of its own; print its rows and the peak of memory, in MB.

Run as `python measured_read.py FILE`, with `tests` and `plugins` on the path.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from health_warehouse.readers.protocol import Bounds
from health_warehouse.readers.table.table_reader import Table
from lists import CONTRACT


def main(path: str) -> None:
    with Path(path).open("rb") as stream:
        rows = sum(1 for _ in Table().read(stream, CONTRACT, Bounds(2 * 1024**3, 32 * 1024**2)))
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    sys.stdout.write(f"{rows} {int(found[1]) // 1024}\n")


if __name__ == "__main__":
    main(sys.argv[1])
