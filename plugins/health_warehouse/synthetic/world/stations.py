"""Stations and their points, as a commune reports them at a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from health_warehouse.synthetic.streams import apportion, stream, whole
from health_warehouse.synthetic.world.assignments import Assignment
from health_warehouse.synthetic.world.establishments import Establishment
from health_warehouse.synthetic.world.places import Commune
from health_warehouse.synthetic.world.sizes import Size
from health_warehouse.synthetic.world.workers import Worker


@dataclass(frozen=True)
class Unit:
    """A station or a point: what does not change within the world's days."""

    code: str
    kind: str
    """station or point."""
    name: str
    parent_code: str | None
    commune_code: str
    former_commune_code: str | None
    population_served: int
    village_workers: int
    stay_beds: int
    does_delivery: bool
    does_tele: bool
    criteria_score: str | None
    """By QĐ 1300/2023; a decimal. Of stations only."""

    @property
    def meets_criteria(self) -> bool | None:
        return None if self.criteria_score is None else float(self.criteria_score) >= 80


@dataclass(frozen=True)
class Staff:
    """Who works at a unit on a day."""

    own_doctors: int = 0
    rotated_doctors: int = 0
    midwives: int = 0
    nurses: int = 0
    pharmacists: int = 0
    others: int = 0

    @property
    def doctors(self) -> int:
        return self.own_doctors + self.rotated_doctors


def units(
    size: Size, facilities: Sequence[Establishment], communes: Sequence[Commune]
) -> tuple[Unit, ...]:
    """One station for each commune, and `size.points` points; a station comes before its points."""
    stations = {
        each.periods[-1].commune_code: each for each in facilities if each.kind == "commune_station"
    }
    communes = [each for each in communes if each.code in stations]
    points = apportion(size.points, [each.population for each in communes])
    return tuple(
        unit
        for commune, count in zip(communes, points, strict=True)
        for unit in _of_commune(size, stations[commune.code], commune, count)
    )


def _of_commune(
    size: Size, station: Establishment, commune: Commune, points: int
) -> Iterator[Unit]:
    draw = stream(size.seed, "station", commune.code)
    served = apportion(commune.population, [3] + [1] * points)
    yield Unit(
        code=station.code,
        kind="station",
        name=station.periods[-1].name,
        parent_code=None,
        commune_code=commune.code,
        former_commune_code=None,
        population_served=served[0],
        village_workers=whole(draw, 5, 30),
        stay_beds=whole(draw, 2, 8),
        does_delivery=draw() < 0.4,
        does_tele=draw() < 0.3,
        criteria_score=f"{whole(draw, 700, 980) / 10:g}",
    )
    for number in range(1, points + 1):
        former = commune.former[(number - 1) % len(commune.former)] if commune.former else None
        yield Unit(
            code=f"{station.code}.{number:02d}",
            kind="point",
            name=f"Điểm trạm số {number} - {commune.name}",
            parent_code=station.code,
            commune_code=commune.code,
            former_commune_code=former.code if former else None,
            population_served=served[number],
            village_workers=whole(draw, 2, 9),
            stay_beds=0,
            does_delivery=False,
            does_tele=False,
            criteria_score=None,
        )


_COUNTED = {"midwife": "midwives", "nurse": "nurses", "pharmacy_tech": "pharmacists"}


def staff_on(day: date, workers: Sequence[Worker], sent: Sequence[Assignment]) -> dict[str, Staff]:
    """Those at stations on a day, by the code of the facility; everybody else too."""
    counts: dict[str, Counter[str]] = {}
    for worker in workers:
        for job in worker.jobs:
            if job.holds_on(day):
                kind = "own_doctors" if worker.is_doctor else _COUNTED.get(worker.occupation)
                counts.setdefault(job.facility_code, Counter())[kind or "others"] += 1
    for assignment in sent:
        if assignment.brings_doctor and assignment.holds_on(day):
            counts.setdefault(assignment.to_code, Counter())["rotated_doctors"] += 1
    return {code: Staff(**count) for code, count in counts.items()}
