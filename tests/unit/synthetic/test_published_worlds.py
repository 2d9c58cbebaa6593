"""Each small world has the figures that its province published."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache

import pytest

from health_warehouse.errors import ConfigurationError
from health_warehouse.synthetic.encounters import build
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.schedule import Schedule
from health_warehouse.synthetic.world.creation import World, create
from health_warehouse.synthetic.world.membership import members
from health_warehouse.synthetic.world.published import PUBLISHED, published
from health_warehouse.synthetic.world.sizes import Size
from health_warehouse.synthetic.world.stations import staff_on


@cache
def _world(name: str) -> World:
    return create(published(name))


def _kinds(world: World) -> Counter[str]:
    """Working facilities, by kind and owner."""
    return Counter(
        f"{'public' if each.is_public else 'private'} {each.kind}"
        for each in world.facilities
        if each.is_active_on(world.size.last)
    )


def test_dien_bien_has_a_doctor_at_45_of_45_stations() -> None:
    world = _world("dien_bien")
    stations = [unit.code for unit in world.units if unit.kind == "station"]
    staff = staff_on(date(2025, 12, 31), world.workers, world.assignments)
    assert len(stations) == 45
    assert sum(staff[code].doctors > 0 for code in stations) == 45
    before = staff_on(date(2025, 12, 14), world.workers, world.assignments)
    assert sum(before[code].doctors > 0 for code in stations) < 45


def test_dien_bien_sent_55_doctors_and_53_preventive_officers_on_one_day() -> None:
    world = _world("dien_bien")
    sent = [each for each in world.assignments if each.started_on == date(2025, 12, 15)]
    assert Counter(each.group for each in sent) == {"clinical": 55, "preventive": 53}
    assert len({each.decision_no for each in sent}) == 1
    assert all(each.brings_doctor for each in sent if each.group == "clinical")
    assert len({each.to_code for each in sent}) == 45


def test_dien_bien_has_98_percent_insured() -> None:
    world = _world("dien_bien")
    insured = sum(each.count for each in members(world.size, world.communes, 0))
    assert round(100 * insured / sum(each.population for each in world.communes), 2) == 98


def test_ca_mau_has_its_stations_points_and_private_facilities() -> None:
    world = _world("ca_mau")
    kinds = _kinds(world)
    assert Counter(unit.kind for unit in world.units) == {"station": 64, "point": 100}
    assert kinds["private hospital_general"] == 4
    assert kinds["private clinic_general"] == 30
    assert kinds["private pharmacy"] > 1_200
    units = {kind: count for kind, count in kinds.items() if kind.startswith("public ")}
    assert sum(units.values()) - units["public commune_station"] == 38
    assert sum(each.population for each in world.communes) == 2_606_672


def test_ca_mau_has_9000_staff() -> None:
    world = _world("ca_mau")
    day = world.size.last
    jobs = [job for worker in world.workers if (job := worker.main_on(day)) is not None]
    assert sum(world.by_code[job.facility_code].is_public for job in jobs) == 9_000


def test_khanh_hoa_has_its_network() -> None:
    kinds = _kinds(_world("khanh_hoa"))
    assert kinds["public hospital_general"] == 3
    assert kinds["public hospital_specialised"] + kinds["public hospital_traditional"] == 6
    preventive = ("cdc", "population_office", "prevention_other")
    assert sum(kinds[f"public {kind}"] for kind in preventive) == 9
    assert kinds["public regional_centre"] == 8
    assert kinds["public clinic_regional"] == 14
    units = Counter(unit.kind for unit in _world("khanh_hoa").units)
    assert units == {"station": 136, "point": 15}


def test_khanh_hoa_has_its_staff_doctors_and_beds() -> None:
    world = _world("khanh_hoa")
    day = world.size.last
    people = sum(each.population for each in world.communes)
    main = [
        (worker, world.by_code[job.facility_code])
        for worker in world.workers
        if (job := worker.main_on(day)) is not None
    ]
    doctors = [worker for worker, _ in main if worker.is_doctor]
    assert sum(place.is_public for _, place in main) == 9_250
    assert len(doctors) == 1_380
    assert 10_000 * len(doctors) / people == 10
    postgraduate = sum(worker.degree != "univ" for worker in doctors)
    assert round(100 * postgraduate / len(doctors)) == 49
    beds = sum(
        period.beds.actual
        for each in world.facilities
        if (period := each.on(day)) is not None and period.status == "active"
    )
    assert round(10_000 * beds / people, 1) == 33.5
    insured = sum(each.count for each in members(world.size, world.communes, 0))
    assert round(100 * insured / people, 2) == 95


def test_quang_ninh_has_8_percent_of_requested_transfers_and_then_1() -> None:
    schedule = Schedule(published("quang_ninh").claims)
    ways: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    for facility in schedule.facilities:
        for day in range(schedule.first, schedule.last + 1):
            half = 2 * (day - schedule.first) >= schedule.options.days
            for slot in schedule.slots(facility, day):
                ways[half][build(schedule, facility, slot).header["MA_LOAI_RV"]] += 1
    before, after = (round(100 * half["5"] / half.total()) for half in ways)
    assert (before, after) == (8, 1)


def test_the_ordinary_world_is_none_of_the_published() -> None:
    ordinary = Size(Options(11, 21, 2000))
    assert ordinary.points != published("ca_mau").points
    assert ordinary.people not in {size.people for size in PUBLISHED.values()}


def test_an_unknown_world_is_an_error_that_names_those_that_are_known() -> None:
    with pytest.raises(ConfigurationError, match="ca_mau, dien_bien, khanh_hoa, quang_ninh"):
        published("ha_noi")
