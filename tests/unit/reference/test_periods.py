"""Periods of the legal calendars: which day is in which, and what they are called."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.reference.code_lists import entries
from health_warehouse.reference.periods import CODES, Calendar, period_of, periods_from

DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("calendar", "day", "name", "first", "last"),
    [
        ("day", "2026-06-30", "2026-06-30", "2026-06-30", "2026-06-30"),
        ("week", "2026-07-01", "2026-W27", "2026-06-29", "2026-07-05"),
        ("week", "2027-01-01", "2026-W53", "2026-12-28", "2027-01-03"),
        ("month", "2028-02-10", "2028-02", "2028-02-01", "2028-02-29"),
        ("settlement_month", "2026-12-31", "2026-12", "2026-12-01", "2026-12-31"),
        ("vaccination_month", "2026-01-01", "2026-01", "2026-01-01", "2026-01-31"),
        ("quarter", "2026-05-31", "2026-Q2", "2026-04-01", "2026-06-30"),
        ("half_year", "2026-07-01", "2026-H2", "2026-07-01", "2026-12-31"),
        ("nine_months", "2026-09-30", "2026-9M", "2026-01-01", "2026-09-30"),
        ("year", "2026-12-31", "2026", "2026-01-01", "2026-12-31"),
        ("admin_half_year", "2025-12-15", "2026-HC1", "2025-12-15", "2026-06-14"),
        ("admin_half_year", "2025-12-14", "2025-HC2", "2025-06-15", "2025-12-14"),
        ("admin_half_year", "2026-06-14", "2026-HC1", "2025-12-15", "2026-06-14"),
        ("admin_half_year", "2026-06-15", "2026-HC2", "2026-06-15", "2026-12-14"),
        ("admin_year", "2026-12-14", "2026-HC", "2025-12-15", "2026-12-14"),
        ("admin_year", "2026-12-15", "2027-HC", "2026-12-15", "2027-12-14"),
    ],
)
def test_a_day_is_in_its_period(calendar: str, day: str, name: str, first: str, last: str) -> None:
    found = period_of(Calendar(calendar), date.fromisoformat(day))
    assert found is not None
    assert (found.name, found.first, found.last) == (
        name,
        date.fromisoformat(first),
        date.fromisoformat(last),
    )


def test_the_last_quarter_is_in_no_nine_months() -> None:
    assert period_of(Calendar.NINE_MONTHS, date(2026, 10, 1)) is None
    following = next(periods_from(Calendar.NINE_MONTHS, date(2026, 10, 1)))
    assert following.name == "2027-9M"


@given(st.sampled_from(Calendar), DAYS)
def test_a_period_holds_its_day_and_each_of_its_days_is_in_it(
    calendar: Calendar, day: date
) -> None:
    found = period_of(calendar, day)
    if found is None:
        assert calendar is Calendar.NINE_MONTHS
        return
    assert found.first <= day <= found.last
    assert period_of(calendar, found.first) == period_of(calendar, found.last) == found


@given(st.sampled_from(Calendar), DAYS)
def test_periods_follow_one_another_without_gap_or_overlap(calendar: Calendar, day: date) -> None:
    found = list(islice(periods_from(calendar, day), 30))
    for before, after in pairwise(found):
        between = (
            date(before.last.year, 12, 31) if calendar is Calendar.NINE_MONTHS else before.last
        )
        assert after.first == between + ONE_DAY
    assert len({period.name for period in found}) == len(found)


def test_every_calendar_of_the_code_list_is_one_of_ours() -> None:
    listed = {entry.code for entry in entries() if entry.code_system == "period_calendar"}
    if listed:  # the list comes with the feeds that need it
        assert set(CODES.values()) == listed
    assert set(CODES) == set(Calendar) - {Calendar.DAY}
