"""A world is one whole: claims, staff, beds, people and members fit each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from health_warehouse.synthetic.encounters import Dossier, build
from health_warehouse.synthetic.moments import day_of
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.stays import INPATIENT
from health_warehouse.synthetic.world.creation import World, create
from health_warehouse.synthetic.world.membership import members
from health_warehouse.synthetic.world.sizes import Size
from health_warehouse.synthetic.world.stations import staff_on
from health_warehouse.synthetic.world.workers import Job

_SIZE = Size(Options(facilities=11, days=40, dossiers=3000, seed=3))


@pytest.fixture(scope="module")
def world() -> World:
    return create(_SIZE)


@pytest.fixture(scope="module")
def dossiers(world: World) -> list[Dossier]:
    return list(_dossiers(world))


def _dossiers(world: World) -> Iterator[Dossier]:
    schedule = world.schedule
    for facility in schedule.facilities:
        for day in range(schedule.first, schedule.last + 1):
            for slot in schedule.slots(facility, day):
                yield build(schedule, facility, slot)


def _day(stamp: str) -> date:
    return date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:8]))


def test_the_same_size_gives_the_same_world_and_another_seed_another(world: World) -> None:
    again = create(_SIZE)
    assert again.facilities == world.facilities
    assert again.workers == world.workers
    assert again.assignments == world.assignments
    assert again.communes == world.communes
    other = create(replace(_SIZE, claims=replace(_SIZE.claims, seed=4)))
    assert other.workers != world.workers
    assert other.communes != world.communes


def test_whom_a_dossier_names_works_there_on_that_day_and_is_licensed(
    world: World, dossiers: list[Dossier]
) -> None:
    licences: dict[str, list[tuple[Job, date]]] = defaultdict(list)
    for worker in world.workers:
        if worker.licence_no is not None and worker.licence_date is not None:
            licences[worker.licence_no] += [(job, worker.licence_date) for job in worker.jobs]
    named = 0
    for dossier in dossiers:
        for line in dossier.lines:
            day = _day(line.field("NGAY_YL"))
            for element in ("MA_BAC_SI", "NGUOI_THUC_HIEN"):
                licence = line.texts.get(element)
                if not licence:
                    continue
                named += 1
                jobs = licences[licence]
                assert any(
                    job.facility_code == dossier.facility.facility_id
                    and job.holds_on(day)
                    and licensed <= day
                    for job, licensed in jobs
                ), f"{licence} at {dossier.facility.facility_id} on {day}"
    assert named > 20_000


def test_a_licence_is_of_one_person(world: World) -> None:
    licences = Counter(each.licence_no for each in world.workers if each.licence_no)
    assert max(licences.values()) == 1
    assert max(Counter(each.citizen_id for each in world.workers).values()) == 1


def test_some_leave_and_are_followed_by_others_whom_dossiers_name(
    world: World, dossiers: list[Dossier]
) -> None:
    named = {line.texts.get("MA_BAC_SI") for dossier in dossiers for line in dossier.lines}
    joined = [
        each
        for each in world.workers
        if each.licence_no in named and each.jobs[0].valid_from > _SIZE.first
    ]
    left = [
        each
        for each in world.workers
        if each.licence_no in named and each.jobs[0].valid_to is not None
    ]
    assert joined
    assert left


def test_those_who_stay_never_need_more_beds_than_there_are(
    world: World, dossiers: list[Dossier]
) -> None:
    nights: dict[str, Counter[int]] = defaultdict(Counter)
    for dossier in dossiers:
        if dossier.care in INPATIENT and dossier.facility.is_higher:
            first = day_of(dossier.stay.arrived)
            for night in range(first, max(first + 1, day_of(dossier.stay.ended))):
                nights[dossier.facility.facility_id][night] += 1
    assert len(nights) == 5
    for code, counts in nights.items():
        beds = world.by_code[code].periods[-1].beds.actual
        assert max(counts.values()) <= beds
        assert max(counts.values()) > beds // 2, "far more beds than anybody needs"


def test_periods_of_a_facility_follow_each_other_without_gap(world: World) -> None:
    for each in world.facilities:
        for before, after in pairwise(each.periods):
            assert before.valid_to == after.valid_from - timedelta(days=1)
        assert each.periods[-1].valid_to is None


def test_facilities_have_a_history(world: World) -> None:
    statuses = Counter(each.periods[-1].status for each in world.facilities)
    assert statuses["merged"] == statuses["suspended"] == statuses["closed"] == 1
    moved = [each for each in world.facilities if each.code.startswith("95")]
    assert {each.on(date(2025, 6, 30)).province_code for each in moved} == {"95"}  # type: ignore[union-attr]
    assert {each.on(date(2025, 7, 1)).province_code for each in moved} == {"96"}  # type: ignore[union-attr]


def test_parts_of_the_people_sum_to_wholes(world: World) -> None:
    assert sum(each.population for each in world.communes) == _SIZE.people
    served: Counter[str] = Counter()
    for unit in world.units:
        served[unit.commune_code] += unit.population_served
    assert served == {each.code: each.population for each in world.communes}
    kinds = Counter(unit.kind for unit in world.units)
    assert kinds == {"station": len(world.communes), "point": _SIZE.points}


@pytest.mark.parametrize("months", [0, 1, 60])
def test_no_more_members_than_people_of_a_commune_age_and_sex(world: World, months: int) -> None:
    insured: Counter[tuple[str, str, int]] = Counter()
    for each in members(_SIZE, world.communes, months):
        assert each.registered_here <= each.count
        insured[each.commune_code, each.age_band, each.sex] += each.count
    bands = {"0-5": (0, 5), "6-17": (6, 17), "18-59": (18, 59), "60-74": (60, 74), "75+": (75, 80)}
    for commune in world.communes:
        for band, (low, high) in bands.items():
            for sex in (1, 2):
                people = commune.aged(sex - 1, low, high)
                assert insured[commune.code, band, sex] <= people
    if not months:
        assert sum(insured.values()) == _SIZE.people * _SIZE.coverage // 1000


def test_who_is_sent_works_where_he_comes_from_and_goes_elsewhere(world: World) -> None:
    for each in world.assignments:
        assert each.worker.at(each.from_code, each.started_on) is not None
        assert each.from_code != each.to_code
        assert each.to_code in world.by_code
        assert each.started_on < each.planned_end
    ids = Counter(each.worker.citizen_id for each in world.assignments)
    assert max(ids.values()) == 1


def test_stations_without_a_doctor_are_as_many_as_asked_for(world: World) -> None:
    staff = staff_on(_SIZE.last, world.workers, ())
    stations = [unit.code for unit in world.units if unit.kind == "station"]
    without = [code for code in stations if not staff[code].own_doctors]
    assert len(without) == _SIZE.stations_without_doctor


def test_some_doctors_have_a_second_place_of_work_in_other_hours(world: World) -> None:
    second = [each for each in world.workers if len(each.jobs) > 1]
    assert len(second) > 10
    for each in second:
        assert [job.is_main for job in each.jobs] == [True, False]
        assert each.jobs[0].hours != each.jobs[1].hours
        assert world.by_code[each.jobs[1].facility_code].kind == "clinic_general"
