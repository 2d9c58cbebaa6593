"""How rows of stations and of members break a rule that looks at other rows or lists."""

from __future__ import annotations

from datetime import date, timedelta

from health_warehouse.synthetic.lists.breaches_of_columns import Break
from health_warehouse.synthetic.lists.breaching import between
from health_warehouse.synthetic.lists.sheets import Row
from health_warehouse.synthetic.world.establishments import MERGED_ON

_NEW_COMMUNE = "11948"
"""A code that no commune had before 01/07/2025."""


def _point_alone(rows: list[Row], place: int) -> bool:
    """A point in the list of another day, which has no station."""
    return rows[place]["unit_kind"] == "point" and _on_another_day(rows, place)


def _on_another_day(rows: list[Row], place: int) -> bool:
    """A day of its own: lists of other communes are of others."""
    row = rows[place]
    day = row.get("as_of_date")
    if not isinstance(day, date):
        return False
    earlier = day - timedelta(days=95 + (7 * int(str(row["commune_code"])) + day.month) % 260)
    if earlier < MERGED_ON:
        return False
    row["as_of_date"] = earlier
    return True


def _of_another_commune(rows: list[Row], place: int) -> bool:
    row = rows[place]
    with_points = {one.get("parent_unit_code") for one in rows} - {None}
    station = next(
        (
            one
            for one in rows
            if one["unit_code"] in with_points and one["commune_code"] != row["commune_code"]
        ),
        None,
    )
    if station is None or row["unit_kind"] != "point":
        return False
    row["parent_unit_code"] = station["unit_code"]
    return True


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


def _other_basis(rows: list[Row], place: int) -> bool:
    rows[place]["residence_basis"] = "registration"
    return True


KINDS = (
    between("commune_station.every_commune", "commune_code", _point_alone),
    between("commune_station.point_of_commune", "parent_unit_code", _of_another_commune),
    between("commune_station.former_commune", "former_commune_code", _never_a_commune),
    between("commune_station.doctors_as_workforce", "doctors_own", _one_doctor_more("doctors_own")),
    between(
        "commune_station.doctors_as_rotation",
        "doctors_rotated",
        _one_doctor_more("doctors_rotated"),
    ),
    between(
        "commune_station.population_served", "population_served", _twice_as_many, severity="record"
    ),
    between("insurance_membership.all_communes", "commune_code", _on_another_day),
    between("insurance_membership.one_basis", "residence_basis", _other_basis),
)
