"""Recall of the landing rules on labelled defects, and their false alarms on everything else.

    python -m benchmarks.recall [--seeds 5] [--rates 0.1,1,5] [--dossiers 1500] [--json]

For each rate (percent of dossiers with a defect) and seed a synthetic province is generated and
ingested into an empty warehouse and built with the rules as they are; the findings are held against
labels.csv. Found: a finding of the label's rule on the labelled dossier or file. False alarm: a
dossier (or file) without a label on which a rule flags, quarantines or refuses; what is merely
recorded is none. A facility-month is a facility in a calendar month in which care ended.
Fails below 95 % recall, or above 1 false alarm per facility-month.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from benchmarks.empty_warehouse import empty_warehouse
from health_warehouse.database.connections import engine
from health_warehouse.landing import findings
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.injected import LABELS, Label
from health_warehouse.synthetic.options import Options

LEAST_RECALL = 0.95
MOST_FALSE_ALARMS = 1.0
"""Per facility-month."""
FACILITIES, DAYS = 11, 14
_CLASSES = {"quarantine_dossier": "E", "refuse_file": "E", "flag_line": "W", "record": "I"}
_FILLED = text(
    "select string_agg(format('%I.%I', schemaname, tablename), ', ') from pg_tables"
    " where schemaname in ('raw', 'ops', 'quarantine', 'vault')"
    " and tablename not in ('schema_version', 'publish_hold', 'feeds')"
)
Key = tuple[str, str]
"""(facility, MA_LK); of a whole file (file name, "")."""


@dataclass
class Kind:
    """What became of one kind of defect."""

    rule: str
    severity: str
    """E, W or I, by the standard."""
    labels: int = 0
    found: int = 0
    other_severity: Counter[str] = field(default_factory=Counter)
    """Findings by E, W, I where that is not the standard's."""
    collateral: Counter[str] = field(default_factory=Counter)
    """Other rules that also found something on the labelled dossier."""


@dataclass
class Result:
    """All provinces together."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    misses: list[dict[str, str]] = field(default_factory=list)
    false_alarms: Counter[str] = field(default_factory=Counter)
    """By rule."""
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Some false alarms of each rule."""
    facility_months: int = 0
    dossiers: int = 0
    seconds: float = 0.0

    @property
    def recall(self) -> float:
        labels = sum(kind.labels for kind in self.kinds.values())
        return sum(kind.found for kind in self.kinds.values()) / labels if labels else 1.0

    @property
    def alarm_rate(self) -> float:
        """False alarms per facility-month."""
        return self.false_alarms.total() / max(1, self.facility_months)

    @property
    def is_good(self) -> bool:
        return self.recall >= LEAST_RECALL and self.alarm_rate <= MOST_FALSE_ALARMS

    def as_json(self) -> dict[str, Any]:
        return {
            "recall": round(self.recall, 5),
            "false_alarms_per_facility_month": round(self.alarm_rate, 5),
            "is_good": self.is_good,
            "dossiers": self.dossiers,
            "facility_months": self.facility_months,
            "seconds": self.seconds,
            "kinds": {
                name: vars(kind)
                | {"other_severity": dict(kind.other_severity), "collateral": dict(kind.collateral)}
                for name, kind in sorted(self.kinds.items())
            },
            "misses": self.misses,
            "false_alarms": dict(self.false_alarms),
            "examples": dict(self.examples),
        }


def measure(settings: Settings, folder: Path, options: Options, result: Result) -> None:
    """Generate one province, ingest it into the (empty) warehouse, build, and add to `result`."""
    summary = generate(folder, options)
    ingest(settings, list_new(settings, [str(folder)]))
    build(settings)  # judges the rules that compare dossiers
    with (folder / LABELS).open(encoding="utf-8", newline="") as file:
        labels = [Label(**row) for row in csv.DictReader(file)]
    last = options.start + timedelta(days=options.days - 1)
    months = (last.year - options.start.year) * 12 + last.month - options.start.month + 1
    result.facility_months += options.facilities * months
    result.dossiers += summary.dossiers
    name = f"seed {options.seed}, {options.defects:.1%}"
    compare(labels, findings.entries(settings, with_names=True), result, name)


def compare(
    labels: list[Label], found: list[dict[str, Any]], result: Result, province: str
) -> None:
    """Add one province to `result`; `found` are `findings.entries`."""
    by_place: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for finding in found:
        by_place[finding["facility"] or "", finding["dossier"] or ""].append(finding)
        by_place[finding["file"], ""].append(finding)
    explained: set[Key] = set()
    for label in labels:
        places = _places(label)
        explained.update(places)
        here = [finding for place in places for finding in by_place[place]]
        _score(label, here, result, province)
    for finding in found:
        _judge(finding, explained, result, province)


def _places(label: Label) -> list[Key]:
    """Where findings of this defect may stand."""
    if not label.dossier:
        return [(label.file, "")]
    places = [(label.facility, label.dossier)]
    if label.other:
        facility, dossier = label.other.split("/", 1)
        places.append((facility, dossier))
    if label.kind in ("no_header", "broken_base64", "broken_table", "no_content"):
        places.append((label.file, ""))  # without its XML1 nobody knows the dossier's number
    return places


def _score(label: Label, here: list[dict[str, Any]], result: Result, province: str) -> None:
    kind = result.kinds.setdefault(label.kind, Kind(label.expected_rule, label.expected_severity))
    kind.labels += 1
    expected = tuple(label.expected_rule.split(";"))
    right = [finding for finding in here if finding["rule"].startswith(expected)]
    if not right:
        result.misses.append({"province": province, **label._asdict()})
        return
    kind.found += 1
    classes = {_CLASSES[finding["severity"]] for finding in right}
    if not classes & set(label.expected_severity.split("/")):
        kind.other_severity.update(classes)
    others = {finding["rule"] for finding in here} - {finding["rule"] for finding in right}
    kind.collateral.update(others)


def _judge(finding: dict[str, Any], explained: set[Key], result: Result, province: str) -> None:
    """Count a finding that no label explains. One per row found, recorded ones not."""
    place = finding["facility"] or "", finding["dossier"] or ""
    if finding["severity"] == "record" or place in explained:
        return
    if (finding["file"], "") in explained:
        return
    result.false_alarms[finding["rule"]] += 1
    examples = result.examples[finding["rule"]]
    if len(examples) < 3:
        where = f"{finding['file']} {finding['dossier']} {finding['table']} {finding['line']}"
        examples.append(f"{province}: {where} {finding['field']}: {finding['reason']}")


def empty(settings: Settings) -> None:
    """Forget what was ingested; reference lists stay."""
    with engine(settings, "owner").begin() as connection:
        connection.exec_driver_sql(f"truncate {connection.scalar(_FILLED)}")


def run(
    settings: Settings, folder: Path, rates: list[float], seeds: int, dossiers: int, log: Console
) -> Result:
    """Measure every rate (a share) with every seed."""
    result = Result()
    started = time.monotonic()
    for rate in rates:
        for seed in range(1, seeds + 1):
            options = Options(FACILITIES, DAYS, dossiers, seed, rate)
            measure(settings, folder / f"{seed}_{rate}", options, result)
            empty(settings)
            log.print(
                f"{rate:.1%} of {dossiers} dossiers, seed {seed}: so far recall"
                f" {result.recall:.1%}, {result.alarm_rate:.2f} false alarms per facility-month,"
                f" {time.monotonic() - started:.0f} s"
            )
    result.seconds = round(time.monotonic() - started, 1)
    return result


def tables_of(result: Result) -> Iterator[Table | str]:
    """What people read."""
    kinds = Table("kind", "rule", "class", title="Kinds of defects")
    for name in ("labels", "found", "recall"):
        kinds.add_column(name, justify="right")
    kinds.add_column("found as")
    kinds.add_column("also found by")
    for name, kind in sorted(result.kinds.items(), key=lambda item: (item[1].rule, item[0])):
        share = f"{kind.found / kind.labels:.0%}"
        other = ", ".join(f"{n} × {c}" for c, n in kind.other_severity.items())
        also = ", ".join(f"{rule}" for rule, _ in kind.collateral.most_common(4))
        row = (
            name,
            kind.rule,
            kind.severity,
            str(kind.labels),
            str(kind.found),
            share,
            other,
            also,
        )
        kinds.add_row(*row, style="" if kind.found == kind.labels else "bold red")
    yield kinds
    alarms = Table("rule", "false alarms", "for example", title="False alarms")
    for rule, count in result.false_alarms.most_common():
        alarms.add_row(rule, str(count), "\n".join(result.examples[rule]))
    yield alarms
    misses = Table("kind", "rule", "province", "file", "dossier", "table", "line", "field",
                   title="Misses")  # fmt: skip
    for miss in result.misses:
        names = ("kind", "expected_rule", "province", "file", "dossier", "table", "line", "field")
        misses.add_row(*(miss[name] for name in names))
    yield misses
    labels = sum(kind.labels for kind in result.kinds.values())
    yield (
        f"{result.dossiers} dossiers, {labels} defects of {len(result.kinds)} kinds: recall"
        f" {result.recall:.2%} (at least {LEAST_RECALL:.0%}); {result.false_alarms.total()} false"
        f" alarms in {result.facility_months} facility-months: {result.alarm_rate:.3f} (at most"
        f" {MOST_FALSE_ALARMS:g}); {result.seconds:.0f} s on {os.cpu_count()} cores"
    )


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 when recall and false alarms are within the bounds, else 1."""
    parser = ArgumentParser(prog="python -m benchmarks.recall", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="provinces per rate")
    parser.add_argument("--rates", default="0.1,1,5", help="percent of dossiers, by comma")
    parser.add_argument("--dossiers", type=int, default=1500, help="dossiers per province")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    given = parser.parse_args(arguments)
    rates = [float(rate) / 100 for rate in given.rates.split(",")]
    with empty_warehouse() as settings:
        provinces = settings.state / "provinces"
        provinces.mkdir()
        log = Console(stderr=True)
        result = run(settings, provinces, rates, given.seeds, given.dossiers, log)
    if given.json:
        sys.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        for part in tables_of(result):
            Console().print(part)
    return 0 if result.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
