"""A list that lacks many documents of the one before it waits until a person has decided."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import permutations

import pytest
from typer.testing import CliRunner

from feed_steps import (
    STAFF,
    clear_inbox,
    deliver_rows,
    forget,
    listed,
    province,
    rows_of,
    staff,
    states,
)
from health_warehouse.cli import app
from health_warehouse.commands import decisions as commands
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing.decisions import decide, decided, waiting
from health_warehouse.landing.reingest import reingest
from health_warehouse.landing.scope import Scope
from health_warehouse.settings import Settings

SHRINKING = STAFF.replace("{empty: false}", "{empty: false, shrinks_by_more_than: 0.5}")
HELD = {"96001/2026-06-30": ["A", "B", "C", "D"]}
SHORT = {"96001/2026-06-30": ["A"]}


def at(day: int) -> datetime:
    return datetime(2026, 6, day, 3, tzinfo=UTC)


@pytest.fixture
def warehouse(settings: Settings) -> Settings:
    return province(settings, SHRINKING)


@pytest.fixture
def held(warehouse: Settings) -> Settings:
    deliver_rows(warehouse, "96001/staff.jsonl", staff("A", "B", "C", "D"), at(1))
    deliver_rows(warehouse, "96001/staff2.jsonl", staff("A"), at(2))
    return warehouse


def delivery(settings: Settings) -> str:
    [entry] = waiting(settings)
    return str(entry["delivery"])


def incident(settings: Settings) -> list[str]:
    statement = "select message from ops.incidents where state = 'open'"
    return [row.message for row in rows_of(settings, statement)]


def test_a_list_that_shrinks_waits_and_what_counted_goes_on(held: Settings) -> None:
    assert listed(held) == HELD
    assert states(held) == [{"received": 4, "loaded": 4}, {"received": 1, "pending": 1}]
    [entry] = waiting(held)
    assert (entry["position"], entry["about"], entry["rule"], entry["dossier"]) == (
        0, "shrinking", "staff.shrinking", "96001/2026-06-30",
    )  # fmt: skip
    assert entry["reason"].startswith("it names 1 documents, and of its list 4 count | có 1")
    [message] = incident(held)
    assert message.startswith("lists that wait for a decision: 1.")


def test_half_of_a_list_is_not_more_than_half(warehouse: Settings) -> None:
    deliver_rows(warehouse, "96001/staff.jsonl", staff("A", "B", "C", "D"), at(1))
    deliver_rows(warehouse, "96001/staff2.jsonl", staff("A", "B"), at(2))
    assert waiting(warehouse) == []
    assert listed(warehouse) == {"96001/2026-06-30": ["A", "B"]}


def test_a_document_that_is_named_twice_is_one(warehouse: Settings) -> None:
    deliver_rows(warehouse, "96001/staff.jsonl", staff("A", "A", "B", "B", "C", "C"), at(1))
    deliver_rows(warehouse, "96001/staff2.jsonl", staff("A", "B"), at(2))
    assert waiting(warehouse) == []


@pytest.mark.parametrize(
    ("decision", "after", "state"),
    [("accepted", SHORT, {"received": 1, "duplicate": 1}),
     ("refused", HELD, {"received": 1, "quarantined": 1})],
)  # fmt: skip
def test_a_decision_holds_and_may_be_changed(
    held: Settings, decision: str, after: dict[str, list[str]], state: dict[str, int]
) -> None:
    name = delivery(held)
    other = "refused" if decision == "accepted" else "accepted"
    decide(held, name, 0, other, decided_by="me")  # type: ignore[arg-type]
    done = decide(held, name, 0, decision, decided_by="me", note="asked")  # type: ignore[arg-type]
    assert (done.about, done.position) == ("shrinking", 0)
    assert done.changed_dossiers == 3
    assert listed(held) == after
    assert states(held)[1] == state
    assert waiting(held) == []
    assert incident(held) == []
    assert [entry["decision"] for entry in decided(held)] == [other, decision]


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    held: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "get_settings", lambda: held)
    run = CliRunner().invoke
    name = delivery(held)
    told = run(app, ["decisions", "accept", name, "0", "--dry-run"])
    assert told.exit_code == 0
    assert "would be accepted; documents that change: 3" in told.stdout
    assert listed(held) == HELD
    assert decided(held) == []
    done = json.loads(run(app, ["decisions", "accept", name, "0", "--json"]).stdout)
    assert done["changed_dossiers"] == 3
    assert listed(held) == SHORT
    assert json.loads(run(app, ["decisions", "list", "--json"]).stdout) == []


def test_a_decision_about_a_list_that_does_not_wait_is_refused(held: Settings) -> None:
    [first, _] = rows_of(held, "select sha256 from ops.files order by file_id")
    with pytest.raises(ConfigurationError, match="waits for no decision"):
        decide(held, first.sha256, 0, "accepted", decided_by="me")
    with pytest.raises(ConfigurationError, match="no list that could wait"):
        decide(held, "0" * 64, 0, "accepted", decided_by="me")
    with pytest.raises(ConfigurationError, match="no dossier at position 1"):
        decide(held, first.sha256, 1, "accepted", decided_by="me")


def test_a_decision_holds_when_files_are_read_again(held: Settings) -> None:
    decide(held, delivery(held), 0, "accepted", decided_by="me")
    before = listed(held), states(held)
    reingest(held, Scope(facility_id="96001"))
    assert (listed(held), states(held)) == before


def test_a_list_without_a_contract_cannot_be_decided(held: Settings) -> None:
    name = delivery(held)
    (held.feeds / "staff.yml").unlink()  # type: ignore[operator]
    gone = held.model_copy(update={"feeds": None})
    with pytest.raises(ConfigurationError, match="no contract any more"):
        decide(gone, name, 0, "accepted", decided_by="me")


def test_a_list_is_compared_with_the_last_that_counts_whatever_the_order(
    warehouse: Settings,
) -> None:
    deliveries = [
        ("96001/staff.jsonl", staff("A", "B", "C", "D"), at(1)),
        ("96001/staff2.jsonl", staff("A"), at(2)),
        ("96001/staff3.jsonl", staff("A", "B", "X"), at(3)),
        ("96001/staff4.jsonl", staff("X"), at(4)),
    ]
    seen = []
    for order in list(permutations(deliveries))[::5]:
        for path, rows, received_at in order:
            deliver_rows(warehouse, path, rows, received_at)
        told = [(entry["sha256"], entry["reason"]) for entry in waiting(warehouse)]
        seen.append((listed(warehouse), states(warehouse), told))
        forget(warehouse)
        clear_inbox(warehouse)
    assert seen[0][0] == {"96001/2026-06-30": ["A", "B", "X"]}
    assert len(seen[0][2]) == 2
    assert all(one == seen[0] for one in seen[1:])
