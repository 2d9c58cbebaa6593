"""Indicators of claims: visits of which the care ended in the period."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from oracle.indicators.calendars import Period
from oracle.indicators.meaning import Meaning, Part, Parts
from oracle.indicators.told import Row, Told
from oracle.visits import Visit

_Amount = Callable[[Visit, Row], Decimal | int]
"""Of a visit, and what its facility was on the day."""


def _visits(amount: _Amount) -> Parts:
    def parts(told: Told, period: Period) -> Iterator[Part]:
        for day, visit in told.ended:
            if period.has(day):
                place = told.registry.on(visit.facility_id, day)
                yield Part("facility", visit.facility_id, day, amount(visit, place))

    return parts


def _is_inpatient(visit: Visit, _: Row) -> bool:
    return visit.value("MA_LOAI_KCB") in ("03", "04", "09")


def _is_outpatient(visit: Visit, _: Row) -> bool:
    return visit.value("MA_LOAI_KCB") not in ("03", "04", "09")


def _is_insured(visit: Visit, _: Row) -> bool:
    return visit.value("MA_DOITUONG_KCB") not in ("", "9")


def _money(visit: Visit, *names: str) -> Decimal:
    return sum((Decimal(visit.value(name) or 0) for name in names), Decimal(0))


def _is_above_stations(visit: Visit, place: Row) -> bool:
    """Insured, at the basic or the specialised level."""
    levels = ("basic_lt50", "basic_50_70", "specialised")
    return _is_insured(visit, place) and place.get("professional_level") in levels


def _days(visit: Visit, place: Row) -> int:
    return int(visit.value("SO_NGAY_DTRI")) if _is_inpatient(visit, place) else 0


def _cost_inside(visit: Visit, place: Row) -> Decimal | int:
    return _money(visit, "T_TONGCHI_BV") if _is_inpatient(visit, place) else 0


def _cost_outside(visit: Visit, place: Row) -> Decimal | int:
    return _money(visit, "T_TONGCHI_BV") if _is_outpatient(visit, place) else 0


def _cost_insured(visit: Visit, place: Row) -> Decimal | int:
    return _money(visit, "T_TONGCHI_BV") if _is_insured(visit, place) else 0


def _paid_by_patient(visit: Visit, place: Row) -> Decimal | int:
    return _money(visit, "T_BNTT", "T_BNCCT") if _is_insured(visit, place) else 0


def _bypasses(visit: Visit, place: Row) -> bool:
    return visit.value("MA_DOITUONG_KCB").startswith("3") and _is_above_stations(visit, place)


def _died_inside(visit: Visit, place: Row) -> bool:
    return _is_inpatient(visit, place) and visit.value("KET_QUA_DTRI") == "5"


def _insured_outside(visit: Visit, place: Row) -> bool:
    return _is_outpatient(visit, place) and _is_insured(visit, place)


def _insured_at_station(visit: Visit, place: Row) -> bool:
    stations = ("commune_station", "station_point")
    return _insured_outside(visit, place) and place.get("facility_type") in stations


def _has_citizen_id(visit: Visit, _: Row) -> bool:
    return len(visit.value("SO_CCCD")) == 12 and visit.value("SO_CCCD").isdigit()


def _one(visit: Visit, place: Row) -> int:
    del visit, place
    return 1


OF_CLAIMS = {
    "ALOS_DAYS": Meaning(_visits(_days), _visits(_is_inpatient), least=30),
    "BYPASS_PCT": Meaning(_visits(_bypasses), _visits(_is_above_stations), 100, least=30),
    "CCCD_ENCOUNTER_PCT": Meaning(_visits(_has_citizen_id), _visits(_one), 100, least=30),
    "COST_PER_ADMISSION": Meaning(_visits(_cost_inside), _visits(_is_inpatient), least=30),
    "COST_PER_VISIT": Meaning(_visits(_cost_outside), _visits(_is_outpatient), least=30),
    "HOSPITAL_DEATH_PCT": Meaning(_visits(_died_inside), _visits(_is_inpatient), 100, least=30),
    "PATIENT_PAY_SHARE_PCT": Meaning(
        _visits(_paid_by_patient), _visits(_cost_insured), 100, _visits(_is_insured), least=30
    ),
    "STATION_INSURED_SHARE_PCT": Meaning(
        _visits(_insured_at_station), _visits(_insured_outside), 100, least=30
    ),
    "TRANSFER_OUT_PCT": Meaning(
        _visits(lambda visit, _: visit.value("MA_LOAI_RV") in ("2", "5")),
        _visits(_one),
        100,
        least=30,
    ),
    "TRANSFER_REQUEST_PCT": Meaning(
        _visits(lambda visit, _: visit.value("MA_LOAI_RV") == "5"), _visits(_one), 100, least=30
    ),
}
