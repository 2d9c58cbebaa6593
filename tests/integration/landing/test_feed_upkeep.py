"""Feeds of rows are read again, replayed, maintained: what counts stays the same."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from build_steps import note_published
from feed_steps import (
    PERSONS,
    STAFF,
    deliver_rows,
    listed,
    province,
    put,
    rows_of,
    staff,
    states,
    take_in,
)
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing.findings import entries as findings
from health_warehouse.landing.read_again import preview
from health_warehouse.landing.reingest import reingest
from health_warehouse.landing.replay import replay
from health_warehouse.landing.scope import Scope
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.record import StepResult
from health_warehouse.maintenance.run import maintain
from health_warehouse.settings import Settings
from warehouses import Cluster, new_warehouse

JUNE = datetime(2026, 6, 10, 3, tzinfo=UTC)
LATER = datetime(2026, 6, 20, 3, tzinfo=UTC)
JULY = datetime(2026, 7, 3, 3, tzinfo=UTC)
ALL = Scope(first=date(2026, 1, 1))
_DOSES = [
    {"dose_no": "1", "citizen": "001085000001"},
    {"dose_no": "2", "card": "HT3969600011122"},
    {"dose_no": ""},
]


def fill(settings: Settings) -> None:
    put(settings, "96001/deep/staff_2026_05.jsonl", [*staff("A", "B"), "{"], JUNE)
    put(settings, "96001/deep/staff.jsonl", staff("A", "C", title_code="??"), JUNE)
    put(settings, "96001/doses.jsonl", _DOSES, JUNE)
    put(settings, "96001/doses2.jsonl", _DOSES[:1], LATER)
    take_in(settings)
    deliver_rows(settings, "96001/staff_again.jsonl", staff("A", "C", title_code="??"), JULY)
    deliver_rows(settings, "96001/deep/staff2.jsonl", staff("C", "D"), JULY)


@pytest.fixture
def filled(settings: Settings) -> Settings:
    own = province(settings, STAFF, PERSONS)
    fill(own)
    return own


def content(settings: Settings) -> tuple[object, ...]:
    told = sorted((one["delivery"], one["rule"], one["reason"]) for one in findings(settings))
    doses = rows_of(
        settings, "select dose_no, document_key, person_key from feeds.doses order by 1"
    )
    return (listed(settings), states(settings), told, [tuple(row) for row in doses])


def step(settings: Settings, name: StepName) -> StepResult:
    (result,) = maintain(settings, lambda _: None, only=name).steps
    return result


def note_release(settings: Settings) -> None:
    """A release has taken up every change until now."""
    with engine(settings, OWNER).begin() as connection:
        build = connection.execute(
            text(
                "insert into ops.builds (from_change_id, to_change_id, is_full, status)"
                " select 0, max(change_id), true, 'passed' from ops.document_changes returning *"
            )
        ).one()
    note_published(settings, build)


def age(settings: Settings) -> None:
    with engine(settings, OWNER).begin() as connection:
        for table, column in (("files", "loaded_at"), ("document_changes", "changed_at")):
            connection.execute(
                text(f"update ops.{table} set {column} = {column} - interval '9 days'")
            )


def test_what_is_read_again_is_as_it_was(filled: Settings) -> None:
    before = content(filled)
    assert preview(filled, ALL)["96001"].unreadable == 0
    report = reingest(filled, ALL)
    assert (report.files, report.left) == (5, 0)
    assert content(filled) == before
    reingest(filled, ALL)
    assert content(filled) == before


def test_an_inbox_that_moved_makes_nobody_another_sender(filled: Settings) -> None:
    before = content(filled)
    moved = filled.model_copy(update={"inbox": "s3://elsewhere/in"})
    reingest(moved, ALL)
    assert content(filled) == before


def test_an_archive_is_replayed_into_an_empty_warehouse(
    filled: Settings, cluster: Cluster, tmp_path: Path
) -> None:
    with new_warehouse(cluster, tmp_path / "other") as empty:
        own = empty.model_copy(update={"archive": filled.archive})
        other = province(own, STAFF, PERSONS)
        for _ in range(2):
            replay(other)
            assert content(other) == content(filled)


def test_without_its_contract_a_feed_is_left_as_it_is(filled: Settings) -> None:
    before = content(filled)
    gone = filled.model_copy(update={"feeds": None})
    assert preview(gone, ALL)["96001"].unreadable == 5
    assert reingest(gone, ALL).left == 5
    assert content(filled) == before


def test_former_readings_go_and_take_nothing_with_them(filled: Settings) -> None:
    before = content(filled)
    reingest(filled, ALL)
    assert len(rows_of(filled, "select * from raw.doses")) == 6
    assert step(filled, StepName.REMOVE_FORMER_READINGS).removed.count == 2, "a build needs them"
    note_release(filled)
    result = step(filled, StepName.REMOVE_FORMER_READINGS)
    assert result.removed.count == 3
    assert len(rows_of(filled, "select * from raw.doses")) == 3
    assert content(filled) == before
    reingest(filled, ALL)
    assert content(filled) == before


def test_bytes_that_count_stay_in_the_archive_and_rows_stay_in_raw(filled: Settings) -> None:
    deliver_rows(filled, "96001/doses3.jsonl", [{**one, "vaccine": "X"} for one in _DOSES], JULY)
    rows = len(rows_of(filled, "select * from raw.doses"))
    before = content(filled)
    age(filled)
    short = filled.model_copy(update={"keep_archive_days": 1, "keep_superseded_days": 1})
    assert step(short, StepName.REMOVE_ARCHIVED_FILES).removed.count == 3
    gone = rows_of(filled, "select file_name from ops.files where archive_state = 'removed'")
    assert sorted(row.file_name for row in gone) == [
        "doses.jsonl",
        "doses2.jsonl",
        "staff.jsonl",
    ]
    assert step(short, StepName.REMOVE_SUPERSEDED_ROWS).removed.count == 0
    assert len(rows_of(filled, "select * from raw.doses")) == rows
    assert content(filled) == before
    deliver_rows(filled, "96001/doses.jsonl", _DOSES, LATER)
    [row] = rows_of(filled, "select archive_state from ops.files where file_name = 'doses.jsonl'")
    assert row.archive_state == "kept"
