"""Indicators of where people went on: transfers, and stays by the day on which they ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from oracle.indicators.calendars import Period
from oracle.indicators.meaning import Meaning, Part, Parts
from oracle.indicators.told import Told
from oracle.journeys import Stay, arrival_of
from oracle.visits import Visit

_JOINED = {"58": "56", "95": "96"}
"""Provinces of before 01/07/2025 of the worlds here, by the first digits of facilities' codes."""


def _transfers(counts: Callable[[Visit, Told], bool]) -> Parts:
    """At the facility that sent; every transfer is told of."""

    def parts(told: Told, period: Period) -> Iterator[Part]:
        for day, visit in told.ended:
            if period.has(day) and visit.is_transfer:
                yield Part("facility", visit.facility_id, day, counts(visit, told))

    return parts


def _province(facility_code: str) -> str:
    """Of today."""
    return _JOINED.get(facility_code[:2], facility_code[:2])


def _is_sent_somewhere(visit: Visit, _: Told) -> bool:
    return bool(visit.sent_to)


def _leaves(visit: Visit, told: Told) -> bool:
    is_elsewhere = _province(visit.sent_to) != _province(visit.facility_id)
    return _is_sent_somewhere(visit, told) and is_elsewhere


def _stays_in_province(visit: Visit, told: Told) -> bool:
    return _is_sent_somewhere(visit, told) and not _leaves(visit, told)


def _arrives_there(visit: Visit, told: Told) -> bool:
    """In the province, at the facility that was named."""
    if not _stays_in_province(visit, told):
        return False
    arrival = arrival_of(visit, told.visits_of(visit.person))
    return arrival is not None and arrival.facility_id == visit.sent_to


def _stays(counts: Callable[[Stay], bool]) -> Parts:
    """At the facility where they ended; every stay is told of."""

    def parts(told: Told, period: Period) -> Iterator[Part]:
        for stay in told.stays:
            if period.has(stay.ended_on):
                yield Part("facility", stay.last[0], stay.ended_on, counts(stay))

    return parts


OF_JOURNEYS = {
    "CROSS_PROVINCE_PCT": Meaning(
        _transfers(_leaves), _transfers(_is_sent_somewhere), 100, least=30
    ),
    "TRANSFER_MATCHED_PCT": Meaning(
        _transfers(_arrives_there), _transfers(_stays_in_province), 100, least=30
    ),
    "READMISSION_30D_PCT": Meaning(
        _stays(lambda stay: stay.is_readmitted_unplanned),
        _stays(lambda stay: stay.is_index),
        100,
        least=30,
    ),
}
