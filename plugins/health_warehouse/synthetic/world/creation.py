"""The world: all that is true, from one object that says how large it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from health_warehouse.synthetic.schedule import Schedule
from health_warehouse.synthetic.world.assignments import Assignment, assignments
from health_warehouse.synthetic.world.establishments import Establishment
from health_warehouse.synthetic.world.network import establishments
from health_warehouse.synthetic.world.places import Commune, communes
from health_warehouse.synthetic.world.sizes import Size
from health_warehouse.synthetic.world.stations import Unit, units
from health_warehouse.synthetic.world.workers import Worker, workers


@dataclass(frozen=True)
class World:
    """A province. Equal sizes give equal worlds; claims come from `schedule`."""

    size: Size
    schedule: Schedule
    communes: tuple[Commune, ...]
    facilities: tuple[Establishment, ...]
    units: tuple[Unit, ...]
    """Stations and their points."""
    workers: tuple[Worker, ...]
    assignments: tuple[Assignment, ...]

    @cached_property
    def by_code(self) -> dict[str, Establishment]:
        return {each.code: each for each in self.facilities}


def create(size: Size) -> World:
    """Everything in it; takes a second for a province of six thousand staff."""
    schedule = Schedule(size.claims)
    places = communes(size)
    facilities = establishments(size, schedule, places)
    staff = workers(size, schedule, facilities)
    return World(
        size=size,
        schedule=schedule,
        communes=places,
        facilities=facilities,
        units=units(size, facilities, places),
        workers=staff,
        assignments=assignments(size, facilities, staff),
    )
