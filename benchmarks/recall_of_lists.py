"""Recall of the rules of lists on labelled defects, and their false alarms on everything else.

    python -m benchmarks.recall_of_lists [--seeds 3] [--rates 1,5] [--json]

For each rate (percent of rows with a defect) and seed a small province sends the lists of eight
feeds, in the hands of careless people; they are ingested into an empty warehouse and built, and the
findings are held against feed_labels.csv. Found: a finding of the label's rule on the labelled row.
False alarm: a finding on a row without a label, or on a list as a whole, that flags, quarantines
or refuses. A list is what one sender sends of one feed as of one day. Fails below 95 % recall, or
above 1 false alarm per list.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.empty_warehouse import empty_warehouse
from benchmarks.recall import LEAST_RECALL, MOST_FALSE_ALARMS, empty
from health_warehouse.landing import findings
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from health_warehouse.synthetic.injected import Label
from health_warehouse.synthetic.lists.delivering import FEED_LABELS, FEEDS
from health_warehouse.synthetic.lists.province_files import write_province
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.world.sizes import Beds, Size

_JUNE = date(2026, 6, 1)
_TOLD = {"quarantine_dossier": "E", "refuse_file": "E", "flag_line": "W", "record": "I"}


@dataclass
class Recall:
    """All provinces together."""

    labels: Counter[str] = field(default_factory=Counter)
    """By id of the rule."""
    found: Counter[str] = field(default_factory=Counter)
    otherwise: Counter[str] = field(default_factory=Counter)
    """Found, but told of another severity than the label says."""
    misses: list[dict[str, str]] = field(default_factory=list)
    false_alarms: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    lists: int = 0
    rows: int = 0
    seconds: float = 0.0

    @property
    def recall(self) -> float:
        return self.found.total() / self.labels.total() if self.labels else 1.0

    @property
    def alarm_rate(self) -> float:
        return self.false_alarms.total() / max(1, self.lists)

    @property
    def is_good(self) -> bool:
        return self.recall >= LEAST_RECALL and self.alarm_rate <= MOST_FALSE_ALARMS

    def as_json(self) -> dict[str, Any]:
        return {
            "recall": round(self.recall, 5),
            "false_alarms_per_list": round(self.alarm_rate, 5),
            "is_good": self.is_good,
            "lists": self.lists,
            "rows": self.rows,
            "seconds": self.seconds,
            "rules": {
                rule: {"labels": count, "found": self.found[rule]}
                for rule, count in sorted(self.labels.items())
            },
            "otherwise": dict(self.otherwise),
            "misses": self.misses,
            "false_alarms": dict(self.false_alarms),
            "examples": self.examples,
        }


def small_province(seed: int, rate: float) -> Size:
    """Lists of a dozen senders, and few claims."""
    return Size(
        # June ends a quarter and a half-year: all lists of that day can be held against each other
        Options(facilities=4, days=30, dossiers=60, seed=seed, defects=rate, start=_JUNE),
        people=250_000,
        points=40,
        provincial_hospitals=1,
        specialised_hospitals=1,
        regional_centres=1,
        preventive_units=1,
        private_hospitals=2,
        private_clinics=1,
        regional_clinics=0,
        beds=Beds(public=120, private=80),
    )


def measure(settings: Settings, folder: Path, size: Size, result: Recall) -> None:
    """Write one province, ingest it into the (empty) warehouse, build, add to `result`.

    Of claims only what lists say beside them counts: `benchmarks.recall` measures the rest.
    """
    written = write_province(folder, size).lists
    ingest(settings, list_new(settings, [str(one) for one in folder.iterdir() if one.is_dir()]))
    build(settings)
    with (folder / FEED_LABELS).open(encoding="utf-8", newline="") as file:
        labels = [Label(**row) for row in csv.DictReader(file)]
    result.lists += written.files.total()
    result.rows += written.rows.total()
    compare(labels, findings.entries(settings, with_names=True), result)


def compare(labels: Iterable[Label], found: Iterable[Mapping[str, Any]], result: Recall) -> None:
    """Add the labels and findings of one province; `found` are `findings.entries`."""
    findings_of_lists = [
        one for one in found if str(one["table"] or one["rule"]).split(".")[0] in FEEDS
    ]
    by_row: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for finding in findings_of_lists:
        by_row[finding["file"], str(finding["position"])].append(finding)
    explained: set[tuple[str, str]] = set()
    for label in labels:
        explained |= {(label.file, label.position), (label.file, label.other)}
        if not label.expected_rule:
            continue  # nothing finds it yet
        result.labels[label.expected_rule] += 1
        here = by_row[label.file, label.position]
        right = [one for one in here if one["rule"] == label.expected_rule]
        if not right:
            result.misses.append(label._asdict())
            continue
        result.found[label.expected_rule] += 1
        if label.expected_severity not in {_TOLD[one["severity"]] for one in right}:
            result.otherwise[label.expected_rule] += 1
    for finding in findings_of_lists:
        place = finding["file"], str(finding["position"])
        if finding["severity"] != "record" and place not in explained:
            result.false_alarms[finding["rule"]] += 1
            result.examples.setdefault(finding["rule"], f"{place}: {finding['reason']}")


def run(settings: Settings, folder: Path, rates: list[float], seeds: int, log: Console) -> Recall:
    """Measure every rate (a share) with every seed."""
    result, started = Recall(), time.monotonic()
    for rate in rates:
        for seed in range(1, seeds + 1):
            measure(settings, folder / f"{seed}_{rate}", small_province(seed, rate), result)
            empty(settings)
            log.print(
                f"{rate:.1%} of rows, seed {seed}: so far recall {result.recall:.1%}, "
                f"{result.alarm_rate:.2f} false alarms per list, "
                f"{time.monotonic() - started:.0f} s"
            )
    result.seconds = round(time.monotonic() - started, 1)
    return result


def show(result: Recall, console: Console) -> None:
    """What people read."""
    table = Table("rule", title="Defects of lists")
    for name in ("labels", "found", "told otherwise"):
        table.add_column(name, justify="right")
    for rule, count in sorted(result.labels.items()):
        row = (rule, str(count), str(result.found[rule]), str(result.otherwise[rule] or ""))
        table.add_row(*row, style="" if result.found[rule] == count else "bold red")
    console.print(table)
    for rule, count in result.false_alarms.most_common():
        console.print(f"false alarm {rule} × {count}, such as {result.examples[rule]}")
    for miss in result.misses:
        console.print(f"missed: {miss['expected_rule']} in {miss['file']}, row {miss['line']}")
    console.print(
        f"{result.lists} lists, {result.rows:,} rows, {result.labels.total()} defects: recall "
        f"{result.recall:.2%} (at least {LEAST_RECALL:.0%}); {result.false_alarms.total()} false "
        f"alarms, {result.alarm_rate:.3f} per list (at most {MOST_FALSE_ALARMS:g}); "
        f"{result.seconds:.0f} s"
    )


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 when recall and false alarms are within the bounds, else 1."""
    parser = ArgumentParser(prog="python -m benchmarks.recall_of_lists", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="provinces per rate")
    parser.add_argument("--rates", default="1,5", help="percent of rows, by comma")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    given = parser.parse_args(arguments)
    rates = [float(rate) / 100 for rate in given.rates.split(",")]
    with empty_warehouse() as settings:
        provinces = settings.state / "provinces"
        provinces.mkdir()
        result = run(settings, provinces, rates, given.seeds, Console(stderr=True))
    if given.json:
        sys.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        show(result, Console())
    return 0 if result.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
