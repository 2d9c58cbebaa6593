"""The facilities of a province: those that send claims, and all others that a registry lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from health_warehouse.synthetic.geography import CA_MAU, communes
from health_warehouse.synthetic.province import Facility, Tier
from health_warehouse.synthetic.schedule import Schedule
from health_warehouse.synthetic.streams import apportion
from health_warehouse.synthetic.world.establishments import (
    MERGED_ON,
    Beds,
    Draft,
    Establishment,
    established,
)
from health_warehouse.synthetic.world.places import Commune
from health_warehouse.synthetic.world.sizes import Size

_KINDS: dict[Tier, str] = {
    "provincial hospital": "hospital_general",
    "regional centre": "regional_centre",
    "commune station": "commune_station",
    "private clinic": "clinic_general",
}
_FIRST_FREE = 901
"""Number in the code of the first facility that sends no claims."""
_SPECIALTIES = (
    ("Sản - Nhi", "hospital_specialised"),
    ("Lao và Bệnh phổi", "hospital_specialised"),
    ("Y học cổ truyền", "hospital_traditional"),
    ("Mắt", "hospital_specialised"),
    ("Da liễu", "hospital_specialised"),
    ("Tâm thần", "hospital_specialised"),
)
_PREVENTIVE = (
    ("cdc", "Trung tâm Kiểm soát bệnh tật tỉnh"),
    ("population_office", "Chi cục Dân số tỉnh"),
    ("prevention_other", "Trung tâm Kiểm nghiệm tỉnh"),
    ("prevention_other", "Trung tâm Pháp y tỉnh"),
    ("prevention_other", "Trung tâm Giám định y khoa tỉnh"),
)


def establishments(
    size: Size, schedule: Schedule, places: Sequence[Commune]
) -> tuple[Establishment, ...]:
    """The registry's facilities, points of stations included, by their codes."""
    drafts = [*_of_claims(schedule)]
    drafts += _others(size, places, drafts)
    found = [
        established(draft, size.seed, size.province_code, place)
        for place, draft in enumerate(_with_former(drafts, size.province_code))
    ]
    return tuple(sorted(_closed(size, found), key=lambda each: each.code))


def _closed(size: Size, found: list[Establishment]) -> Iterator[Establishment]:
    """Of those that send no claims: a pharmacy has closed, a clinic is suspended."""
    ends = {
        "pharmacy": (date(2025, 11, 1), "closed"),
        "clinic_regional": (size.first, "suspended"),
    }
    for each in found:
        day, status = ends.pop(each.kind, (None, "")) if each.claims_index is None else (None, "")
        yield each if day is None else each.ended(day, status)


def _of_claims(schedule: Schedule) -> Iterator[Draft]:
    """Those that send claims; a second station of a commune is a point of the first."""
    stations: dict[str, str] = {}
    for facility in schedule.facilities:
        draft = _of(facility, schedule.capacity(facility).beds)
        if draft.kind == "commune_station":
            if draft.commune_code in stations:
                parent = stations[draft.commune_code]
                draft = replace(draft, kind="station_point", parent_code=parent)
            stations.setdefault(draft.commune_code, draft.code)
        yield draft


def _of(facility: Facility, beds: int) -> Draft:
    draft = Draft(
        facility.facility_id,
        _KINDS[facility.tier],
        facility.name,
        facility.commune.code,
        facility.commune.name,
        claims_index=facility.index,
    )
    match facility.tier:
        case "provincial hospital":
            return replace(draft, **_HOSPITAL, beds=_wards(beds))
        case "regional centre":
            return replace(draft, **_CENTRE, beds=_wards(beds))
        case "commune station":
            return replace(draft, **_STATION)
        case _:
            return replace(draft, **_CLINIC)


_HOSPITAL: dict[str, Any] = {
    "level": "specialised", "points": 78, "tier": "2", "hospital_class": "1",
}  # fmt: skip
_CENTRE: dict[str, Any] = {
    "level": "basic_50_70", "points": 61, "tier": "3", "hospital_class": "2",
}  # fmt: skip
_STATION: dict[str, Any] = {"level": "primary", "tier": "4", "ownership": "public_commune"}
_CLINIC: dict[str, Any] = {
    "level": "basic_lt50", "points": 34, "tier": "4", "ownership": "private",
}  # fmt: skip


def _wards(actual: int, *, is_private: bool = False) -> Beds:
    """Beds by ward; a public hospital has a few more than are planned."""
    return Beds(
        planned=0 if is_private else actual * 92 // 100,
        registered=actual if is_private else None,
        actual=actual,
        icu=actual * 4 // 100,
        emergency=actual * 3 // 100,
        negative_pressure=actual // 100,
        operating_tables=1 + actual // 60,
        delivery_tables=1 + actual // 100,
    )


def _others(size: Size, places: Sequence[Commune], known: list[Draft]) -> Iterator[Draft]:
    codes = _free_codes(size.province_code)
    have = {kind: sum(draft.kind == kind for draft in known) for kind in _KINDS.values()}
    hospitals = max(0, size.provincial_hospitals - have["hospital_general"])
    specialised = size.specialised_hospitals
    centres = max(0, size.regional_centres - have["regional_centre"])
    beds = apportion(size.beds.public, [5] * hospitals + [2] * specialised + [2] * centres or [1])
    shares = iter(beds)
    seats = _Seats(places)
    for number in range(hospitals):
        name = f"Bệnh viện Đa khoa khu vực số {number + 1}"
        yield replace(seats.draft(next(codes), "hospital_general", name), **_HOSPITAL,
                      beds=_wards(next(shares)))  # fmt: skip
    for number in range(specialised):
        title, kind = _SPECIALTIES[number % len(_SPECIALTIES)]
        yield replace(
            seats.draft(next(codes), kind, f"Bệnh viện {title} tỉnh"),
            **{**_HOSPITAL, "points": 72, "hospital_class": "2"},
            specialty=title,
            beds=_wards(next(shares)),
        )
    parents = [draft.code for draft in known if draft.kind == "regional_centre"]
    for _ in range(centres):
        draft = seats.draft(next(codes), "regional_centre", "Trung tâm Y tế khu vực {}")
        parents.append(draft.code)
        yield replace(draft, **_CENTRE, beds=_wards(next(shares)))
    for number in range(size.preventive_units):
        kind, name = _PREVENTIVE[number % len(_PREVENTIVE)]
        yield replace(seats.draft(next(codes), kind, name), has_contract=False)
    yield from _private(size, seats, codes, have)
    for number in range(size.regional_clinics):
        draft = seats.draft(next(codes), "clinic_regional", "Phòng khám đa khoa khu vực {}")
        parent = parents[number % len(parents)] if parents else None
        yield replace(draft, level="basic_lt50", points=31, tier="3", parent_code=parent)
    yield from _stations(places, known, codes, parents)


def _private(
    size: Size, seats: _Seats, codes: Iterator[str], have: dict[str, int]
) -> Iterator[Draft]:
    beds = apportion(size.beds.private, [1] * max(1, size.private_hospitals))
    for number in range(size.private_hospitals):
        draft = seats.draft(next(codes), "hospital_general", "Bệnh viện Đa khoa tư nhân {}")
        yield replace(
            draft, level="basic_50_70", points=55, tier="3", ownership="private",
            beds=_wards(beds[number], is_private=True),
        )  # fmt: skip
    for _ in range(max(0, size.private_clinics - have["clinic_general"])):
        draft = seats.draft(next(codes), "clinic_general", "Phòng khám đa khoa {}")
        yield replace(draft, **_CLINIC)
    for number in range(size.pharmacies):
        draft = seats.draft(next(codes), "pharmacy", f"Nhà thuốc số {number + 1} {{}}")
        opened = date(2019 + number % 6, 2 + number % 9, 1)
        yield replace(draft, ownership="private", has_contract=False, opened=opened)


def _stations(
    places: Sequence[Commune],
    known: list[Draft],
    codes: Iterator[str],
    parents: list[str],
) -> Iterator[Draft]:
    """A station for each commune that has none yet."""
    stations = {draft.commune_code: draft for draft in known if draft.kind == "commune_station"}
    for number, place in enumerate(places):
        if place.code not in stations:
            draft = Draft(
                next(codes), "commune_station", f"Trạm Y tế {place.name}", place.code, place.name
            )
            parent = parents[number % len(parents)] if parents else None
            stations[place.code] = replace(draft, **_STATION, former_parent=parent)
            yield stations[place.code]


class _Seats:
    """Communes in turn, for facilities that need only some place."""

    def __init__(self, places: Sequence[Commune]) -> None:
        self._places = places
        self._next = 0

    def draft(self, code: str, kind: str, name: str) -> Draft:
        """`{}` in the name is the name of its commune."""
        place = self._places[self._next * 11 % len(self._places)]
        self._next += 1
        title = place.name.split(" ", 1)[1]
        return Draft(code, kind, name.format(title), place.code, place.name)


def _free_codes(province_code: str) -> Iterator[str]:
    for number in range(_FIRST_FREE, 1000):
        yield f"{province_code}{number:03d}"
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        for number in range(1, 100):
            yield f"{province_code}{letter}{number:02d}"


def _with_former(drafts: list[Draft], province_code: str) -> Iterator[Draft]:
    """Each with the commune that it lay in before the merger, in the province of its code."""
    if province_code == CA_MAU:
        old = communes(is_merged=False)
        by_province = {
            code: [each.code for each in old if each.province == code] for code in ("95", "96")
        }
    for place, draft in enumerate(drafts):
        if province_code != CA_MAU or draft.opened >= MERGED_ON:
            yield draft
            continue
        former = by_province["95" if draft.code.startswith("95") else "96"]
        yield replace(draft, former_code=former[place * 3 % len(former)])
