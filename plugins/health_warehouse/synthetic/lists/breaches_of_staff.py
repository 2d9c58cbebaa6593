"""How rows of staff, posts and rotation break a rule that looks at other rows or lists."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from health_warehouse.synthetic.lists.breaches_of_columns import Break, number
from health_warehouse.synthetic.lists.breaching import between
from health_warehouse.synthetic.lists.sheets import Row


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
    again: Row = {"decision_no": f"9{row['decision_no']}", "started_on": begin + timedelta(days=7)}
    rows.append({**row, **again})
    return True


def _more_planned(rows: list[Row], place: int) -> bool:
    rows[place]["planned_persons"] = len(rows) + 3
    return True


KINDS = (
    between(
        "workforce.one_main_place", "is_main_place", _second_place("is_main_place", value=True)
    ),
    between("workforce.hours_apart", "hours_of_day", _second_place("hours_of_day", "0800-1000")),
    between("posts.changed_by_decision", "approved_posts", _approved_without_decision),
    between("rotation.term", "planned_end", _too_long, severity="record"),
    between("rotation.level", "from_facility", _upwards),
    between("rotation.works_there", "from_facility", _from_elsewhere),
    between("rotation.whole_time", "time_share", _at_once),
    between("rotation.persons_of_decision", "planned_persons", _more_planned, severity="record"),
)
