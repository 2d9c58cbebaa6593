"""Rows of superseded versions leave raw, the ledger stays, and what counts again comes back."""

from __future__ import annotations

from typing import Any

import pytest
from upkeep import NOON, age, archived, keeping, note_release, run, send, step

from claim_files import claim_file, dossier
from health_warehouse.landing import archive
from health_warehouse.landing.ledger import entries
from health_warehouse.maintenance.names import StepName
from health_warehouse.settings import Settings
from landing_steps import current, deliver, judge, load_all, query

NAME = StepName.REMOVE_SUPERSEDED_ROWS


@pytest.fixture
def aged(settings: Settings) -> Settings:
    """A1 twice, A2 once; all of it released, ten days ago; a day is the bound."""
    send(settings, "old.xml", 1, "A1", "A2")
    send(settings, "new.xml", 2, "A1")
    note_release(settings)
    age(settings)
    return keeping(settings, superseded=1)


def _rows(settings: Settings) -> list[tuple[Any, ...]]:
    return query(
        settings,
        "select file_id, position, ma_lk, ghi_chu from raw.claims_xml1"
        " union all select file_id, position, ma_lk, null from raw.claims_xml2"
        " union all select file_id, position, ma_lk, null from raw.claims_xml3 order by 1, 2, 4",
    )


def test_rows_of_superseded_versions_leave_and_nothing_else(aged: Settings) -> None:
    ledger, before = entries(aged, with_names=True), _rows(aged)
    result = step(aged, NAME)
    assert (result.state, result.removed.count) == ("done", 1)
    assert result.removed.byte_count > 0
    assert _rows(aged) == [row for row in before if row[:2] != (1, 1)]
    assert entries(aged, with_names=True) == ledger, "received = loaded + superseded + …, as before"
    assert step(aged, NAME).removed.count == 0


def test_what_an_increment_has_to_read_stays(aged: Settings) -> None:
    send(aged, "newest.xml", 3, "A2")
    age(aged)
    assert step(aged, NAME).removed.count == 1, "the version of A1, released long ago"
    assert (1, 2) in {row[:2] for row in _rows(aged)}, "its items leave the dimensions yet"
    note_release(aged)
    age(aged)
    run(aged, "update ops.releases set replaced_rows = 'removed'")
    assert step(aged, NAME).removed.count == 1


def test_what_was_superseded_lately_stays(settings: Settings) -> None:
    send(settings, "old.xml", 1, "A1")
    age(settings)
    send(settings, "new.xml", 2, "A1")
    note_release(settings)
    assert step(keeping(settings, superseded=1), NAME).removed.count == 0


def test_a_version_whose_bytes_are_not_archived_stays(aged: Settings) -> None:
    (sha256,) = [
        one["sha256"] for one in entries(aged, with_names=True) if one["file"] == "old.xml"
    ]
    archive.remove(aged, sha256)
    before = _rows(aged)
    assert step(aged, NAME).removed.count == 0
    assert _rows(aged) == before


def test_a_dry_run_counts_and_changes_nothing(aged: Settings) -> None:
    before = _rows(aged)
    assert step(aged, NAME, dry_run=True).removed.count == 1
    assert _rows(aged) == before


def test_a_version_that_counts_again_has_its_rows_again(aged: Settings) -> None:
    """The newer version turns out to be older: an earlier receipt of the same bytes is found."""
    before = _rows(aged)
    step(aged, NAME)
    deliver(aged, "found.xml", claim_file([dossier("A1", GHI_CHU="new.xml")]), NOON)
    (result,) = load_all(aged)
    assert result.changed_dossiers == 1
    assert _rows(aged) == before
    assert len(current(aged)) == 2
    assert step(aged, NAME).removed.count == 0


def test_of_what_raw_and_archive_have_no_longer_nothing_counts_again(aged: Settings) -> None:
    send(aged, "newer.xml", 3, "A2")
    note_release(aged)
    age(aged)
    run(aged, "update ops.releases set replaced_rows = 'removed' where status <> 'current'")
    step(aged, NAME)
    step(keeping(aged, archive=1), StepName.REMOVE_ARCHIVED_FILES)
    assert len(archived(aged)) == 2
    now = current(aged)
    deliver(aged, "found.xml", claim_file([dossier("A1", GHI_CHU="new.xml")]), NOON)
    load_all(aged)
    judge(aged)
    assert current(aged) == now


def test_the_next_run_looks_at_the_next_stretch(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        send(settings, f"{number}.xml", number, "A1")
    note_release(settings)
    age(settings)
    settings = keeping(settings, superseded=1)
    monkeypatch.setattr("health_warehouse.maintenance.superseded_rows._STRETCH", 1)
    monkeypatch.setattr("health_warehouse.maintenance.superseded_rows._MOST_STRETCHES", 2)
    counts = [step(settings, NAME).removed.count for _ in range(4)]
    assert counts == [2, 1, 0, 0]
    send(settings, "late.xml", -1, "A1")
    age(settings)
    assert sum(step(settings, NAME).removed.count for _ in range(6)) == 1, "round again"
