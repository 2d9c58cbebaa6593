"""What the doctor says of files that wait, of holidays, and of what is owed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.doctor import calendar
from health_warehouse.landing.expected import fill
from health_warehouse.settings import Settings


def _execute(settings: Settings, statement: str) -> None:
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(("waits", "is_told"), [("59 minutes", False), ("61 minutes", True)])
def test_files_that_wait_for_an_hour_are_told(
    settings: Settings, waits: str, is_told: bool
) -> None:
    _execute(
        settings,
        "insert into ops.arrivals values ('claims', 2, 10, now() - interval '2 hours',"
        f" now() - interval '{waits}'), ('posts', 0, 0, null, null)",
    )
    found = list(calendar.arrivals(settings))
    assert [one.level for one in found] == ["warning"] * is_told
    assert all("2 files of claims wait in the inbox" in one.what for one in found)
    assert all("ingest_claims paused" in one.remedy for one in found)


def test_a_table_of_holidays_that_ends_soon_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class _Later(datetime):
        @classmethod
        def now(cls, *_: object) -> datetime:
            return datetime(2027, 11, 5, tzinfo=UTC)

    assert list(calendar.calendar(settings)) == []
    monkeypatch.setattr(calendar, "datetime", _Later)
    (finding,) = calendar.calendar(settings)
    assert "the table of holidays ends with 2027" in finding.what


def test_a_wrong_file_of_holidays_is_told_by_its_line(settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "holidays.csv"
    own.write_text("day,kind\n2027-02-30,off\n", encoding="utf-8")
    (finding,) = calendar.calendar(settings.model_copy(update={"holidays": own}))
    assert finding.level == "error"
    assert "holidays.csv:2: '2027-02-30' is no day" in finding.what


def test_a_calendar_that_stands_still_is_told(settings: Settings) -> None:
    fill(settings)
    assert list(calendar.calendar(settings)) == []
    _execute(settings, "update ops.calendars set filled_at = now() - interval '49 hours'")
    (finding,) = calendar.calendar(settings)
    assert "what is owed was noted last at" in finding.what
    assert "watch_inbox" in finding.remedy
