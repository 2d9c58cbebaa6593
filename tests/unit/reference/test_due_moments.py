"""Until when something is owed: words, days, instants."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.reference.due import LOCAL_TIME, Due
from health_warehouse.reference.periods import Calendar, period_of
from health_warehouse.reference.working_days import working_days


@pytest.mark.parametrize(
    ("written", "calendar", "in_period", "last_day"),
    [
        ("working day 5", "month", "2026-06-10", "2026-07-07"),
        ("working day 5", "month", "2026-08-10", "2026-09-09"),  # 1 and 2 September are off
        ("day 10", "month", "2026-06-10", "2026-07-10"),
        ("before day 3", "vaccination_month", "2026-06-10", "2026-07-02"),
        ("before day 3", "week", "2026-07-01", "2026-07-07"),  # Sunday is 5 July: before Wednesday
        ("day 5 or next working day", "settlement_month", "2026-06-10", "2026-07-06"),  # a Sunday
        ("day 5 or next working day", "settlement_month", "2026-07-10", "2026-08-05"),
        ("day 6", "admin_half_year", "2026-06-14", "2026-06-20"),
        ("31/03", "year", "2026-07-01", "2027-03-31"),
        ("31/03", "year", "2027-07-01", "2028-03-31"),  # a leap year: the 91st day
        ("20/12", "admin_half_year", "2026-12-14", "2026-12-20"),
        ("working day 1", "month", "2026-01-10", "2026-02-02"),
    ],
)
def test_the_last_day_is_what_the_words_say(
    written: str, calendar: str, in_period: str, last_day: str
) -> None:
    period = period_of(Calendar(calendar), date.fromisoformat(in_period))
    assert period is not None
    assert Due.of(written).last_day(period, working_days()) == date.fromisoformat(last_day)


def test_a_day_ends_at_24_hours_in_ho_chi_minh_city() -> None:
    june = period_of(Calendar.MONTH, date(2026, 6, 1))
    assert june is not None
    moment = Due.of("working day 5").moment(june, working_days())
    assert moment == datetime(2026, 7, 8, 0, 0, tzinfo=LOCAL_TIME)
    assert moment.utctimetuple()[:5] == (2026, 7, 7, 17, 0)


@pytest.mark.parametrize(
    "written", ["day 0", "5", "working 5", "29/02", "31/04", "day 1000", "day 5\n"]
)
def test_what_is_no_due_day_is_not_taken(written: str) -> None:
    with pytest.raises(ValueError, match=r"day|5|month|/"):
        Due.of(written)


@given(st.dates(date(2024, 1, 1), date(2027, 6, 30)), st.integers(1, 30))
def test_working_days_are_never_earlier_than_days(day: date, count: int) -> None:
    month = period_of(Calendar.MONTH, day)
    assert month is not None
    days = working_days()
    assert Due.of(f"working day {count}").last_day(month, days) >= Due.of(f"day {count}").last_day(
        month, days
    )
