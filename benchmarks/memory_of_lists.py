"""Memory of the process that takes in a large list: read, loaded and judged.

    python -m benchmarks.memory_of_lists [--rows 100000] [--megabytes 500] [--repeats 5] [--json]

A workforce of so many rows as a workbook, then a text of so many megabytes, each into an empty
warehouse by a process of its own. The peak is that of the whole process (ru_maxrss), interpreter
and libraries included; Postgres is another process. Fails above 400 MB.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.empty_warehouse import empty_warehouse
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.settings import Settings

MOST_MEGABYTES = 400
_CONTRACT = built_in()["workforce"]
_WORDS = "Bác sĩ điều trị tại khoa và phụ trách buồng bệnh cùng hướng dẫn thực hành "


def values(number: int, repeats: int = 5) -> dict[str, str]:
    """One member of staff, right by every rule, with another text in every row."""
    return {
        "citizen_id": f"096{number:09}",
        "full_name": f"Nguyễn Văn {number}",
        "sex": "1",
        "facility_code": "96001",
        "is_main_place": "1",
        "department_code": "K03",
        "title_code": "1",
        "occupation": "doctor_general",
        "post_title": f"{_WORDS * repeats}{number}",
        "degree": "univ",
        "licence_no": f"{number:06}/CM-GPHN",
        "licence_date": "20200101",
        "scope": "Nội khoa",
        "full_time": "1",
        "employment_kind": "public_employee",
        "valid_from": "20200101",
    }


def heads() -> list[str]:
    """The labels of the columns that are filled, as senders write them."""
    return [_CONTRACT.table.column(name).label for name in values(0)]


def write_workbook(path: Path, rows: int) -> None:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    with Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, heads())
        for number in range(1, rows + 1):
            for at, value in enumerate(values(number).values()):
                sheet.write_string(number, at, value)


def write_text(path: Path, byte_count: int, repeats: int) -> int:
    """Returns how many rows it took."""

    def lines() -> Iterator[bytes]:
        yield (";".join(heads()) + "\n").encode()
        written = number = 0
        while written < byte_count:
            number += 1
            line = (";".join(values(number, repeats).values()) + "\n").encode()
            written += len(line)
            yield line

    with path.open("wb") as file:
        count = 0
        for line in lines():
            file.write(line)
            count += 1
    return count - 1


def take_in(state: Path) -> None:
    """Take in all that is new, and print what it needed, as JSON."""
    from health_warehouse.landing.inbox import list_new
    from health_warehouse.landing.ingest import ingest

    settings = Settings(state=state, inbox_quiet_seconds=0)
    begun = time.monotonic()
    report = ingest(settings, list_new(settings))
    told = {
        "errors": report.errors,
        "rows_that_count": report.changed_dossiers,
        "not_taken": [str(one) for one in (*report.refused, *report.not_taken)],
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "megabytes_of_children": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "seconds": round(time.monotonic() - begun),
    }
    sys.stdout.write(json.dumps(told) + "\n")


def measured(name: str, rows: int | None, byte_count: int, repeats: int) -> dict[str, Any]:
    """The list of that name, written and taken in."""
    with empty_warehouse() as settings:
        path = settings.state / "inbox" / "workforce" / name
        path.parent.mkdir(parents=True)
        if rows is not None:
            write_workbook(path, rows)
        else:
            rows = write_text(path, byte_count, repeats)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory_of_lists", "--take-in", settings.state],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return {"list": name, "rows": rows, "bytes": path.stat().st_size, **told}


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 when every list was taken in within the bound, else 1."""
    parser = ArgumentParser(prog="python -m benchmarks.memory_of_lists", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="of the workbook; 0: none")
    parser.add_argument("--megabytes", type=int, default=500, help="of the text; 0: none")
    parser.add_argument("--repeats", type=int, default=5, help="of words in a row of the text")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("--take-in", type=Path, help="state of the warehouse to take in for")
    given = parser.parse_args(arguments)
    if given.take_in is not None:
        take_in(given.take_in)
        return 0
    found = []
    if given.rows:
        found.append(measured("nhan_luc_96001_20260630.xlsx", given.rows, 0, 5))
    if given.megabytes:
        byte_count = given.megabytes * 1024**2
        found.append(measured("nhan_luc_96001_20260630.csv", None, byte_count, given.repeats))
    for one in found:
        told = ", ".join(f"{name} {value}" for name, value in one.items())
        sys.stdout.write(json.dumps(one) + "\n" if given.json else told + "\n")
    is_good = all(
        one["megabytes"] <= MOST_MEGABYTES and one["rows_that_count"] == one["rows"]
        for one in found
    )
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
