"""The second opinion itself, against numbers that a person worked out."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from oracle.cases import Case, case_names, read_case
from oracle.recount import LedgerEntry, Recount, read_folder, recount


def _months(result: Recount) -> dict[str, dict[str, object]]:
    return {
        f"{facility_id} {month.isoformat()}": row.as_json()
        for (facility_id, month), row in result.facility_months.items()
    }


def _entry(entry: LedgerEntry) -> dict[str, object]:
    return {
        "status": entry.status,
        "dossiers": dict(entry.dossiers),
        "lines": dict(entry.lines),
    }


@pytest.fixture(params=case_names())
def case(request: pytest.FixtureRequest) -> Case:
    return read_case(request.param)


def test_there_are_cases() -> None:
    assert len(case_names()) >= 8


def test_numbers_are_those_worked_out_by_hand(case: Case) -> None:
    result = recount(case.deliveries)
    assert _months(result) == case.expected["facility_months"]
    assert result.line_count == case.expected["line_count"]
    ledger = {name: _entry(entry) for (name, _), entry in result.ledger.items()}
    assert ledger == case.expected["ledger"]


def test_order_of_deliveries_does_not_matter(case: Case) -> None:
    expected = recount(case.deliveries)
    for order in permutations(case.deliveries):
        result = recount(order)
        assert result.facility_months == expected.facility_months
        assert result.current == expected.current
        assert result.ledger == expected.ledger


def test_receiving_everything_twice_changes_no_number(case: Case) -> None:
    again = [replace(each, name=f"again_{each.name}", uri="again") for each in case.deliveries]
    result = recount([*case.deliveries, *again])
    assert _months(result) == case.expected["facility_months"]


def test_every_dossier_received_is_in_exactly_one_state(case: Case) -> None:
    for entry in recount(case.deliveries).ledger.values():
        for counts in (entry.dossiers, entry.lines):
            assert counts["received"] == counts.total() - counts["received"] > 0


def test_a_given_quarantine_replaces_the_own_rules() -> None:
    case = read_case("quarantined_newer_version")
    everything_passes = recount(case.deliveries, lambda *_: False)
    assert everything_passes.quarantined == {}
    assert {name for name, _ in everything_passes.current.values()} == {"2_wrong.xml"}


def test_placed_case_is_read_back_with_its_receipts(case: Case, tmp_path: Path) -> None:
    case.place(tmp_path)
    assert (
        recount(read_folder(tmp_path)).facility_months == recount(case.deliveries).facility_months
    )


def test_cut_file_is_refused_and_counts_nothing() -> None:
    first = read_case("resent_then_withdrawn").deliveries[0]
    result = recount([replace(first, content=first.content[:-200])])
    (entry,) = result.ledger.values()
    assert (entry.status, entry.rule, result.facility_months) == ("refused", "F01", {})
