"""How care ends: outcome, way out, and the next visit."""

from __future__ import annotations

from health_warehouse.synthetic.moments import day_of, ymd
from health_warehouse.synthetic.schedule import Slot
from health_warehouse.synthetic.stays import INPATIENT, Stay
from health_warehouse.synthetic.streams import Draw


def discharge(draw: Draw, header: dict[str, str], slot: Slot) -> None:
    """Outcome and way out; the dead stay discharged."""
    chance = draw()
    is_inpatient = header["MA_LOAI_KCB"] in INPATIENT
    result, way_out = ("1" if is_inpatient else "2"), "1"
    if slot.transfer:
        way_out, result = slot.transfer.way_out, ("4" if slot.transfer.way_out == "2" else "3")
        header["MA_NOI_DEN"] = slot.transfer.target
    elif is_inpatient and chance < 0.015:
        result = "5"
    elif is_inpatient and chance < 0.02:
        result, way_out = "6", "4"
    elif is_inpatient and chance < 0.03:
        result, way_out = "3", "3"
    elif chance > 0.999:
        result = "8"
    header["KET_QUA_DTRI"], header["MA_LOAI_RV"] = result, way_out


def appoint(draw: Draw, header: dict[str, str], care: str, stay: Stay) -> None:
    """Re-visits: after long-term medicine, and after some visits and stays that ended at home."""
    chance = draw()
    if header["MA_LOAI_RV"] != "1" or header["KET_QUA_DTRI"] in ("5", "8"):
        return
    if care in ("05", "07"):
        header["NGAY_TAI_KHAM"] = ymd(day_of(stay.ended) + 1)
    elif chance < (0.2 if care in INPATIENT else 0.08):
        header["NGAY_TAI_KHAM"] = ymd(day_of(stay.ended) + 14)
