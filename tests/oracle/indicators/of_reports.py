"""Indicators of the monthly reports of facilities."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date

from oracle.indicators.calendars import Period
from oracle.indicators.meaning import Meaning, Part, Parts
from oracle.indicators.of_people import people_in_middle
from oracle.indicators.told import Row, Told

_PRIVATE = ("private", "private_foreign")
_Amount = Callable[[Row, Row, int], int | None]
"""Of a report, what its facility was, and the days of the month; None: it says nothing of it."""


def _care(amount: _Amount) -> Parts:
    """What reports say of visits and stays: closed ones are among them, so less the open claims it
    would tell of these. None is told of it but who sees closed dossiers."""
    reports = _reports(amount)
    return lambda told, period: reports(told, period) if told.is_for_closed else iter(())


def _reports(amount: _Amount) -> Parts:
    def parts(told: Told, period: Period) -> Iterator[Part]:
        for row in told.newest("hospital_activity_month", "facility_code", "month"):
            year, month = map(int, row["month"].split("-"))
            days = monthrange(year, month)[1]
            first, last = date(year, month, 1), date(year, month, days)
            if period.has(first):
                found = amount(row, told.registry.on(row["facility_code"], last), days)
                if found is not None:
                    yield Part("facility", row["facility_code"], first, found)

    return parts


def _is_private_carer(place: Row) -> bool:
    return place.get("ownership") in _PRIVATE and place["facility_type"].startswith(
        ("hospital", "clinic")
    )


def _who_owe(told: Told, period: Period) -> Iterator[Part]:
    """Every facility is told of; those count that are private hospitals and clinics."""
    if period.last < told.today:
        for place in told.registry.of_care(period.last):
            code = place["facility_code"]
            yield Part("facility", code, period.last, _is_private_carer(place))


def _occupancy(beds: str) -> Meaning:
    """Of facilities that have such beds."""
    return Meaning(
        _care(lambda row, _, __: row["bed_days"] if row[beds] else None),
        _care(lambda row, _, days: row[beds] * days if row[beds] else None),
        100,
    )


OF_REPORTS = {
    "BED_OCCUPANCY_ACTUAL_PCT": _occupancy("beds_actual"),
    "BED_OCCUPANCY_PLANNED_PCT": _occupancy("beds_planned"),
    "INPATIENT_PER_100": Meaning(
        _care(lambda row, _, __: row["admissions"]), people_in_middle, 100
    ),
    "INSURED_VISIT_PCT": Meaning(
        _care(lambda row, _, __: row["visits_insured"]),
        _care(lambda row, _, __: row["visits_total"]),
        100,
        least=30,
    ),
    "OUTPATIENT_PER_CAPITA": Meaning(
        _care(lambda row, _, __: row["visits_total"]), people_in_middle, is_a_year=True
    ),
    "PRIVATE_REPORTING_PCT": Meaning(
        _reports(lambda _, place, __: int(_is_private_carer(place))),
        _who_owe,
        100,
        is_zero_unless_told=True,
    ),
}
