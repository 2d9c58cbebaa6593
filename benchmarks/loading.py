"""Loading against its floor, and the landing checks against loading.

    python -m benchmarks.loading [--megabytes 500] [--only large,small,single]

Three runs, each in a warehouse of its own: large files of all the ways of writing, at least 20 of
them; the files as a province sends them, most of them small; one single file. Loading is archive
to committed raw, by two processes that take batches as the DAG's tasks do. The floor, in the same
run: to parse the same files with lxml on one core, and a bare COPY of the same rows into the same
tables, one after the other.
"""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks import floor
from benchmarks.empty_warehouse import empty_warehouse
from benchmarks.parts import of_server
from benchmarks.workers import (
    WORKERS,
    Loaded,
    check_batch,
    cut,
    import_checks,
    load_batch,
    workers,
)
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import unjudged_file_ids
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options

LARGE_FILE_BYTES = 1_000_000
_BYTES_PER_DOSSIER = 15_000
_LIST_BEGIN, _LIST_END = b"<DANHSACHHOSO>", b"</DANHSACHHOSO>"


class Cost(NamedTuple):
    """Seconds by the clock, and of processors, ours and the server's."""

    seconds: float
    processor: float


@dataclass(frozen=True)
class Loading:
    """One run. `peak_mb`: of the larger worker, megabytes."""

    title: str
    files: int
    megabytes: float
    parse: Cost
    copy: Cost
    load: Cost
    check: float | None
    peak_mb: float

    @property
    def ratio(self) -> float:
        """Seconds of loading, with all cores, against those of the floor, one after the other."""
        return self.load.seconds / (self.parse.seconds + self.copy.seconds)

    @property
    def processor_ratio(self) -> float:
        """The same if processors were all that is waited for, and nobody else had any of them."""
        return self.load.processor / WORKERS / (self.parse.processor + self.copy.processor)


def timed(settings: Settings, work: Callable[[], object]) -> Cost:
    """Without the processor time of other processes of ours."""
    clock, ours, servers = time.perf_counter(), time.process_time(), of_server(settings)
    work()
    processor = time.process_time() - ours + of_server(settings) - servers
    return Cost(time.perf_counter() - clock, processor)


def measure(title: str, files: list[Path], *, is_checked: bool = True) -> Loading:
    """Load `files` into an empty warehouse, check them, and take the floor."""
    with empty_warehouse() as settings, workers() as pool:
        batches = cut(list_new(settings, [str(path) for path in files]))
        loaded: list[Loaded] = []
        batches_of = [settings] * len(batches)
        load = timed(settings, lambda: loaded.extend(pool.map(load_batch, batches_of, batches)))
        load = load._replace(processor=load.processor + sum(each.processor for each in loaded))
        check = None
        if is_checked:
            ids = unjudged_file_ids(settings)
            list(pool.map(import_checks, [settings] * WORKERS))
            shares = [ids[place::WORKERS] for place in range(WORKERS)]
            judge = timed(
                settings, lambda: list(pool.map(check_batch, [settings] * WORKERS, shares))
            )
            check = judge.seconds
        parse = timed(settings, lambda: floor.parse_only(files))
        floor.dump_raw(settings, settings.state)
        floor.empty_raw(settings)
        copy = timed(settings, lambda: floor.copy_only(settings, settings.state))
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    peak_mb = max(batch.peak_mb for batch in loaded)
    return Loading(title, len(files), megabytes, parse, copy, load, check, peak_mb)


def large_files(folder: Path, megabytes: int) -> list[Path]:
    """Files of at least LARGE_FILE_BYTES, by ten facilities, each with software of its own."""
    dossiers = megabytes * 1_200_000 // _BYTES_PER_DOSSIER
    generate(folder, Options(facilities=10, days=4, dossiers=dossiers, seed=1))
    return [path for path in _claim_files(folder) if path.stat().st_size >= LARGE_FILE_BYTES]


def small_files(folder: Path, megabytes: int) -> list[Path]:
    """The same facilities over four weeks: one sends dossiers one by one, all send check-ins."""
    dossiers = megabytes * 1_000_000 // _BYTES_PER_DOSSIER
    generate(folder, Options(facilities=10, days=20, dossiers=dossiers, seed=1))
    return _claim_files(folder)


def one_file(folder: Path, megabytes: int) -> Path:
    """All dossiers of one facility in a single file."""
    dossiers = megabytes * 1_000_000 // _BYTES_PER_DOSSIER
    generate(folder, Options(facilities=1, days=20, dossiers=dossiers, seed=1))
    files = [path for path in _claim_files(folder) if _LIST_BEGIN in path.read_bytes()]
    joined = folder / "joined.xml"
    with joined.open("wb") as file:
        for number, path in enumerate(files):
            content = path.read_bytes()
            begin, end = content.index(_LIST_BEGIN) + len(_LIST_BEGIN), content.rindex(_LIST_END)
            file.write(content[:end] if number == 0 else content[begin:end])
        file.write(content[end:])
    return joined


def _claim_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*/*") if path.is_file())


def runs(megabytes: int, wanted: list[str]) -> Iterator[Loading]:
    """One after the other, so that only one province lies on the disk."""
    with TemporaryDirectory(prefix="warehouse-bench-") as name:
        if "large" in wanted:
            yield measure("large files", large_files(Path(name), megabytes))
    with TemporaryDirectory(prefix="warehouse-bench-") as name:
        if "small" in wanted:
            yield measure("files as sent", small_files(Path(name), max(1, megabytes // 4)))
    with TemporaryDirectory(prefix="warehouse-bench-") as name:
        if "single" in wanted:
            yield measure("a single file", [one_file(Path(name), megabytes)], is_checked=False)


def table(measured: list[Loading]) -> Table:
    found = Table(title=f"Loading, {os.cpu_count()} cores")
    names = ("", "files", "MB", "parse s", "COPY s", "load s", "× floor", "× floor, processors",
             "checks s", "× load", "peak MB")  # fmt: skip
    for name in names:
        found.add_column(name, justify="right" if name else "left")
    for run in measured:
        check = "" if run.check is None else f"{run.check:.1f}"
        of_load = "" if run.check is None else f"{run.check / run.load.seconds:.2f}"
        found.add_row(
            run.title, str(run.files), f"{run.megabytes:.0f}", f"{run.parse.seconds:.1f}",
            f"{run.copy.seconds:.1f}", f"{run.load.seconds:.1f}", f"{run.ratio:.2f}",
            f"{run.processor_ratio:.2f}", check, of_load, f"{run.peak_mb:.0f}",
        )  # fmt: skip
    return found


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m benchmarks.loading", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=500, help="of large files, about")
    parser.add_argument("--only", default="large,small,single", help="which runs, by comma")
    given = parser.parse_args(arguments)
    Console().print(table(list(runs(given.megabytes, given.only.split(",")))))


if __name__ == "__main__":
    main()
