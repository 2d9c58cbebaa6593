"""Parts of the path by processor time: ours and the server's.

    python -m benchmarks.parts load|checks|full|increment|publication|bi …
        [--lines 100000] [--rounds 3] [--files FOLDER] [--json]

Each part can be asked for alone. Those of one kind share a warehouse, as `warehouse up` starts it.
Everything works in this process: a busy machine makes it slower by the clock and little by the
processor. `benchmarks.pairs` compares two versions of the project by it.

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
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

import psutil
import psycopg

from benchmarks.bi_queries.duel import QUERIES
from benchmarks.empty_warehouse import empty_warehouse
from benchmarks.history import LINES, History, vacuum
from health_warehouse.database.connections import dispose_engines, dsn
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import load_deliveries, unjudged_file_ids
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.services import postgres
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options

try:
    _judging = import_module("health_warehouse.landing.judging")
except ImportError:  # copied into a version of before (benchmarks/pairs.py)
    _judging = import_module("health_warehouse.quality.landing")
check_files = _judging.check_files

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
        clock, ours, server = time.perf_counter(), _of_us(), of_server(settings)
        yield
        self.seconds += time.perf_counter() - clock
        self.ours += _of_us() - ours
        self.of_server += of_server(settings) - server


Costs = dict[str, Cost]


def from_files(settings: Settings, given: Given, costs: Costs) -> None:
    """Measure `load` and `checks`; one file comes first, for what a process does once."""
    with _delivered(given) as files:
        load_deliveries(settings, list_new(settings, [str(files[0])]))
        check_files(settings, unjudged_file_ids(settings))
        with costs["load"].timed(settings):
            report = load_deliveries(settings, list_new(settings, [str(path) for path in files]))
    if report.errors:
        raise RuntimeError(report.errors[0])
    with costs["checks"].timed(settings):
        check_files(settings, unjudged_file_ids(settings))


def from_history(settings: Settings, given: Given, costs: Costs) -> None:
    """Measure `full`, `increment`, `publication` and `bi`."""
    publish(settings, _audited(settings))  # imports, and dbt reads the project
    given.history.deliver_all(settings)
    with costs["full"].timed(settings):
        build_id = _audited(settings)
    publish(settings, build_id)
    vacuum(settings)
    for day in range(given.rounds + 1):
        given.history.deliver_day(settings, given.of_a_day, day + 1)
        is_first = day == 0  # what a process does for the first time
        with (Cost() if is_first else costs["increment"]).timed(settings):
            build_id = _audited(settings)
        with (Cost() if is_first else costs["publication"]).timed(settings):
            publish(settings, build_id)
    _ask(settings, given, costs["bi"])


def _ask(settings: Settings, given: Given, cost: Cost) -> None:
    queries = [path.read_bytes() for path in QUERIES]
    with psycopg.connect(dsn(settings, "bi_reader"), autocommit=True) as reader:
        for query in queries:
            reader.execute(query).fetchall()
        with cost.timed(settings):
            for query in queries * (10 * given.rounds):
                reader.execute(query).fetchall()


_KINDS: dict[Callable[[Settings, Given, Costs], None], tuple[str, ...]] = {
    from_files: ("load", "checks"),
    from_history: ("full", "increment", "publication", "bi"),
}
PARTS = tuple(part for parts in _KINDS.values() for part in parts)


def measure(parts: Collection[str], given: Given) -> Costs:
    found: Costs = {}
    for kind, measured in _KINDS.items():
        if set(measured) & set(parts):
            costs = {part: Cost() for part in measured}
            with empty_warehouse() as settings:
                kind(settings, given, costs)
            found |= {part: costs[part] for part in measured if part in parts}
    return found


def _of_us() -> float:
    """This process and its children that ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def of_server(settings: Settings) -> float:
    """The server so far, with its processes that ended."""
    server = psutil.Process(postgres.server(settings).pid())
    while True:
        try:
            times = [server.cpu_times(), *(child.cpu_times() for child in server.children())]
        except psutil.NoSuchProcess:  # one ended meanwhile: now it is among those that ended
            continue
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


def _audited(settings: Settings) -> int:
    build_id = build(settings).build_id
    audit(settings, build_id)
    return build_id


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m benchmarks.parts", description=__doc__)
    parser.add_argument("part", choices=PARTS, nargs="+")
    parser.add_argument("--lines", type=int, default=100_000, help="claim lines")
    parser.add_argument("--rounds", type=int, default=3, help="days, and tens of BI runs")
    parser.add_argument("--files", type=Path, help="deliveries to load, for load and checks")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    given = parser.parse_args(arguments)
    costs = measure(given.part, Given(given.lines, given.rounds, given.files))
    if given.json:
        shown = {part: asdict(cost) | {"processor": cost.processor} for part, cost in costs.items()}
        print(json.dumps(shown))
        return
    for part, cost in costs.items():
        print(
            f"{part}, {given.lines:,} claim lines: {cost.processor:.2f} s of processors "
            f"({cost.ours:.2f} ours, {cost.of_server:.2f} the server's), {cost.seconds:.2f} s"
        )


if __name__ == "__main__":
    main()
