"""Rows of the monthly report on activity: the recount of the claims that the world wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from health_warehouse.synthetic.activity import Activity, Figure
from health_warehouse.synthetic.lists.sheets import Row
from health_warehouse.synthetic.world.creation import World
from health_warehouse.synthetic.world.establishments import Establishment, Period

_TAKEN: tuple[Figure, ...] = (
    "visits_insured", "visits_self_pay", "visits_under6", "visits_60plus", "visits_emergency",
    "transfers_out_exam", "outpatient_treatments", "inpatients_start", "admissions",
    "inpatients_insured", "inpatients_self_pay", "bed_days", "discharges", "result_cured",
    "result_better", "result_same_worse", "transfers_out_inpatient", "transfers_in",
    "deaths_inpatient", "deaths_24h", "dying_taken_home", "deaths_before_arrival", "surgeries",
    "procedures", "births", "lab_tests", "imaging",
)  # fmt: skip


def activity(world: World, counted: Activity, month: str) -> Iterator[Row]:
    """The report of each facility that did something in the month."""
    for each in world.facilities:
        figures = counted.of(each.code, month)
        if any(figures.values()):
            yield _report(each, each.periods[-1], figures, month)


def _report(each: Establishment, period: Period, figures: Mapping[Figure, int], month: str) -> Row:
    return {
        "facility_code": each.code,
        "month": month,
        "beds_planned": period.beds.planned,
        "beds_actual": period.beds.actual,
        "beds_on_request": 0,
        "visits_total": figures.get("visits_insured", 0) + figures.get("visits_self_pay", 0),
        "visits_free": 0,
        **{name: figures.get(name, 0) for name in _TAKEN},
        "inpatients_trad": 0,
        "tele_sessions": 0,
        "reported_by": each.head_name,
    }


def hurried_report(row: Row) -> Row:
    """As it was sent at first: without the visits of the last days. It is sent again later."""
    fewer: Row = dict(row)
    for name, share in _HURRIED.items():
        figure = row[name]
        fewer[name] = int(figure) * share // 10 if isinstance(figure, int) else figure
    fewer["visits_total"] = sum(
        figure for name in _PAYERS if isinstance(figure := fewer[name], int)
    )
    return fewer


_PAYERS = ("visits_insured", "visits_self_pay", "visits_free")
_HURRIED = {
    "visits_insured": 9, "visits_self_pay": 9, "visits_under6": 8, "visits_60plus": 8,
    "visits_emergency": 8, "transfers_out_exam": 8, "lab_tests": 9, "imaging": 9,
}  # fmt: skip
