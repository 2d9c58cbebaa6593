"""Indicators of places: beds by the registry, stations by their list, at the end of the period."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from oracle.indicators.calendars import Period
from oracle.indicators.meaning import Meaning, Part, Parts
from oracle.indicators.of_people import people_at_end
from oracle.indicators.told import Row, Told


def _beds(column: str, counts: Callable[[Row], bool]) -> Parts:
    """Of facilities that work and say how many."""

    def parts(told: Told, period: Period) -> Iterator[Part]:
        if period.last < told.today:
            for place in told.registry.of_care(period.last):
                if counts(place) and place.get(column) is not None:
                    yield Part("facility", place["facility_code"], period.last, place[column])

    return parts


def _is_no_station(place: Row) -> bool:
    stations = ("commune_station", "station_point", "agency_station")
    return place["facility_type"] not in stations


def _takes_inpatients(place: Row) -> bool:
    kind = str(place["facility_type"])
    return kind.startswith("hospital") or kind in ("maternity_home", "regional_centre")


def _has_planned(place: Row) -> bool:
    return bool(place.get("beds_planned"))


def _is_private(place: Row) -> bool:
    return place["ownership"] in ("private", "private_foreign")


def _any(place: Row) -> bool:
    del place
    return True


def _stations(counts: Callable[[Row], bool]) -> Parts:
    """Points are told of too, and are no stations."""

    def parts(told: Told, period: Period) -> Iterator[Part]:
        for row in told.holding("commune_station", "commune_code", period.last):
            is_counted = row["unit_kind"] == "station" and counts(row)
            yield Part("commune", row["commune_code"], period.last, is_counted)

    return parts


def _share_of_stations(counts: Callable[[Row], bool]) -> Meaning:
    return Meaning(_stations(counts), _stations(_any), 100)


OF_PLACES = {
    "BEDS_ACTUAL_PLANNED_PCT": Meaning(
        _beds("beds_actual", _has_planned), _beds("beds_planned", _has_planned), 100
    ),
    "BEDS_PER_10K_GSO": Meaning(_beds("beds_actual", _is_no_station), people_at_end, 10_000),
    "BEDS_PER_10K_WHO": Meaning(_beds("beds_actual", _takes_inpatients), people_at_end, 10_000),
    "ICU_BEDS_PER_100K": Meaning(_beds("beds_icu", _any), people_at_end, 100_000),
    "PRIVATE_BED_SHARE_PCT": Meaning(
        _beds("beds_actual", _is_private), _beds("beds_actual", _any), 100
    ),
    "COMMUNES_CRITERIA_PCT": _share_of_stations(lambda row: bool(row["criteria_met"])),
    "STATIONS_4_DOCTORS_PCT": _share_of_stations(
        lambda row: row["doctors_own"] + row["doctors_rotated"] >= 4
    ),
    "STATIONS_WITH_DOCTOR_PCT": _share_of_stations(
        lambda row: row["doctors_own"] + row["doctors_rotated"] > 0
    ),
    "STATIONS_WITH_MIDWIFE_PCT": _share_of_stations(lambda row: row["midwives"] > 0),
}
