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
