"""The product against labels and second opinion: each defect found, no other, same counts."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.recall import Result, compare, tables_of
from health_warehouse.landing import findings, ledger
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.injected import LABELS, Label
from health_warehouse.synthetic.options import Options
from oracle.cases import case_names, read_case
from oracle.claims_rules import LOCAL_TIME
from oracle.flag_rules import RULES, flags
from oracle.recount import LedgerEntry, Recount, read_folder, recount

# Every vendor; two labels in five dossiers, so that most kinds have one. Seed and size are those
# with which each rule of the second opinion on flags finds something: births are rare.
_OPTIONS = Options(facilities=11, days=8, dossiers=900, seed=37, defects=0.4)


@pytest.fixture(scope="module")
def province(module_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generated, ingested, and built, for the rules that compare dossiers."""
    folder = tmp_path_factory.mktemp("province")
    generate(folder, _OPTIONS)
    _ingest(module_settings, folder)
    build(module_settings)
    return folder


def _ingest(settings: Settings, folder: Path) -> None:
    ingest(settings, list_new(settings, [str(folder)]))


def _labels(province: Path) -> list[Label]:
    with (province / LABELS).open(encoding="utf-8", newline="") as file:
        return [Label(**row) for row in csv.DictReader(file)]


def _entry(entry: LedgerEntry) -> dict[str, object]:
    # Of a file that cannot be read nobody knows how many dossiers it held.
    known = entry.rule != "F01"
    return {
        "status": entry.status,
        "dossiers": {name: n for name, n in entry.dossiers.items() if n} if known else None,
        "lines": entry.lines["received"] if known else None,
    }


def _product_ledger(settings: Settings, counted: Recount) -> dict[str, dict[str, object]]:
    unreadable = {name for (name, _), entry in counted.ledger.items() if entry.rule == "F01"}
    return {
        entry["file"]: {
            "status": entry["status"],
            "dossiers": {name: n for name, n in entry["dossiers"].items() if n}
            if entry["file"] not in unreadable
            else None,
            "lines": entry["lines"] if entry["file"] not in unreadable else None,
        }
        for entry in ledger.entries(settings, with_names=True)
    }


@pytest.fixture(scope="module")
def result(module_settings: Settings, province: Path) -> Result:
    result = Result(facility_months=_OPTIONS.facilities)
    compare(
        _labels(province), findings.entries(module_settings, with_names=True), result, "seed 37"
    )
    return result


def test_recall_and_false_alarms_are_within_their_bounds(result: Result) -> None:
    assert sum(kind.labels for kind in result.kinds.values()) > 150
    assert len(result.kinds) > 120
    assert result.is_good, [miss["kind"] for miss in result.misses] + list(result.examples)


def test_correct_dossiers_raise_no_alarm_at_all(result: Result) -> None:
    assert dict(result.examples) == {}


def test_every_kind_that_is_rejected_by_the_standard_is_found(result: Result) -> None:
    rejected = {name: kind for name, kind in result.kinds.items() if kind.severity == "E"}
    assert len(rejected) > 40
    assert [name for name, kind in rejected.items() if kind.found < kind.labels] == []


def test_the_report_names_every_kind_and_the_verdict(result: Result) -> None:
    *tables, last = tables_of(result)
    assert len(tables) == 3
    assert f"of {len(result.kinds)} kinds: recall" in str(last)
    assert result.as_json()["is_good"] is True


def test_ledger_of_a_province_equals_the_recount(module_settings: Settings, province: Path) -> None:
    counted = recount(read_folder(province))
    expected = {name: _entry(entry) for (name, _), entry in counted.ledger.items()}
    assert _product_ledger(module_settings, counted) == expected


@pytest.mark.parametrize("name", case_names())
def test_ledger_of_a_case_is_the_one_worked_out_by_hand(
    name: str, settings: Settings, tmp_path: Path
) -> None:
    case = read_case(name)
    sent = tmp_path / "sent"  # the state folder of the warehouse is beside it
    sent.mkdir()
    case.place(sent)
    _ingest(settings, sent)
    shown = {
        entry["file"]: {
            "status": entry["status"],
            "dossiers": {state: n for state, n in entry["dossiers"].items() if n},
            "lines": {state: n for state, n in entry["line_states"].items() if n},
        }
        for entry in ledger.entries(settings, with_names=True)
    }
    assert shown == case.expected["ledger"]


def test_flags_are_those_of_the_second_opinion(province: Path, module_settings: Settings) -> None:
    counted = recount(read_folder(province))
    received = {entry.file: entry.received_on for entry in _receipts(province)}
    expected = {
        (file, version.dossier_id, rule)
        for file, content in counted.files.items()
        if content.refused_by is None
        for version in content.versions
        for rule in flags(version, received[file])
    }
    found = {
        (entry["file"], entry["dossier"], entry["rule"])
        for entry in findings.entries(module_settings, with_names=True)
        if entry["rule"] in RULES
    }
    assert {rule for _, _, rule in expected} == RULES
    assert found == expected


class _Receipt(NamedTuple):
    file: str
    received_on: date


def _receipts(province: Path) -> list[_Receipt]:
    """The first day, in local time, on which each file was received."""
    deliveries = sorted(read_folder(province), key=lambda each: each.received_at, reverse=True)
    return [
        _Receipt(each.name, each.received_at.astimezone(LOCAL_TIME).date()) for each in deliveries
    ]
