"""One part of the path at a time, by processor time: ours and the server's.

    python -m benchmarks.parts load|checks|full|increment|publication|bi
        [--lines 100000] [--rounds 3] [--files FOLDER] [--json]

Each part has a warehouse of its own, as `warehouse up` starts it, and works in this process: a busy
machine makes it slower by the clock and little by the processor. `benchmarks.pairs` compares two
versions of the project by it.

- load: from files to committed rows, archive included, `--files` or those of a synthetic province.
- checks: the landing rules on these files; the import of Great Expectations is not measured.
- full: build and audit of everything that `benchmarks/history.py` makes.
- increment: build and audit of what a day brings, `--rounds` days.
- publication: publication of these days.
- bi: the queries of `benchmarks/bi_queries` as `bi_reader`, ten times `--rounds`.
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import psycopg

from benchmarks.bi_queries.duel import QUERIES
from benchmarks.empty_warehouse import empty_warehouse
from benchmarks.history import LINES, History, vacuum
from health_warehouse.database.connections import dispose_engines, dsn
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import load_deliveries, unjudged_file_ids
from health_warehouse.quality.landing import check_files
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.services import postgres
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options

_SHARE_OF_A_DAY = 0.003


@dataclass(frozen=True)
class Given:
    """What the command line asks for; `lines` are claim lines."""

    lines: int
    rounds: int
    files: Path | None

    @property
    def history(self) -> History:
        return History.of_claim_lines(self.lines)

    @property
    def dossiers(self) -> int:
        return self.lines // (2 * LINES)

    @property
    def of_a_day(self) -> int:
        return max(1, round(self.dossiers * _SHARE_OF_A_DAY))


@dataclass
class Cost:
    """Seconds by the clock and of processors, of everything that was timed."""

    seconds: float = 0.0
    ours: float = 0.0
    of_server: float = 0.0

    @property
    def processor(self) -> float:
        return self.ours + self.of_server

    @contextmanager
    def timed(self, settings: Settings) -> Iterator[None]:
        dispose_engines()  # each measure pays for its own sessions
        clock, ours, server = time.perf_counter(), _of_us(), _of_server(settings)
        yield
        self.seconds += time.perf_counter() - clock
        self.ours += _of_us() - ours
        self.of_server += _of_server(settings) - server


def load(settings: Settings, given: Given, cost: Cost) -> None:
    with _delivered(given) as files, cost.timed(settings):
        _load(settings, files)


def checks(settings: Settings, given: Given, cost: Cost) -> None:
    with _delivered(given) as files:
        _load(settings, files)
    check_files(settings, [])
    with cost.timed(settings):
        check_files(settings, unjudged_file_ids(settings))


def full(settings: Settings, given: Given, cost: Cost) -> None:
    _ready(settings)
    given.history.deliver_all(settings)
    with cost.timed(settings):
        _audited(settings)


def increment(settings: Settings, given: Given, cost: Cost) -> None:
    _days(settings, given, during_build=cost)


def publication(settings: Settings, given: Given, cost: Cost) -> None:
    _days(settings, given, during_publication=cost)


def bi(settings: Settings, given: Given, cost: Cost) -> None:
    _published(settings, given)
    queries = [path.read_bytes() for path in QUERIES]
    with psycopg.connect(dsn(settings, "bi_reader"), autocommit=True) as reader:
        for query in queries:
            reader.execute(query).fetchall()
        with cost.timed(settings):
            for query in queries * (10 * given.rounds):
                reader.execute(query).fetchall()


Part = Callable[[Settings, Given, Cost], None]
PARTS: dict[str, Part] = {
    part.__name__: part for part in (load, checks, full, increment, publication, bi)
}


def measure(part: str, given: Given) -> Cost:
    cost = Cost()
    with empty_warehouse() as settings:
        PARTS[part](settings, given, cost)
    return cost


def _of_us() -> float:
    """This process and its children that ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _of_server(settings: Settings) -> float:
    """The server so far, with its processes that ended."""
    server = psutil.Process(postgres.server(settings).pid())
    times = [server.cpu_times(), *(child.cpu_times() for child in server.children())]
    ended = times[0].children_user + times[0].children_system
    return sum(each.user + each.system for each in times) + ended


@contextmanager
def _delivered(given: Given) -> Iterator[list[Path]]:
    with tempfile.TemporaryDirectory(prefix="warehouse-bench-") as name:
        folder = given.files or Path(name)
        if given.files is None:
            write_files(folder, given.dossiers)
        yield sorted(path for path in folder.rglob("*") if path.is_file())


def write_files(folder: Path, dossiers: int) -> None:
    """What ten facilities send in four days."""
    generate(folder, Options(facilities=10, days=4, dossiers=dossiers, seed=1))


def _load(settings: Settings, files: list[Path]) -> None:
    report = load_deliveries(settings, list_new(settings, [str(path) for path in files]))
    if report.errors:
        raise RuntimeError(report.errors[0])


def _ready(settings: Settings) -> None:
    """What a process does for the first time: imports, and dbt reads the project."""
    publish(settings, _audited(settings))


def _audited(settings: Settings) -> int:
    build_id = build(settings).build_id
    audit(settings, build_id)
    return build_id


def _published(settings: Settings, given: Given) -> None:
    _ready(settings)
    given.history.deliver_all(settings)
    publish(settings, _audited(settings))
    vacuum(settings)


def _days(
    settings: Settings,
    given: Given,
    during_build: Cost | None = None,
    during_publication: Cost | None = None,
) -> None:
    """Some days, each built and published; a first one is not timed."""
    _published(settings, given)
    for day in range(given.rounds + 1):
        is_timed = day > 0
        given.history.deliver_day(settings, given.of_a_day, day + 1)
        with (during_build if during_build and is_timed else Cost()).timed(settings):
            build_id = _audited(settings)
        with (during_publication if during_publication and is_timed else Cost()).timed(settings):
            publish(settings, build_id)


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m benchmarks.parts", description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--lines", type=int, default=100_000, help="claim lines")
    parser.add_argument("--rounds", type=int, default=3, help="days, and tens of BI runs")
    parser.add_argument("--files", type=Path, help="deliveries to load, for load and checks")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    given = parser.parse_args(arguments)
    cost = measure(given.part, Given(given.lines, given.rounds, given.files))
    if given.json:
        print(json.dumps({"part": given.part, "processor": cost.processor, **asdict(cost)}))
    else:
        print(
            f"{given.part}, {given.lines:,} claim lines: {cost.processor:.2f} s of processors "
            f"({cost.ours:.2f} ours, {cost.of_server:.2f} the server's), {cost.seconds:.2f} s"
        )


if __name__ == "__main__":
    main()
