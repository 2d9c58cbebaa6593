"""What a defect does to rows elsewhere: rules between lists that then find these rows, too.

A row that is set aside is missed by its neighbours and by other lists. This tells which rows these
are, from the lists as they are after all defects, by the rules written once more in Python. Rows
with a defect of their own are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from health_warehouse.feeds.contract import Contract
from health_warehouse.synthetic.lists.breaches_of_columns import Kind
from health_warehouse.synthetic.lists.damage import Done
from health_warehouse.synthetic.lists.sheets import Row, Sheet
from health_warehouse.synthetic.world.occupations import DOCTORS

Damaged = Sequence[tuple[Sheet, list[Done]]]
_ON_POSTS = ("public_employee", "civil_servant")


class _Counting(NamedTuple):
    """A row that counts, and where it stands."""

    row: Row
    sheet: int
    place: int
    as_of: date


def consequences(damaged: Damaged, contracts: Mapping[str, Contract]) -> dict[int, list[Done]]:
    """By the number of the sheet: rows that rules find because of defects of others."""
    counting = {feed: _counting(damaged, contracts[feed]) for feed in _FEEDS}
    own = {(at, one.place) for at, (_, done) in enumerate(damaged) for one in done}
    found: dict[int, list[Done]] = defaultdict(list)
    for rule, column, rows in (
        ("posts.as_workforce", "filled_posts", _posts(counting)),
        ("commune_station.doctors_as_workforce", "doctors_own", _doctors(counting)),
        ("commune_station.doctors_as_rotation", "doctors_rotated", _rotated(counting)),
        ("population.bands_whole", "age_band", _bands(counting)),
        *(
            (f"hospital_activity_month.{name}", column, _beds(counting, column))
            for name, column in (
                ("beds_as_registered", "beds_planned"),
                ("actual_beds_as_registered", "beds_actual"),
            )
        ),
    ):
        kind = Kind(f"{rule.partition('.')[2]}_beside", rule, "flag", column, _nothing)
        for one in rows:
            if (one.sheet, one.place) not in own:
                found[one.sheet].append(Done(one.place, kind, None))
    return found


_FEEDS = (
    "facility_registry", "commune_station", "workforce", "posts", "rotation", "population",
    "hospital_activity_month",
)  # fmt: skip


def _nothing(rows: list[Row], place: int) -> bool:
    del rows, place
    return False


def _counting(damaged: Damaged, contract: Contract) -> list[_Counting]:
    """The rows of a feed that count: not set aside, and of each document the last that was sent."""
    found: dict[tuple[object, ...], _Counting] = {}
    sheets = [(at, *one) for at, one in enumerate(damaged) if one[0].feed == contract.feed]
    for at, sheet, done in sorted(sheets, key=lambda one: one[1].sent_on):
        gone = {one.place for one in done if one.kind.rule and one.kind.severity == "quarantine"}
        days = () if contract.mode == "upsert" else (sheet.as_of,)
        for place, row in enumerate(sheet.rows):
            if place not in gone:
                said = row.get("as_of_date")
                key = *(str(row.get(name)) for name in contract.document_key), *days, said
                as_of = said if isinstance(said, date) else sheet.as_of
                found[key] = _Counting(row, at, place, as_of)
    return list(found.values())


def _day(row: Row, column: str) -> date | None:
    value = row.get(column)
    return value if isinstance(value, date) else None


def _count(row: Row, column: str) -> int:
    value = row.get(column)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _holds(row: Row, day: date) -> bool:
    begin, end = _day(row, "valid_from"), _day(row, "valid_to")
    return begin is not None and begin <= day and (end is None or end >= day)


_Lists = Mapping[str, list[_Counting]]


def _posts(lists: _Lists) -> Iterator[_Counting]:
    filled: dict[tuple[object, date], int] = defaultdict(int)
    persons: dict[tuple[object, date], int] = defaultdict(int)
    for one in lists["posts"]:
        filled[one.row["facility_code"], one.as_of] += _count(one.row, "filled_posts")
    for one in lists["workforce"]:
        if _holds(one.row, one.as_of) and one.row.get("employment_kind") in _ON_POSTS:
            persons[one.row["facility_code"], one.as_of] += 1
    for one in lists["posts"]:
        key = one.row["facility_code"], one.as_of
        if key in persons and abs(filled[key] - persons[key]) > max(1, 0.02 * persons[key]):
            yield one


def _reported(lists: _Lists, column: str) -> Iterator[tuple[_Counting, int]]:
    """Each station with the doctors that it and its points report."""
    sums: dict[tuple[object, date], int] = defaultdict(int)
    for one in lists["commune_station"]:
        station = one.row.get("parent_unit_code") or one.row["unit_code"]
        sums[station, one.as_of] += _count(one.row, column)
    for one in lists["commune_station"]:
        key = one.row["unit_code"], one.as_of
        if one.row["unit_kind"] == "station" and key in sums:
            yield one, sums[key]


def _doctors(lists: _Lists) -> Iterator[_Counting]:
    doctors: dict[tuple[object, date], set[object]] = defaultdict(set)
    for one in lists["workforce"]:
        here = doctors[one.row["facility_code"], one.as_of]
        if one.row["occupation"] in DOCTORS and _holds(one.row, one.as_of):
            here.add(one.row["citizen_id"])
    for station, own in _reported(lists, "doctors_own"):
        key = station.row["unit_code"], station.as_of
        if key in doctors and own != len(doctors[key]):
            yield station


def _rotated(lists: _Lists) -> Iterator[_Counting]:
    sent = [one.row for one in lists["rotation"]]
    for station, rotated in _reported(lists, "doctors_rotated"):
        day = station.as_of
        began = [row for row in sent if (_day(row, "started_on") or date.max) <= day]
        there = {
            row["citizen_id"]
            for row in began
            if str(row["to_facility"]).partition(".")[0] == station.row["unit_code"]
            and row["occupation"] in DOCTORS
            and (_day(row, "ended_on") or _day(row, "planned_end") or date.min) >= day
        }
        if began and rotated != len(there):
            yield station


def _bands(lists: _Lists) -> Iterator[_Counting]:
    names = ("commune_code", "sex", "source_code", "vintage", "ref_date")
    groups: dict[tuple[object, ...], list[_Counting]] = defaultdict(list)
    for one in lists["population"]:
        groups[tuple(str(one.row.get(name)) for name in names)].append(one)
    for group in groups.values():
        group.sort(key=lambda one: _ages(one)[0])
        for one, following in zip(group, [*group[1:], None], strict=True):
            low, high = _ages(one)
            begins = one is not group[0] or low == 0
            wanted = None if high is None else high + 1
            if not begins or wanted != (following and _ages(following)[0]):
                yield one


def _ages(one: _Counting) -> tuple[int, int | None]:
    """First and last year of a band; None: it is open."""
    low, _, high = str(one.row["age_band"]).rstrip("+").partition("-")
    is_open = str(one.row["age_band"]).endswith("+")
    return int(low), None if is_open else int(high or low)


def _beds(lists: _Lists, column: str) -> Iterator[_Counting]:
    newest = sorted(
        lists["facility_registry"],
        key=lambda one: (one.as_of, _day(one.row, "valid_from") or date.min),
        reverse=True,
    )
    by_code: dict[object, list[Row]] = defaultdict(list)
    for one in newest:
        by_code[one.row["facility_code"]].append(one.row)
    for one in lists["hospital_activity_month"]:
        year, month = map(int, str(one.row["month"]).split("-"))
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        known = next((row for row in by_code[one.row["facility_code"]] if _holds(row, last)), {})
        said, registered = one.row.get(column), known.get(column)
        if isinstance(said, int) and isinstance(registered, int) and said != registered:
            yield one
