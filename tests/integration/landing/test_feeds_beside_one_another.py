"""Feeds that were delivered together: what one cannot do stops no other, and nothing is lost."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from feed_steps import PERSONS, STAFF, listed, province, put, rows_of, staff, states, take_in
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import BatchIncomplete, CheckError
from health_warehouse.landing.judging import check_files
from health_warehouse.settings import Settings
from landing_steps import load_all

_STANDING = "select kind, judged_at is not null as is_judged from ops.files order by kind"


@pytest.fixture
def loaded(settings: Settings) -> Settings:
    """Two feeds, loaded and not judged."""
    own = province(settings, STAFF, PERSONS)
    put(own, "96001/staff.jsonl", staff("A", "B"))
    put(own, "96001/doses.jsonl", [{"dose_no": "1", "citizen": "001085000001"}])
    load_all(own)
    return own


def _change(settings: Settings, statement: str) -> None:
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text(statement))


def _file_ids(settings: Settings) -> list[int]:
    return [row.file_id for row in rows_of(settings, "select file_id from ops.files")]


def test_a_feed_whose_rows_are_not_all_there_holds_no_other(loaded: Settings) -> None:
    _change(loaded, "create table kept as table raw.staff")
    _change(loaded, "delete from raw.staff where staff_no = 'B'")
    with pytest.raises(BatchIncomplete, match="the load must be repaired"):
        check_files(loaded, _file_ids(loaded))
    assert rows_of(loaded, _STANDING) == [("doses", True), ("staff", False)]
    assert [row.dose_no for row in rows_of(loaded, "select dose_no from feeds.doses")] == ["1"]
    assert listed(loaded) == {}

    _change(loaded, "insert into raw.staff select * from kept where staff_no = 'B'")
    report = check_files(loaded, _file_ids(loaded))
    assert len(report.file_ids) == 1
    assert listed(loaded) == {"96001/2026-06-30": ["A", "B"]}
    assert states(loaded) == [{"received": 1, "loaded": 1}, {"received": 2, "loaded": 2}]
    assert not rows_of(loaded, "select from ops.incidents where resolved_at is null")


def test_a_feed_with_a_rule_that_cannot_be_judged_holds_no_other(loaded: Settings) -> None:
    _change(loaded, "alter table raw.staff rename column title_code to moved")
    with pytest.raises(CheckError, match="correct the rule and run again"):
        check_files(loaded, _file_ids(loaded))
    assert rows_of(loaded, _STANDING) == [("doses", True), ("staff", False)]

    _change(loaded, "alter table raw.staff rename column moved to title_code")
    take_in(loaded)
    assert rows_of(loaded, _STANDING) == [("doses", True), ("staff", True)]
    assert listed(loaded) == {"96001/2026-06-30": ["A", "B"]}
