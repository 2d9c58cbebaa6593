"""What an increment costs: against a full build, against one in a larger warehouse, and on disk.

    python -m benchmarks.increments [--lines 100000 [1000000 …]] [--share 0.003] [--rounds 3]
                                    [--denser]

For each size a warehouse of its own, with that many claim lines (benchmarks/history.py), on an
embedded server as `warehouse up` starts it. Build, audit and publish are timed together, in this
process and without Airflow; imports are over before the first measure. The share is that of the
dossiers of the first size: larger warehouses get the same number of changed dossiers, so that what
grows is the history and nothing else: more facilities, each with as many dossiers a month. With
`--denser` the facilities stay the same, with more dossiers a month: sums of a facility's month then
have more to add up, whatever changed.

Two increments are measured, in turns: what a day brings, most of it new, and as many corrections
anywhere in the history, which is the worst case: each touches sums and pages of its own. Both are
measured by commands, too, as people and Airflow run them. Medians of the rounds.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.commands import run_command
from benchmarks.empty_warehouse import empty_warehouse
from benchmarks.history import History, vacuum
from benchmarks.written import LogPosition, changed_bytes
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings

Row = tuple[str, ...]
COLUMNS = ("lines", "measure", "build", "audit", "publish", "seconds", "ratio")
DELIVERIES: dict[str, Callable[[History, Settings, int, int], None]] = {
    "dossiers of a day": History.deliver_day,
    "corrections anywhere": History.deliver_again,
}
MOST_OF_FULL = 0.05
MOST_GROWTH = 1.3
MOST_WRITTEN = 4.0


@dataclass(frozen=True)
class Cost:
    """Seconds of each stage; bytes that the publication logged, and those of the changed rows."""

    build: float
    audit: float
    publish: float
    logged_bytes: int = 0
    page_images: int = 0
    changed_bytes: int = 0

    @property
    def seconds(self) -> float:
        return self.build + self.audit + self.publish

    @property
    def written(self) -> float:
        """Bytes of log for each byte of the changed rows."""
        return self.logged_bytes / self.changed_bytes


@dataclass(frozen=True)
class Size:
    """The costs in a warehouse of `lines` claim lines, of which `changed` dossiers change.

    `increments` are by the name of what was delivered, see DELIVERIES.
    """

    lines: int
    changed: int
    full: Cost
    empty: Cost
    increments: dict[str, Cost]
    by_commands: dict[str, Cost]

    def of_full(self, name: str) -> float:
        """(T_increment - T_empty) / (T_full - T_empty)."""
        least = self.empty.seconds
        return (self.increments[name].seconds - least) / (self.full.seconds - least)


def release(settings: Settings) -> Cost:
    """Build, audit and publish what there is, in this process."""
    began = time.perf_counter()
    opened = build(settings)
    built = time.perf_counter()
    audit(settings, opened.build_id)
    audited = time.perf_counter()
    before = LogPosition.now(settings)
    publishing = time.perf_counter()
    published = publish(settings, opened.build_id)
    done = time.perf_counter()
    log = LogPosition.now(settings).since(before)
    stages = (built - began, audited - built, done - publishing)
    return Cost(*stages, log.log_bytes, log.page_images, changed_bytes(settings, published))


def release_by_commands(settings: Settings) -> Cost:
    """The same by three commands, each a process that starts, as the tasks of Airflow do."""
    return Cost(
        _command(settings, "build"), _command(settings, "audit"), _command(settings, "publish")
    )


def _command(settings: Settings, name: str) -> float:
    began = time.perf_counter()
    run_command(settings.state, name)
    return time.perf_counter() - began


def middle(costs: list[Cost]) -> Cost:
    """The one of median duration."""
    least_off = median(cost.seconds for cost in costs)
    return min(costs, key=lambda cost: abs(cost.seconds - least_off))


def middles(costs: dict[str, list[Cost]]) -> dict[str, Cost]:
    return {name: middle(found) for name, found in costs.items()}


def measure(history: History, changed: int, rounds: int) -> Size:
    with empty_warehouse() as settings:
        audit(settings, build(settings).build_id)  # imports, and dbt reads the project
        history.deliver_all(settings)
        full = release(settings)
        vacuum(settings)
        release(settings)  # what an increment does for the first time in a process
        empty: list[Cost] = []
        increments: dict[str, list[Cost]] = {name: [] for name in DELIVERIES}
        by_commands: dict[str, list[Cost]] = {name: [] for name in DELIVERIES}
        for number in range(1, rounds + 1):
            empty.append(release(settings))
            for name, deliver in DELIVERIES.items():
                deliver(history, settings, changed, 2 * number - 1)
                increments[name].append(release(settings))
                deliver(history, settings, changed, 2 * number)
                by_commands[name].append(release_by_commands(settings))
    lines = 2 * history.lines * history.dossiers
    return Size(lines, changed, full, middle(empty), middles(increments), middles(by_commands))


def histories(sizes: list[int], is_denser: bool) -> list[History]:
    """Of these numbers of claim lines; facilities in proportion, unless months are to be denser."""
    least = History.of_claim_lines(sizes[0])
    return [
        History.of_claim_lines(
            lines, least.facilities if is_denser else least.facilities * lines // sizes[0]
        )
        for lines in sizes
    ]


def measure_all(histories: list[History], share: float, rounds: int) -> list[Size]:
    changed = round(histories[0].dossiers * share)
    return [measure(history, changed, rounds) for history in histories]


def rows(sizes: list[Size]) -> list[Row]:
    """Rows of the table, see COLUMNS."""
    found = []
    for size in sizes:
        lines = f"{size.lines:,}"
        found += [
            _row(lines, "full build", size.full, ""),
            _row(lines, "nothing changed", size.empty, ""),
        ]
        for name, cost in size.increments.items():
            commands = size.by_commands[name]
            found += [
                _row(lines, f"{size.changed} {name}", cost, f"{size.of_full(name):.1%} of full"),
                (
                    lines,
                    "  publication writes",
                    "",
                    "",
                    f"{cost.logged_bytes / 1e6:.1f} MB",
                    f"{cost.page_images} pages",
                    f"{cost.written:.1f} × {cost.changed_bytes / 1e6:.1f} MB",
                ),
                _row(lines, "  by commands", commands, ""),
            ]
            if size is not sizes[0]:
                growth = cost.seconds / sizes[0].increments[name].seconds
                by_commands = commands.seconds / sizes[0].by_commands[name].seconds
                ratio = f"{growth:.2f} ×, by commands {by_commands:.2f} ×"
                found.append((lines, "  growth", "", "", "", "", ratio))
    return found


def _row(lines: str, name: str, cost: Cost, ratio: str) -> Row:
    stages = (cost.build, cost.audit, cost.publish, cost.seconds)
    return (lines, name, *(f"{seconds:.1f}" for seconds in stages), ratio)


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m benchmarks.increments", description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=[100_000], help="claim lines")
    parser.add_argument("--share", type=float, default=0.003, help="of dossiers that change")
    parser.add_argument("--rounds", type=int, default=3, help="increments per size")
    parser.add_argument("--denser", action="store_true", help="more dossiers a month and facility")
    given = parser.parse_args(arguments)
    table = Table(*COLUMNS, title="Increments")
    sizes = measure_all(histories(given.lines, given.denser), given.share, given.rounds)
    for row in rows(sizes):
        table.add_row(*row)
    Console().print(table)
    Console().print(
        f"bars: at most {MOST_OF_FULL:.0%} of full, {MOST_GROWTH} × at ten times the lines,"
        f" {MOST_WRITTEN:.0f} × the bytes of the changed rows"
    )


if __name__ == "__main__":
    main()
