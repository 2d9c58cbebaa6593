"""How figures of people and of activity break a rule that looks at other rows or lists."""

from __future__ import annotations

from health_warehouse.synthetic.lists.breaches_of_columns import Break
from health_warehouse.synthetic.lists.breaching import between
from health_warehouse.synthetic.lists.sheets import Row


def _others_than_parts(rows: list[Row], place: int) -> bool:
    people = rows[place].get("population")
    if rows[place]["sex"] != "T" or not isinstance(people, int):
        return False
    rows[place]["population"] = people + 5
    return True


def _alone_of_its_release(rows: list[Row], place: int) -> bool:
    rows[place]["vintage"] = "2019"
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


KINDS = (
    between("population.total_of_sexes", "population", _others_than_parts),
    between("population.bands_whole", "age_band", _alone_of_its_release),
    between("hospital_activity_month.beds_as_registered", "beds_planned", _more("beds_planned", 5)),
    between(
        "hospital_activity_month.actual_beds_as_registered", "beds_actual", _more("beds_actual", 5)
    ),
    between("hospital_activity_month.full", "bed_days", _full, severity="record"),
    between("hospital_activity_month.carried_over", "inpatients_start", _not_carried_over),
)
