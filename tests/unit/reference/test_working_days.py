"""Working days against a plain reference, and the table of holidays that we ship."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.errors import ConfigurationError
from health_warehouse.reference.working_days import (
    PATH,
    SpecialDay,
    WorkingDays,
    special_days,
    working_days,
)

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
KINDS = st.sampled_from(["off", "work"])
SPECIAL = st.lists(st.builds(SpecialDay, DAYS, KINDS), max_size=60)


def _plain(special: list[SpecialDay], day: date) -> bool:
    """Whether a day is worked, said without sets: the last entry of it counts."""
    told = [one.kind for one in special if one.day == day]
    if told:
        return told[-1] == "work"
    return day.strftime("%a") not in ("Sat", "Sun")


@given(SPECIAL, DAYS)
def test_a_day_is_worked_as_its_last_entry_says_else_by_its_weekday(
    special: list[SpecialDay], day: date
) -> None:
    assert WorkingDays.of(special).is_working(day) == _plain(special, day)


@given(SPECIAL, DAYS, st.integers(1, 30))
def test_working_day_n_has_n_working_days_up_to_it(
    special: list[SpecialDay], day: date, count: int
) -> None:
    found = WorkingDays.of(special).after(day, count)
    between = [day + timedelta(days=n) for n in range(1, (found - day).days + 1)]
    assert sum(_plain(special, one) for one in between) == count
    assert _plain(special, found)


@given(SPECIAL, DAYS)
def test_the_next_working_day_is_the_first_that_is_not_before(
    special: list[SpecialDay], day: date
) -> None:
    found = WorkingDays.of(special).from_day(day)
    assert found >= day
    assert _plain(special, found)
    skipped = (day + timedelta(days=n) for n in range((found - day).days))
    assert not any(_plain(special, one) for one in skipped)


@pytest.mark.parametrize(
    ("behind", "count", "day"),
    [
        (date(2026, 6, 30), 5, date(2026, 7, 7)),  # a week without a holiday
        (date(2026, 1, 31), 5, date(2026, 2, 6)),
        (date(2026, 1, 31), 10, date(2026, 2, 13)),  # the last day before Tết
        (date(2026, 1, 31), 11, date(2026, 2, 23)),  # the first day after it
        (date(2026, 4, 30), 5, date(2026, 5, 8)),  # 1 May is off
        (date(2026, 8, 31), 1, date(2026, 9, 3)),  # 1 and 2 September are off
        (date(2024, 4, 30), 3, date(2024, 5, 4)),  # a Saturday that was worked in exchange
    ],
)
def test_deadlines_mind_the_holidays(behind: date, count: int, day: date) -> None:
    assert working_days().after(behind, count) == day


def test_each_day_of_the_table_has_a_source_and_a_mark() -> None:
    days = special_days(PATH)
    assert len({one.day for one in days}) == len(days)
    assert [one.day for one in days] == sorted(one.day for one in days)
    assert {one.day.year for one in days} == {2024, 2025, 2026, 2027}
    for one in days:
        assert one.source, one
        assert one.name_vi, one
        assert one.name_en, one
        assert one.confidence in ("H", "M", "L"), one


def test_tet_has_five_days_and_a_year_that_is_not_decided_is_marked() -> None:
    with PATH.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for year in (2024, 2025, 2026, 2027):
        tet = [
            row for row in rows if row["day"].startswith(f"{year}-0") and "Lunar" in row["name_en"]
        ]
        assert len(tet) >= 5, year
        assert {row["confidence"] for row in tet} == ({"L"} if year == 2027 else {"M"})


def test_a_province_decides_otherwise_by_a_file_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "holidays.csv"
    own.write_text("day,kind\n2027-02-04,work\n2027-02-11,off\n", encoding="utf-8")
    days = working_days(own)
    assert days.is_working(date(2027, 2, 4))
    assert not days.is_working(date(2027, 2, 11))
    assert not days.is_working(date(2027, 2, 5))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("day,kind\n2027-02-04,offf\n", ":2: the kind is 'offf': write off or work"),
        ("day,kind\n2027-02-04,off\n04/02/2027,off\n", ":3: '04/02/2027' is no day"),
        ("ngay;loai\n2027-02-04;off\n", ":2: the kind is ''"),
    ],
)
def test_a_mistake_is_told_by_its_line(tmp_path: Path, text: str, told: str) -> None:
    own = tmp_path / "holidays.csv"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        working_days(own)
    assert told in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.csv"):
        working_days(tmp_path / "gone.csv")
