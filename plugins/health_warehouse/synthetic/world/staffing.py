"""How many of each occupation a facility has, and by which licences claims know them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from health_warehouse.synthetic.capacities import FIRST_SURGEON, FIRST_TECHNICIAN, successor
from health_warehouse.synthetic.schedule import Schedule
from health_warehouse.synthetic.streams import apportion, stream, whole
from health_warehouse.synthetic.world.establishments import INPATIENT, Establishment
from health_warehouse.synthetic.world.occupations import (
    BESIDE_DOCTORS,
    OCCUPATIONS,
    OF_OTHERS,
    OF_STATIONS,
)
from health_warehouse.synthetic.world.sizes import Size

_DOCTORS_OF = {"clinic_general": 4, "clinic_regional": 2, "cdc": 11, "prevention_other": 2}


@dataclass(frozen=True)
class Place:
    """Work for one person, or for one after the other."""

    facility: Establishment
    occupation: str
    licence: str | None = None
    """By which claims know the holder; None: claims do not name him."""
    heir_licence: str | None = None
    heir_from: date | None = None
    """First day of who takes over; None: nobody leaves."""


def places(size: Size, schedule: Schedule, facilities: Sequence[Establishment]) -> Iterator[Place]:
    """All of them, facility by facility; doctors first within each."""
    working = [each for each in facilities if each.is_active_on(size.first)]
    named = {each.code: list(_named(schedule, each)) for each in working}
    counts = _doctors(size, working, named)
    beside = _beside(size, working, counts)
    for each in working:
        mine = named[each.code]
        doctors = [place for place in mine if OCCUPATIONS[place.occupation].is_doctor]
        others = [place for place in mine if place not in doctors]
        yield from doctors
        for number in range(len(doctors), counts[each.code]):
            yield Place(each, _kind_of_doctor(each.kind, number))
        yield from others
        wanted = Counter(beside[each.code])
        have = Counter(place.occupation for place in others)
        wanted["nurse"] -= (have - wanted).total()  # more technicians than usual: fewer nurses
        for occupation in wanted:
            for _ in range(have[occupation], wanted[occupation]):
                yield Place(each, occupation)


def _named(schedule: Schedule, each: Establishment) -> Iterator[Place]:
    """The positions that dossiers name."""
    if each.claims_index is None:
        return
    facility = schedule.facilities[each.claims_index]
    capacity = schedule.capacity(facility)
    for position in capacity.positions:
        if position < FIRST_TECHNICIAN:
            occupation = "doctor_general" if position % 3 else "doctor_specialist"
        elif position < FIRST_SURGEON:
            occupation = "technician_lab" if position % 2 else "technician_imaging"
        else:
            occupation = "doctor_specialist"
        change = capacity.change(position)
        heir = facility.practitioner(successor(position)) if change is not None else None
        yield Place(
            each,
            occupation,
            facility.practitioner(position),
            heir,
            None if change is None else date.fromordinal(change),
        )


def _doctors(
    size: Size, working: Sequence[Establishment], named: dict[str, list[Place]]
) -> dict[str, int]:
    """Doctors by facility; those of hospitals give way to a total that is asked for."""
    counts = {
        each.code: max(
            sum(OCCUPATIONS[place.occupation].is_doctor for place in named[each.code]),
            _usual(size, each),
        )
        for each in working
    }
    lacking = size.stations_without_doctor
    for each in reversed(working):
        if lacking and each.kind == "commune_station" and each.claims_index is None:
            counts[each.code] = 0
            lacking -= 1
    if size.doctors is not None:
        flexible = [each for each in working if each.kind in INPATIENT and not named[each.code]]
        rest = size.doctors - sum(counts.values()) + sum(counts[each.code] for each in flexible)
        weights = [counts[each.code] for each in flexible]
        for each, count in zip(flexible, apportion(rest, weights), strict=True):
            counts[each.code] = count
    return counts


def _usual(size: Size, each: Establishment) -> int:
    if each.kind in INPATIENT:
        return each.periods[-1].beds.actual * 20 // 100
    if each.kind == "commune_station":
        return whole(stream(size.seed, "station doctors", each.code), 1, 3)
    return _DOCTORS_OF.get(each.kind, 0)


def _kind_of_doctor(kind: str, number: int) -> str:
    if kind in ("cdc", "prevention_other"):
        return "doctor_preventive"
    if kind == "hospital_traditional":
        return "doctor_traditional"
    if kind not in INPATIENT:
        return "doctor_general"
    return (
        "doctor_specialist", "doctor_general", "doctor_specialist", "doctor_general",
        "doctor_preventive" if kind == "regional_centre" else "doctor_dental",
        "doctor_traditional",
    )[number % 6]  # fmt: skip


def _beside(
    size: Size, working: Sequence[Establishment], doctors: dict[str, int]
) -> dict[str, dict[str, int]]:
    """Staff beside doctors, by facility and occupation; hospitals give way to a total."""
    found = {each.code: _usually_beside(size, each, doctors[each.code]) for each in working}
    if size.staff is None:
        return found
    public = [each for each in working if each.is_public]
    hospitals = [each.code for each in public if each.kind in INPATIENT]
    others = sum(sum(found[each.code].values()) for each in public if each.code not in hospitals)
    rest = size.staff - sum(doctors[each.code] for each in public) - others
    weights = list(BESIDE_DOCTORS.values())
    for code, count in zip(
        hospitals, apportion(rest, [doctors[code] for code in hospitals]), strict=True
    ):
        found[code] = dict(zip(BESIDE_DOCTORS, apportion(count, weights), strict=True))
    return found


def _usually_beside(size: Size, each: Establishment, doctors: int) -> dict[str, int]:
    if each.kind in INPATIENT:
        return {code: doctors * share // 100 for code, share in BESIDE_DOCTORS.items()}
    if each.kind == "commune_station":
        draw = stream(size.seed, "station staff", each.code)
        return {code: whole(draw, *bounds) for code, bounds in OF_STATIONS.items()}
    return dict(OF_OTHERS.get(each.kind, {}))
