"""How rows break a rule that looks at other rows, lists or reference data, and no contract says.

Each breaks that rule and no other, where that can be; what it does to rows elsewhere is worked out
by `consequences`. Rules that only the whole of a province breaks, or another month, have no kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from health_warehouse.feeds.contract import ColumnSeverity
from health_warehouse.synthetic.lists.breaches_of_columns import Break, Kind, number
from health_warehouse.synthetic.lists.sheets import Row
from health_warehouse.synthetic.world.establishments import MERGED_ON

_NEW_COMMUNE = "11948"
"""A code that no commune had before 01/07/2025."""


class _Declared(NamedTuple):
    rule: str
    column: str
    apply: Break
    severity: ColumnSeverity = "flag"
    beside: Callable[[list[Row], int], Iterator[int]] | None = None
    leans_on: Callable[[list[Row], int], Iterator[int]] | None = None


def kinds_of_lists(feed: str) -> Iterator[Kind]:
    """Those of a feed."""
    for one in _KINDS.get(feed, ()):
        yield Kind(
            one.rule,
            f"{feed}.{one.rule}",
            one.severity,
            one.column,
            one.apply,
            is_between=True,
            beside=one.beside,
            leans_on=one.leans_on,
        )


# --- the registry


def _wrong_digit(rows: list[Row], place: int) -> bool:
    known = rows[place].get("gln_code")
    if not isinstance(known, str) or not known.isdigit():
        return False
    rows[place]["gln_code"] = f"{known[:-1]}{(int(known[-1]) + 3) % 10}"
    return True


def _shared_id(rows: list[Row], place: int) -> bool:
    row = rows[place]
    other = next(
        (one for one in rows if one["facility_code"] != row["facility_code"] and one["gln_code"]),
        None,
    )
    if other is None or not row.get("gln_code"):
        return False
    row["gln_code"] = other["gln_code"]
    return True


def _with_that_id(rows: list[Row], place: int) -> Iterator[int]:
    return _others(rows, place, lambda one: one.get("gln_code") == rows[place]["gln_code"])


def _elsewhere(rows: list[Row], place: int) -> bool:
    rows[place]["province_code"] = "01"
    return True


def _far_away(rows: list[Row], place: int) -> bool:
    latitude = number(rows[place].get("latitude"))
    if latitude is None or rows[place].get("valid_to") is not None:
        return False
    rows[place]["latitude"] = latitude + (4 if latitude < 15 else -4)
    return True


def _above_that_ended(rows: list[Row], place: int) -> bool:
    row = rows[place]
    ended = next(
        (
            one
            for one in rows
            if one["status"] in ("merged", "closed") and one["facility_type"] != "pharmacy"
        ),
        None,
    )
    is_open = row.get("parent_code") is None and row.get("valid_to") is None
    if ended is None or not is_open or row["status"] != "active":
        return False
    row["parent_code"] = ended["facility_code"]
    return True


def _of_parent(rows: list[Row], place: int) -> Iterator[int]:
    return _others(rows, place, lambda one: one["facility_code"] == rows[place]["parent_code"])


def _in_a_circle(rows: list[Row], place: int) -> bool:
    row = rows[place]
    below = next(
        (one for one in rows if one.get("parent_code") == row["facility_code"] and _meet(one, row)),
        None,
    )
    if below is None or row.get("parent_code") is not None:
        return False
    row["parent_code"] = below["facility_code"]
    return True


def _in_that_circle(rows: list[Row], place: int) -> Iterator[int]:
    row = rows[place]
    return _others(
        rows,
        place,
        lambda one: (
            one["facility_code"] == row["parent_code"]
            and one.get("parent_code") == row["facility_code"]
            and _meet(one, row)
        ),
    )


def _meet(one: Row, other: Row) -> bool:
    return _begin(one) <= _end(other) and _begin(other) <= _end(one)


def _begin(row: Row) -> date:
    day = row.get("valid_from")
    return day if isinstance(day, date) else date.max


def _end(row: Row) -> date:
    day = row.get("valid_to")
    return day if isinstance(day, date) else date.max


def _others(rows: list[Row], place: int, condition: Callable[[Row], bool]) -> Iterator[int]:
    return (at for at, one in enumerate(rows) if at != place and condition(one))


# --- stations


def _point_alone(rows: list[Row], place: int) -> bool:
    """A point in the list of another day, which has no station."""
    return rows[place]["unit_kind"] == "point" and _on_another_day(rows, place)


def _on_another_day(rows: list[Row], place: int) -> bool:
    """A day of its own: lists of other communes are of others."""
    row = rows[place]
    day = row.get("as_of_date")
    if not isinstance(day, date):
        return False
    earlier = day - timedelta(days=95 + int(str(row["commune_code"])) % 90)
    if earlier < MERGED_ON:
        return False
    row["as_of_date"] = earlier
    return True


def _of_another_commune(rows: list[Row], place: int) -> bool:
    row = rows[place]
    station = next(
        (
            one
            for one in rows
            if one["unit_kind"] == "station" and one["commune_code"] != row["commune_code"]
        ),
        None,
    )
    if station is None or row["unit_kind"] != "point":
        return False
    row["parent_unit_code"] = station["unit_code"]
    return True


def _of_station(rows: list[Row], place: int) -> Iterator[int]:
    return _others(rows, place, lambda one: one["unit_code"] == rows[place]["parent_unit_code"])


def _never_a_commune(rows: list[Row], place: int) -> bool:
    if rows[place].get("former_commune_code") is None:
        return False
    rows[place]["former_commune_code"] = _NEW_COMMUNE
    return True


def _one_doctor_more(column: str) -> Break:
    def change(rows: list[Row], place: int) -> bool:
        row = rows[place]
        there, together = row.get(column), row.get("doctors_total")
        if row["unit_kind"] != "station" or not isinstance(there, int):
            return False
        if not isinstance(together, int):
            return False
        row[column], row["doctors_total"], row["has_doctor"] = there + 1, together + 1, True
        return True

    return change


def _twice_as_many(rows: list[Row], place: int) -> bool:
    served = rows[place].get("population_served")
    if rows[place]["unit_kind"] != "station" or not isinstance(served, int):
        return False
    rows[place]["population_served"] = 2 * served
    return True


# --- staff


def _second_place(column: str, value: str | bool) -> Break:
    """Of those who also work somewhere else, in the list of the other place."""

    def change(rows: list[Row], place: int) -> bool:
        row = rows[place]
        if row.get("is_main_place") is not False or row.get("valid_to") is not None:
            return False
        row[column] = value
        return True

    return change


def _approved_without_decision(rows: list[Row], place: int) -> bool:
    """The list of half a year before has one post more, by the same decision."""
    row = rows[place]
    day, approved = row.get("as_of_date"), row.get("approved_posts")
    if not isinstance(day, date) or not isinstance(approved, int):
        return False
    rows.append(dict(row))
    row["as_of_date"] = date(day.year, day.month - 6, 30) if day.month > 6 else _december(day)
    row["approved_posts"] = approved + 1
    return True


def _december(day: date) -> date:
    return date(day.year - 1, 12, 31)


def _too_long(rows: list[Row], place: int) -> bool:
    begin = rows[place].get("started_on")
    if not isinstance(begin, date):
        return False
    rows[place]["planned_end"] = begin + timedelta(days=400)
    return True


def _upwards(rows: list[Row], place: int) -> bool:
    row = rows[place]
    if row["staff_group"] != "clinical" or row["programme"] == "pull_up":
        return False
    row["from_facility"], row["to_facility"] = row["to_facility"], row["from_facility"]
    return True


def _from_elsewhere(rows: list[Row], place: int) -> bool:
    row = rows[place]
    other = next(
        (
            one["from_facility"]
            for one in rows
            if one["from_facility"] not in (row["from_facility"], row["to_facility"])
        ),
        None,
    )
    if other is None:
        return False
    row["from_facility"] = other
    return True


def _at_once(rows: list[Row], place: int) -> bool:
    row = rows[place]
    begin, share = row.get("started_on"), number(row.get("time_share"))
    if not isinstance(begin, date) or row.get("ended_on") is not None or share is None:
        return False
    if share <= Decimal("0.5"):
        return False
    again = {"decision_no": f"9{row['decision_no']}", "started_on": begin + timedelta(days=7)}
    rows.append({**row, **again})
    return True


def _more_planned(rows: list[Row], place: int) -> bool:
    rows[place]["planned_persons"] = len(rows) + 3
    return True


# --- people, members, activity


def _others_than_parts(rows: list[Row], place: int) -> bool:
    people = rows[place].get("population")
    if rows[place]["sex"] != "T" or not isinstance(people, int):
        return False
    rows[place]["population"] = people + 5
    return True


def _alone_of_its_release(rows: list[Row], place: int) -> bool:
    rows[place]["vintage"] = "2019"
    return True


def _other_basis(rows: list[Row], place: int) -> bool:
    rows[place]["residence_basis"] = "registration"
    return True


def _more(column: str, count: int) -> Break:
    def change(rows: list[Row], place: int) -> bool:
        there = rows[place].get(column)
        if not isinstance(there, int):
            return False
        rows[place][column] = there + count
        return True

    return change


def _full(rows: list[Row], place: int) -> bool:
    beds = rows[place].get("beds_actual")
    if not isinstance(beds, int) or not beds:
        return False
    rows[place]["bed_days"] = 31 * beds + 1
    return True


def _not_carried_over(rows: list[Row], place: int) -> bool:
    """Two reports of the year before, of which the second begins with other inpatients."""
    row = rows[place]
    start = row.get("inpatients_start")
    if not isinstance(start, int):
        return False
    year = int(str(row["month"])[:4]) - 1
    end = start + sum(
        sign * figure
        for name, sign in (("admissions", 1), ("discharges", -1))
        if isinstance(figure := row.get(name), int)
    )
    rows.append({**row, "month": f"{year}-12", "inpatients_start": end + 2})
    rows.append({**row, "month": f"{year}-11"})
    return True


_KINDS: dict[str, tuple[_Declared, ...]] = {
    "facility_registry": (
        _Declared("gln_digit", "gln_code", _wrong_digit),
        _Declared("gln_once", "gln_code", _shared_id, beside=_with_that_id),
        _Declared("commune_of_province", "province_code", _elsewhere),
        _Declared("inside_province", "latitude", _far_away),
        _Declared("parent_then", "parent_code", _above_that_ended, leans_on=_of_parent),
        _Declared("no_circle", "parent_code", _in_a_circle, beside=_in_that_circle),
    ),
    "commune_station": (
        _Declared("every_commune", "commune_code", _point_alone),
        _Declared(
            "point_of_commune", "parent_unit_code", _of_another_commune, leans_on=_of_station
        ),
        _Declared("former_commune", "former_commune_code", _never_a_commune),
        _Declared("doctors_as_workforce", "doctors_own", _one_doctor_more("doctors_own")),
        _Declared("doctors_as_rotation", "doctors_rotated", _one_doctor_more("doctors_rotated")),
        _Declared("population_served", "population_served", _twice_as_many, "record"),
    ),
    "workforce": (
        _Declared("one_main_place", "is_main_place", _second_place("is_main_place", value=True)),
        _Declared("hours_apart", "hours_of_day", _second_place("hours_of_day", "0800-1000")),
    ),
    "posts": (_Declared("changed_by_decision", "approved_posts", _approved_without_decision),),
    "rotation": (
        _Declared("term", "planned_end", _too_long, "record"),
        _Declared("level", "from_facility", _upwards),
        _Declared("works_there", "from_facility", _from_elsewhere),
        _Declared("whole_time", "time_share", _at_once),
        _Declared("persons_of_decision", "planned_persons", _more_planned, "record"),
    ),
    "population": (
        _Declared("total_of_sexes", "population", _others_than_parts),
        _Declared("bands_whole", "age_band", _alone_of_its_release),
    ),
    "insurance_membership": (
        _Declared("all_communes", "commune_code", _on_another_day),
        _Declared("one_basis", "residence_basis", _other_basis),
    ),
    "hospital_activity_month": (
        _Declared("beds_as_registered", "beds_planned", _more("beds_planned", 5)),
        _Declared("actual_beds_as_registered", "beds_actual", _more("beds_actual", 5)),
        _Declared("full", "bed_days", _full, "record"),
        _Declared("carried_over", "inpatients_start", _not_carried_over),
    ),
}
