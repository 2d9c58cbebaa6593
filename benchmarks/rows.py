"""Rows of a feed by contract: loaded, judged, settled; one large file, then many small ones.

    python -m benchmarks.rows [--rows 1000000] [--files 1000] [--profile]

JSON lines of twelve columns, each document new; then the same file with every hundredth row
changed; then small files of ten rows, judged at once. By one process.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.empty_warehouse import empty_warehouse
from health_warehouse.database.migrate import migrate
from health_warehouse.landing.archive import store
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import unjudged_file_ids
from health_warehouse.landing.judging import check_files
from health_warehouse.landing.load import load
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.quality.runner import judging
from health_warehouse.settings import Settings

CONTRACT = """\
feed: measured
title: {vi: Đo, en: Measured}
owner: nobody
match: ["*.jsonl"]
reader: json_lines
mode: upsert
sender: folder
document: [visit_no]
grain: {vi: dòng, en: row}
closed: none
columns:
  visit_no: {meaning: {vi: x, en: x}, type: code, required: true, length: 20}
  visited_at: {meaning: {vi: x, en: x}, type: time, required: true, severity: quarantine}
  left_at: {meaning: {vi: x, en: x}, type: time}
  born: {meaning: {vi: x, en: x}, type: date, not_after: visited_at}
  sex: {meaning: {vi: x, en: x}, type: code, values: ["1", "2", "3"]}
  department: {meaning: {vi: x, en: x}, type: code, length: 10}
  weight_kg: {meaning: {vi: x, en: x}, type: number, lowest: 0, highest: 300}
  pulse: {meaning: {vi: x, en: x}, type: integer, lowest: 0, highest: 300}
  is_urgent: {meaning: {vi: x, en: x}, type: boolean}
  reason: {meaning: {vi: x, en: x}, length: 200}
  phone: {meaning: {vi: x, en: x}, personal: personal}
  cost: {meaning: {vi: x, en: x}, type: number, lowest: 0}
"""


class Run(NamedTuple):
    """Seconds by the clock of each part; `judge` is rules, findings and settling."""

    title: str
    files: int
    rows: int
    load: float
    judge: float


def row(number: int, *, is_changed: bool = False) -> str:
    return json.dumps(
        {
            "visit_no": f"V{number}",
            "visited_at": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02} 08:{number % 60:02}",
            "left_at": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02} 16:{number % 60:02}",
            "born": f"{number % 28 + 1:02}/{number % 12 + 1:02}/{1930 + number % 90}",
            "sex": number % 3 + 1,
            "department": f"K{number % 40}",
            "weight_kg": 40 + number % 60 + 0.5,
            "pulse": 60 + number % 50,
            "is_urgent": number % 7 == 0,
            "reason": "Khám theo hẹn, đau đầu nhẹ",
            "phone": f"09{number:08}",
            "cost": 1000 * (number % 500) + is_changed,
        },
        ensure_ascii=False,
    )


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(settings: Settings, title: str, paths: list[Path], rows: int) -> Run:
    key = agreed_person_key(settings)

    def load_all() -> None:
        for delivery in list_new(settings, [str(path) for path in paths]):
            load(settings, key, delivery, store(settings, delivery))

    loading = timed(load_all)
    ids = unjudged_file_ids(settings)
    judged_in = timed(lambda: check_files(settings, ids))
    return Run(title, len(paths), rows, loading, judged_in)


def runs(settings: Settings, rows: int, files: int) -> list[Run]:
    folder = settings.state / "inbox" / "96001"
    folder.mkdir(parents=True, exist_ok=True)
    first, second = folder / "first.jsonl", folder / "second.jsonl"
    for path, every in ((first, 0), (second, 100)):
        with path.open("w", encoding="utf-8") as file:
            for number in range(rows):
                is_changed = bool(every) and number % every == 0
                file.write(row(number, is_changed=is_changed) + "\n")
    small = [folder / f"small{number}.jsonl" for number in range(files)]
    for number, path in enumerate(small):
        lines = (row(2 * rows + 10 * number + place) for place in range(10))
        path.write_text("\n".join(lines), encoding="utf-8")
    with judging(settings, "loader", "select 1"):  # imports Great Expectations
        pass
    return [
        measure(settings, "all new", [first], rows),
        measure(settings, "every hundredth changed", [second], rows),
        measure(settings, "small files", small, 10 * files),
    ]


def table(measured: list[Run]) -> Table:
    found = Table(title="Rows of a feed, one process")
    for name in ("", "files", "rows", "load s", "judge and settle s", "rows a second, all"):
        found.add_column(name, justify="right" if name else "left")
    for run in measured:
        found.add_row(
            run.title, f"{run.files:,}", f"{run.rows:,}", f"{run.load:.1f}", f"{run.judge:.1f}",
            f"{run.rows / (run.load + run.judge):,.0f}",
        )  # fmt: skip
    return found


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m benchmarks.rows", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--profile", action="store_true", help="where our own time goes")
    given = parser.parse_args(arguments)
    profile = cProfile.Profile()
    with empty_warehouse() as settings:
        folder = settings.state / "feeds"
        folder.mkdir()
        (folder / "measured.yml").write_text(CONTRACT, encoding="utf-8")
        own = settings.model_copy(update={"feeds": folder})
        migrate(own)
        if given.profile:
            profile.enable()
        measured = runs(own, given.rows, given.files)
        profile.disable()
    Console().print(table(measured))
    if given.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
