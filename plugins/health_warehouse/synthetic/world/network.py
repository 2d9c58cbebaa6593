"""The facilities of a province: those that send claims, and all others that a registry lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
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
    ("prevention_other", "Chi cục An toàn vệ sinh thực phẩm tỉnh"),
    ("prevention_other", "Trung tâm Sức khỏe sinh sản tỉnh"),
    ("prevention_other", "Trung tâm Truyền thông giáo dục sức khỏe tỉnh"),
    ("prevention_other", "Trung tâm Kiểm dịch y tế quốc tế"),
)


def establishments(
    size: Size, schedule: Schedule, places: Sequence[Commune]
) -> tuple[Establishment, ...]:
    """The registry's facilities, points of stations included, by their codes."""
    drafts = [*_of_claims(schedule, places)]
    codes = _free_codes(size.province_code)
    drafts += _others(size, places, drafts, codes)
    drafts += _gone(places, codes)
    found = [
        established(draft, size.seed, size.province_code, place)
        for place, draft in enumerate(_with_former(drafts, places))
    ]
    ends = _ends(size)
    found[-len(ends) :] = [
        each.ended(*end) for each, end in zip(found[-len(ends) :], ends, strict=True)
    ]
    found = [_told_late(size, each) for each in found]
    return tuple(sorted(found, key=lambda each: each.code))


def _told_late(size: Size, each: Establishment) -> Establishment:
    """A private hospital registered its last ten beds weeks before anybody told the registry."""
    last = each.periods[-1]
    if last.beds.registered is None or int(each.gln[7:12]) % 2 or last.beds.actual < 20:
        return each
    day = size.first - timedelta(days=40)
    if day <= last.valid_from:
        return each
    fewer = replace(last.beds, registered=last.beds.registered - 10, actual=last.beds.actual - 10)
    earlier = replace(each, periods=(*each.periods[:-1], replace(last, beds=fewer)))
    return earlier.with_beds(last.beds, day, told_on=size.last)


def _gone(places: Sequence[Commune], codes: Iterator[str]) -> Iterator[Draft]:
    """Facilities of the registry that no longer work; see `_ends`."""
    seats = _Seats(places)
    centre = seats.draft(next(codes), "regional_centre", "Trung tâm Y tế huyện {}")
    yield replace(centre, **_CENTRE, beds=_wards(40))
    clinic = seats.draft(next(codes), "clinic_regional", "Phòng khám đa khoa khu vực {} (cũ)")
    yield replace(clinic, level="basic_lt50", points=28, tier="3")
    pharmacy = seats.draft(next(codes), "pharmacy", "Nhà thuốc {} (cũ)")
    yield replace(pharmacy, ownership="private", has_contract=False)


def _ends(size: Size) -> list[tuple[date, str]]:
    """Since when, and how, each of those does not work any more."""
    suspended_on = date(2024, 4, 1) if size.is_before_merger else size.first
    return [(date(2024, 3, 1), "merged"), (suspended_on, "suspended"), (date(2025, 3, 1), "closed")]


def _of_claims(schedule: Schedule, places: Sequence[Commune]) -> Iterator[Draft]:
    """Those that send claims; a second station of a commune is a point of the first."""
    stations: dict[str, str] = {}
    by_code = {each.code: each for each in places}
    for facility in schedule.facilities:
        # Before the merger no claims are written: any commune will do.
        place = by_code.get(facility.commune.code, places[facility.index % len(places)])
        draft = _of(facility, place, schedule.capacity(facility).beds)
        if draft.kind == "commune_station":
            if draft.commune_code in stations:
                parent = stations[draft.commune_code]
                draft = replace(draft, kind="station_point", parent_code=parent)
            stations.setdefault(draft.commune_code, draft.code)
        yield draft


def _of(facility: Facility, place: Commune, beds: int) -> Draft:
    draft = Draft(
        facility.facility_id,
        _KINDS[facility.tier],
        facility.name,
        place.code,
        place.name,
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


def _others(
    size: Size, places: Sequence[Commune], known: list[Draft], codes: Iterator[str]
) -> Iterator[Draft]:
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
    yield from _stations(places[: size.stations], known, codes, parents)


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


def _with_former(drafts: list[Draft], places: Sequence[Commune]) -> Iterator[Draft]:
    """Each with the commune that it lay in before the merger, in the province of its code."""
    old = communes(is_merged=False)
    by_province = {code: [each for each in old if each.province == code] for code in ("95", "96")}
    of_commune = {each.code: each.former for each in places}
    for place, draft in enumerate(drafts):
        former = of_commune[draft.commune_code]
        if draft.opened >= MERGED_ON or not former:
            yield draft
        elif former[0].province in by_province:
            mine = by_province["95" if draft.code.startswith("95") else CA_MAU]
            yield replace(draft, former=mine[place * 3 % len(mine)])
        else:
            yield replace(draft, former=former[0])
