"""How rows of the registry break a rule that looks at other rows or reference data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from health_warehouse.synthetic.lists.breaches_of_columns import number
from health_warehouse.synthetic.lists.breaching import between, others
from health_warehouse.synthetic.lists.sheets import Row


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
    return others(rows, place, lambda one: one.get("gln_code") == rows[place]["gln_code"])


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
    return others(rows, place, lambda one: one["facility_code"] == rows[place]["parent_code"])


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
    return others(
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


KINDS = (
    between("facility_registry.gln_digit", "gln_code", _wrong_digit),
    between("facility_registry.gln_once", "gln_code", _shared_id, beside=_with_that_id),
    between("facility_registry.commune_of_province", "province_code", _elsewhere),
    between("facility_registry.inside_province", "latitude", _far_away),
    between("facility_registry.parent_then", "parent_code", _above_that_ended, leans_on=_of_parent),
    between("facility_registry.no_circle", "parent_code", _in_a_circle, beside=_in_that_circle),
)
