"""Every hostile and broken file, judged in one warehouse: each ends as its case says.

Heavy files (in `make soak` all) are loaded in a process of their own, within 5 s and 512 MB. All
are then checked as one batch, so a value that stopped a rule would stop it for all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bombs import SECRET
from corpus import CASES
from file_names import HOSTILE_NAMES, leave_other_things
from hostile_case import Case

from claim_files import claim_file
from expectations import registry
from good_dossiers import NAME, card_of, good, neighbours
from health_warehouse.landing import findings
from health_warehouse.landing.delivery import printable
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.landing.ledger import LINE_STATES, STATES, entries
from health_warehouse.reference.canonical import canonical_dossier_id
from health_warehouse.settings import Settings
from landing_steps import deliver, query

RECEIVED_AT = datetime(2026, 8, 6, 1, tzinfo=UTC)
MAX_SECONDS = 5.0
MAX_PEAK_MB = 512.0
LOADER = Path(__file__).with_name("load_within_bounds.py")
HEAVY = [case for case in CASES if case.is_heavy]


@dataclass
class Judged:
    """What the warehouse says after the corpus, by name of the file."""

    ledger: dict[str, dict[str, Any]]
    found: dict[str, list[dict[str, Any]]]
    loaded: frozenset[str]
    headers: dict[str, dict[str, str]]
    cost: dict[str, dict[str, Any]]
    others: list[str]


@pytest.fixture(scope="module")
def judged(module_settings: Settings) -> Judged:
    cost = _load(module_settings, HEAVY)
    for case in CASES:
        if not case.is_heavy:
            deliver(module_settings, case.file_name, case.content(), RECEIVED_AT)
    for number, name in enumerate(HOSTILE_NAMES):
        deliver(module_settings, name, claim_file([good(f"named {number}")]), RECEIVED_AT)
    inbox = module_settings.state / "inbox"
    others = leave_other_things(inbox, SECRET)
    deliver(module_settings, "folder.xml/inside.xml", claim_file([good("inside")]), RECEIVED_AT)
    before = _outside(inbox)
    ingest(module_settings, list_new(module_settings))
    assert _outside(inbox) == before
    found: dict[str, list[dict[str, Any]]] = {case.file_name: [] for case in CASES}
    for row in findings.entries(module_settings, with_names=True):
        found.setdefault(row["file"], []).append(row)
    loaded = query(module_settings, "select dossier_id from ops.current_dossiers")
    return Judged(
        {entry["file"]: entry for entry in entries(module_settings, with_names=True)},
        found,
        frozenset(row[0] for row in loaded),
        _headers(module_settings),
        cost,
        others,
    )


def _headers(settings: Settings) -> dict[str, dict[str, str]]:
    """Two columns of XML1 as text, by dossier."""
    rows = query(
        settings,
        "select v.dossier_id, x.ghi_chu, x._extra::text from raw.claims_xml1 as x"
        " join ops.dossier_versions as v using (file_id, position)",
    )
    return {row[0]: {"ghi_chu": row[1], "_extra": row[2]} for row in rows}


def _outside(inbox: Path) -> list[str]:
    """What a name could have written to: beside the inbox, and where this process is."""
    folders = (inbox.parent.parent, Path.cwd(), Path(tempfile.gettempdir()))
    return sorted(
        str(path) for folder in folders for path in folder.iterdir() if path.suffix == ".xml"
    )


def _load(settings: Settings, cases: Sequence[Case]) -> dict[str, dict[str, Any]]:
    """Seconds of processor time and peak of memory of each file, by its name."""
    paths = [deliver(settings, c.file_name, c.content(), RECEIVED_AT) for c in cases]
    done = subprocess.run(
        [sys.executable, str(LOADER), *map(str, paths)],
        env=os.environ | settings.as_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    costs = [json.loads(line) for line in done.stdout.splitlines()]
    return {cost["file"]: cost for cost in costs}


# ---------- the corpus itself


def test_the_corpus_is_large_and_its_names_are_unique() -> None:
    assert len(CASES) >= 120
    assert max(Counter(case.name for case in CASES).values()) == 1
    assert len(HEAVY) >= 15


def test_rules_that_cases_expect_exist() -> None:
    assert {case.rule for case in CASES if case.rule} <= {rule.id for rule in registry.ALL}


# ---------- what became of it


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_ends_as_its_case_says(case: Case, judged: Judged) -> None:
    entry = judged.ledger[case.file_name]
    rows = judged.found[case.file_name]
    assert entry["status"] == ("refused" if case.outcome == "refused" else "loaded"), rows
    if case.outcome == "refused":
        assert entry["reason"].startswith(f"{case.rule}: ")
        assert all(words in entry["reason"] for words in case.says), entry["reason"]
    if case.rule:
        assert any(_is_told(case, row) for row in rows), rows
    is_loaded = canonical_dossier_id(case.name) in judged.loaded
    assert is_loaded == (case.outcome in ("flagged", "loaded")) or case.outcome == "flagged", rows


def _is_told(case: Case, row: dict[str, Any]) -> bool:
    """Whether a finding is the one that the case expects, at its place and in its words."""
    place = (("table", case.table), ("line", case.line), ("field", case.field))
    return (
        row["rule"] == case.rule
        and all(words in row["reason"] for words in case.says)
        and all(row[name] == value for name, value in place if value is not None)
    )


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.outcome in ("quarantined", "loaded")], ids=lambda c: c.name
)
def test_healthy_neighbours_load(case: Case, judged: Judged) -> None:
    assert set(map(canonical_dossier_id, neighbours(case.name))) <= judged.loaded
    counts = judged.ledger[case.file_name]["dossiers"]
    expected = (3, 2, 1) if case.outcome == "quarantined" else (3, 3, 0)
    assert (counts["received"], counts["loaded"], counts["quarantined"]) == expected


@pytest.mark.parametrize("name", ["two XML1", "cut inside", "foreign letter in base64", "no XML1"])
def test_a_dossier_without_its_header_is_named_by_its_lines(name: str, judged: Judged) -> None:
    named = {row["dossier"] for row in judged.found[f"{name}.xml"] if row["rule"] == "F03"}
    assert named == {name}


def test_nothing_is_lost_on_the_way(judged: Judged) -> None:
    assert len(judged.ledger) == len(CASES) + len(HOSTILE_NAMES) + 1
    for entry in judged.ledger.values():
        for counts, states in (
            (entry["dossiers"], STATES),
            (entry["line_states"], LINE_STATES),
        ):
            assert counts["received"] == sum(counts[state] for state in states[1:]), entry


KEPT = [case for case in CASES if case.kept]


@pytest.mark.parametrize("case", KEPT, ids=lambda case: case.name)
def test_values_arrive_to_the_last_character(case: Case, judged: Judged) -> None:
    assert case.kept
    row = judged.headers[canonical_dossier_id(case.name)]
    assert {column: row[column] for column in case.kept} == case.kept


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=printable)
def test_a_file_of_any_name_loads(name: str, judged: Judged) -> None:
    assert judged.ledger[printable(name)]["status"] == "loaded"
    assert canonical_dossier_id(f"named {HOSTILE_NAMES.index(name)}") in judged.loaded


def test_what_is_no_file_is_left_alone_and_what_is_in_it_is_not(judged: Judged) -> None:
    assert not set(judged.others) & judged.ledger.keys()
    assert judged.ledger["inside.xml"]["status"] == "loaded"


# ---------- what it may not do


@pytest.mark.parametrize("case", HEAVY, ids=lambda case: case.name)
def test_a_heavy_file_stays_within_time_and_memory(case: Case, judged: Judged) -> None:
    _assert_within_bounds(judged.cost[case.file_name])


@pytest.mark.soak
def test_every_file_stays_within_time_and_memory(settings: Settings) -> None:
    costs = _load(settings, CASES)
    assert len(costs) == len(CASES)
    for cost in costs.values():
        _assert_within_bounds(cost)


def _assert_within_bounds(cost: dict[str, Any]) -> None:
    assert cost["seconds"] <= MAX_SECONDS, cost
    assert cost["peak_mb"] <= MAX_PEAK_MB, cost


def test_no_reason_holds_a_value_of_a_patient(judged: Judged, module_settings: Settings) -> None:
    told = [row["reason"] for rows in judged.found.values() for row in rows]
    told += [entry["reason"] or "" for entry in judged.ledger.values()]
    told += [row[0] or "" for row in query(module_settings, "select message from ops.rule_results")]
    assert len(told) > len(CASES)
    secrets = {NAME, NAME.split()[-1], *(card_of(case.name) for case in CASES)}
    assert not [text for text in told for secret in secrets if secret in text]


def test_nothing_of_another_file_is_anywhere(judged: Judged, module_settings: Settings) -> None:
    secret = SECRET.read_text(encoding="ascii").strip()
    for table in ("raw.claims_xml1", "quarantine.originals", "quarantine.findings", "ops.files"):
        assert (
            query(module_settings, f"select 1 from {table} as t where t::text ~ '{secret}'") == []
        )


def test_the_tables_are_all_still_there(judged: Judged, module_settings: Settings) -> None:
    """No `drop table` of a sender was carried out, and no findings were made up."""
    assert query(module_settings, "select count(*) > 400 from raw.claims_xml1") == [(True,)]
