"""What a facility did in a month, counted from the dossiers as they are written.

A dossier counts as it was at first, before anything is wrong with it; one that is withdrawn for
good does not. Stays in a bed are those of hospitals and centres; days and nights at stations and
clinics are outpatient treatments, for they have no beds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Literal

from health_warehouse.synthetic import diagnoses
from health_warehouse.synthetic.check_ins import EMERGENCY
from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.moments import day_of, ymd
from health_warehouse.synthetic.stays import INPATIENT

Figure = Literal[
    "visits_insured", "visits_self_pay", "visits_under6", "visits_60plus", "visits_emergency",
    "transfers_out_exam", "outpatient_treatments", "inpatients_start", "admissions",
    "inpatients_insured", "inpatients_self_pay", "bed_days", "discharges", "result_cured",
    "result_better", "result_same_worse", "transfers_out_inpatient", "transfers_in",
    "deaths_inpatient", "deaths_24h", "dying_taken_home", "deaths_before_arrival", "surgeries",
    "procedures", "births", "lab_tests", "imaging", "inpatients_end",
]  # fmt: skip
_TREATED = ("02", "04", "05", "06", "07", "08", "09")
_TRANSFERRED = ("2", "5")
_RESULTS: dict[str, Figure] = {
    "1": "result_cured",
    "2": "result_better",
    "3": "result_same_worse",
    "4": "result_same_worse",
    "5": "deaths_inpatient",
    "6": "dying_taken_home",
}
_SERVICES: dict[str, Figure] = {
    "1": "lab_tests", "2": "imaging", "8": "surgeries", "18": "procedures",
}  # fmt: skip


def month(day: int) -> str:
    """`yyyy-mm` of a day (ordinal)."""
    text = ymd(day)
    return f"{text[:4]}-{text[4:6]}"


class Activity:
    """Figures by facility and month; a figure that never came up is 0."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], Counter[Figure]] = defaultdict(Counter)

    def of(self, facility_code: str, month: str) -> Mapping[Figure, int]:
        return self._counts.get((facility_code, month), Counter())

    def add(self, dossier: Dossier) -> None:
        """Count one dossier."""
        code, stay = dossier.facility.facility_id, dossier.stay
        begun = self._counts[code, month(day_of(stay.arrived))]
        if dossier.header["MA_NOI_DI"] not in ("", code):
            begun["transfers_in"] += 1
        if dossier.header["KET_QUA_DTRI"] == "8":
            begun["deaths_before_arrival"] += 1
        if dossier.care in INPATIENT and dossier.facility.is_higher:
            self._add_stay(dossier)
        else:
            _add_visit(begun, dossier)
        closed = self._counts[code, month(day_of(stay.seen_until))]
        closed["births"] += dossier.disease in diagnoses.BIRTHS
        for line in dossier.services:
            figure = _SERVICES.get(line.group)
            if figure is not None:
                closed[figure] += 1

    def _add_stay(self, dossier: Dossier) -> None:
        code, stay = dossier.facility.facility_id, dossier.stay
        admitted = day_of(stay.arrived if stay.admitted is None else stay.admitted)
        ended = day_of(stay.ended)
        payer: Figure = "inpatients_insured" if dossier.cover.is_insured else "inpatients_self_pay"
        for name in _months(admitted, ended):
            counts = self._counts[code, name]
            counts[payer] += 1
            if name == month(admitted):
                counts["admissions"] += 1
            else:
                counts["inpatients_start"] += 1
            if name != month(ended):
                counts["inpatients_end"] += 1
        for day in range(admitted, max(ended, admitted + 1)):
            self._counts[code, month(day)]["bed_days"] += 1
        counts = self._counts[code, month(ended)]
        counts["discharges"] += 1
        result = _RESULTS.get(dossier.header["KET_QUA_DTRI"])
        if result is not None:
            counts[result] += 1
        if result == "deaths_inpatient" and stay.ended - stay.arrived < 24 * 60:
            counts["deaths_24h"] += 1
        if dossier.header["MA_LOAI_RV"] in _TRANSFERRED:
            counts["transfers_out_inpatient"] += 1


def _add_visit(counts: Counter[Figure], dossier: Dossier) -> None:
    age = int(ymd(day_of(dossier.stay.arrived))[:4]) - dossier.who.year
    counts["visits_insured" if dossier.cover.is_insured else "visits_self_pay"] += 1
    counts["visits_under6"] += age < 6
    counts["visits_60plus"] += age >= 60
    counts["visits_emergency"] += dossier.cover.object_code == EMERGENCY
    counts["transfers_out_exam"] += dossier.header["MA_LOAI_RV"] in _TRANSFERRED
    counts["outpatient_treatments"] += dossier.care in _TREATED


def _months(first: int, last: int) -> Iterator[str]:
    """The months of the days from `first` to `last` (ordinal), both included."""
    yield from dict.fromkeys(month(day) for day in range(first, last + 1))
