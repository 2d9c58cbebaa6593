"""People and cards by commune: what other indicators divide by, and insurance coverage."""

from __future__ import annotations

from collections.abc import Iterator

from oracle.indicators.calendars import Period
from oracle.indicators.meaning import Meaning, Part
from oracle.indicators.told import Told


def people_at_end(told: Told, period: Period) -> Iterator[Part]:
    for commune, people in told.people(period.last).items():
        yield Part("commune", commune, period.last, people)


def people_in_middle(told: Told, period: Period) -> Iterator[Part]:
    for commune, people in told.people_in_the_middle(period.middle).items():
        yield Part("commune", commune, period.middle, people)


def _holders(told: Told, period: Period) -> Iterator[Part]:
    """Persons, not cards, by where they live, not by where they are registered."""
    for row in told.holding("insurance_membership", "commune_code", period.last):
        if row["counted"] == "person" and row["residence_basis"] == "residence":
            yield Part("commune", row["commune_code"], period.last, row["members"])


OF_PEOPLE = {"INSURANCE_COVERAGE_PCT": Meaning(_holders, people_at_end, 100)}
