"""What is true of a world, as plain tables: what marts of its lists and claims must come to.

Days are texts yyyy-mm-dd, months yyyy-mm. `doctors` and `stations` are states at the end of the
day; `persons` count everybody once, at the main place.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import get_args

from health_warehouse.synthetic.activity import Activity, Figure
from health_warehouse.synthetic.lists.calendar_days import half_year_end, month_ends, quarter_end
from health_warehouse.synthetic.lists.rows_of_staff import posts
from health_warehouse.synthetic.whole_files import open_whole, write_json
from health_warehouse.synthetic.world.creation import World
from health_warehouse.synthetic.world.membership import members
from health_warehouse.synthetic.world.sizes import Size
from health_warehouse.synthetic.world.stations import Staff, staff_on

Fact = Mapping[str, str | int | bool | None]
TRUTH = "truth.json"


def truth(world: World, counted: Activity) -> dict[str, list[Fact]]:
    """Every table by its name; rows in the order of their keys."""
    return {
        "facilities": list(_facilities(world)),
        "doctors": list(_doctors(world)),
        "persons": list(_persons(world)),
        "stations": list(_stations(world)),
        "posts": list(_posts(world)),
        "rotation": list(_rotation(world)),
        "population": list(_population(world)),
        "coverage": list(_coverage(world)),
        "activity": list(_activity(world, counted)),
    }


def write_truth(world: World, counted: Activity, out: Path) -> None:
    """OUT/truth.json with all tables and what was asked for, and OUT/truth_<table>.csv of each."""
    tables = truth(world, counted)
    write_json(
        out / TRUTH, {"size": asked_for(world.size), **{name: tables[name] for name in tables}}
    )
    for name, rows in tables.items():
        text = StringIO(newline="")
        writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        with open_whole(out / f"truth_{name}.csv") as file:
            file.write(text.getvalue().encode())


def asked_for(size: Size) -> dict[str, object]:
    """What the world was made from, as it stands in truth.json."""
    told = asdict(size)
    told["claims"] = size.claims.as_json()
    told["rotated"] = list(size.rotated)
    told["rotated_on"] = None if size.rotated_on is None else str(size.rotated_on)
    return told


def _days(world: World) -> Iterator[date]:
    for offset in range(world.size.claims.days):
        yield world.size.first + timedelta(days=offset)


def _facilities(world: World) -> Iterator[Fact]:
    for each in world.facilities:
        for period in each.periods:
            yield {
                "facility_code": each.code,
                "facility_type": each.kind,
                "ownership": period.ownership,
                "level": period.level,
                "old_tier": period.old_tier,
                "commune_code": period.commune_code,
                "beds_planned": period.beds.planned,
                "beds_actual": period.beds.actual,
                "status": period.status,
                "valid_from": str(period.valid_from),
                "valid_to": str(period.valid_to) if period.valid_to else None,
            }


def _doctors(world: World) -> Iterator[Fact]:
    """The stock of doctors by facility, on each day of the world; by any and by the main place."""
    spans = [
        (job.facility_code, job.is_main, job.valid_from, job.valid_to or date.max)
        for worker in world.workers
        if worker.is_doctor
        for job in worker.jobs
    ]
    for day in _days(world):
        here: Counter[str] = Counter()
        main: Counter[str] = Counter()
        for code, is_main, begin, end in spans:
            if begin <= day <= end:
                here[code] += 1
                main[code] += is_main
        for code in sorted(here):
            yield {
                "facility_code": code,
                "day": str(day),
                "doctors": here[code],
                "doctors_main": main[code],
            }


def _persons(world: World) -> Iterator[Fact]:
    for day in month_ends(world.size):
        counts: Counter[str] = Counter()
        for worker in world.workers:
            if worker.main_on(day) is not None:
                counts[worker.occupation] += 1
        for occupation in sorted(counts):
            yield {"day": str(day), "occupation": occupation, "persons": counts[occupation]}


def _stations(world: World) -> Iterator[Fact]:
    day = quarter_end(world.size)
    staff = staff_on(day, world.workers, world.assignments)
    for unit in world.units:
        there = staff.get(unit.code, Staff())
        yield {
            "unit_code": unit.code,
            "unit_kind": unit.kind,
            "commune_code": unit.commune_code,
            "day": str(day),
            "doctors_own": there.own_doctors,
            "doctors_rotated": there.rotated_doctors,
            "has_doctor": there.doctors > 0,
            "population_served": unit.population_served,
        }


def _posts(world: World) -> Iterator[Fact]:
    for rows in posts(world, half_year_end(world.size)).values():
        for row in rows:
            yield {
                name: value if isinstance(value, int | None) else str(value)
                for name, value in row.items()
            }


def _rotation(world: World) -> Iterator[Fact]:
    for each in world.assignments:
        end = each.ended_on or each.planned_end
        yield {
            "decision_no": each.decision_no,
            "started_on": str(each.started_on),
            "staff_group": each.group,
            "is_doctor": each.brings_doctor,
            "from_facility": each.from_code,
            "to_facility": each.to_code,
            "days": (end - each.started_on).days + 1,
            "time_share": each.time_share,
        }


def _population(world: World) -> Iterator[Fact]:
    for commune in world.communes:
        yield {
            "commune_code": commune.code,
            "men": sum(commune.people[0]),
            "women": sum(commune.people[1]),
            "population": commune.population,
            "live_births": commune.live_births,
        }


def _coverage(world: World) -> Iterator[Fact]:
    people = {commune.code: commune.population for commune in world.communes}
    first = world.size.first
    for day in month_ends(world.size, before=1):
        months = (day.year - first.year) * 12 + day.month - first.month
        insured: Counter[str] = Counter()
        for each in members(world.size, world.communes, months):
            insured[each.commune_code] += each.count
        for code in sorted(insured):
            yield {
                "commune_code": code,
                "day": str(day),
                "members": insured[code],
                "population": people[code],
            }


def _activity(world: World, counted: Activity) -> Iterator[Fact]:
    names: Sequence[Figure] = get_args(Figure)
    for each in world.facilities:
        for day in month_ends(world.size):
            figures = counted.of(each.code, f"{day:%Y-%m}")
            if any(figures.values()):
                yield {
                    "facility_code": each.code,
                    "month": f"{day:%Y-%m}",
                    **{name: figures.get(name, 0) for name in names},
                }
