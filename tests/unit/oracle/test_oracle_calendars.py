"""The oracle's periods are those of the circulars."""

from __future__ import annotations

from collections import Counter
from datetime import date

from oracle.indicators.calendars import LAST, Period, end_before, ends, periods


def _of(calendar: str, year: int) -> list[tuple[date, date]]:
    found = [one for one in periods() if one.calendar == calendar and one.last.year == year]
    return [(one.first, one.last) for one in sorted(found, key=lambda one: one.first)]


def test_halves_of_administration_begin_on_15_december_and_15_june() -> None:
    assert _of("half_admin", 2026) == [
        (date(2025, 12, 15), date(2026, 6, 14)),
        (date(2026, 6, 15), date(2026, 12, 14)),
    ]
    assert _of("year_admin", 2026) == [(date(2025, 12, 15), date(2026, 12, 14))]


def test_periods_of_the_calendar_end_with_their_last_month() -> None:
    assert _of("quarter_cal", 2024)[0] == (date(2024, 1, 1), date(2024, 3, 31))
    assert _of("nine_month", 2024) == [(date(2024, 1, 1), date(2024, 9, 30))]
    assert _of("half_cal", 2024)[1] == (date(2024, 7, 1), date(2024, 12, 31))
    assert (date(2024, 2, 1), date(2024, 2, 29)) in _of("month_cal", 2024)


def test_each_calendar_has_its_periods_in_a_year_and_none_behind_the_last_day() -> None:
    counts = Counter(one.calendar for one in periods() if one.last.year == 2030)
    assert counts == {
        "month_cal": 12, "quarter_cal": 4, "half_cal": 2, "nine_month": 1, "year_cal": 1,
        "half_admin": 2, "year_admin": 1,
    }  # fmt: skip
    assert max(one.last for one in periods()) == LAST


def test_ends_are_those_of_months_and_of_administrative_halves() -> None:
    assert list(ends(date(2026, 5, 31), date(2026, 6, 30))) == [
        date(2026, 5, 31), date(2026, 6, 14), date(2026, 6, 30),
    ]  # fmt: skip
    assert end_before(date(2026, 6, 14)) == date(2026, 5, 31)
    assert end_before(date(2026, 6, 15)) == date(2026, 6, 14)


def test_the_middle_of_a_period_is_the_first_day_of_its_second_half() -> None:
    year = Period("year_cal", date(2026, 1, 1), date(2026, 12, 31))
    assert (year.days, year.middle, year.before) == (365, date(2026, 7, 2), date(2025, 12, 31))
