"""The product against the second opinion: each labelled defect found, no other, same counts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from health_warehouse.landing import ledger
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.quality import findings
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import LABELS, Label, generate
from health_warehouse.synthetic.options import Options
from oracle.cases import case_names, read_case
from oracle.recount import LedgerEntry, Recount, read_folder, recount

_OPTIONS = Options(facilities=5, days=6, dossiers=260, seed=21, defects=0.5)


def _ingest(settings: Settings, folder: Path) -> None:
    ingest(settings, list_new(settings, [str(folder)]))


def _known_id(label: Label) -> str:
    """MA_LK as the receiver knows it: none when the only XML1 cannot be read."""
    lost = ("no_header", "broken_base64", "broken_table")
    return "" if label.kind in lost and label.table == "XML1" else label.dossier


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
        for entry in ledger.entries(settings)
    }


def test_recall_is_complete_and_nothing_else_is_found(settings: Settings, tmp_path: Path) -> None:
    generate(tmp_path / "province", _OPTIONS)
    _ingest(settings, tmp_path / "province")
    with (tmp_path / "province" / LABELS).open(encoding="utf-8", newline="") as file:
        labels = [Label(**row) for row in csv.DictReader(file)]
    found: dict[tuple[str, str], set[str]] = {}
    for finding in findings.entries(settings):
        if finding["severity"] not in ("flag_line", "record"):
            key = (finding["file"], finding["dossier"] or "")
            found.setdefault(key, set()).add(finding["rule"][:3])
    wanted = [label for label in labels if label.expected_severity != "notice"]
    missed = [
        label
        for label in wanted
        if label.expected_rule not in found.get((label.file, _known_id(label)), set())
    ]
    assert len(wanted) > 100
    assert missed == []
    unlabelled = set(found) - {(label.file, _known_id(label)) for label in labels}
    assert unlabelled == set()


def test_ledger_of_a_province_equals_the_recount(settings: Settings, tmp_path: Path) -> None:
    generate(tmp_path / "province", _OPTIONS)
    _ingest(settings, tmp_path / "province")
    counted = recount(read_folder(tmp_path / "province"))
    expected = {name: _entry(entry) for (name, _), entry in counted.ledger.items()}
    assert _product_ledger(settings, counted) == expected


@pytest.mark.parametrize("name", case_names())
def test_ledger_of_a_case_is_the_one_worked_out_by_hand(
    name: str, settings: Settings, tmp_path: Path
) -> None:
    case = read_case(name)
    case.place(tmp_path)
    _ingest(settings, tmp_path)
    shown = {
        entry["file"]: {
            "status": entry["status"],
            "dossiers": {state: n for state, n in entry["dossiers"].items() if n},
            "lines": {state: n for state, n in entry["line_states"].items() if n},
        }
        for entry in ledger.entries(settings)
    }
    assert shown == case.expected["ledger"]
