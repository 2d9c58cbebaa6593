"""Breaches of when things were done: orders and results, settlement, papers, births."""

from __future__ import annotations

from health_warehouse.synthetic.breaches_of_lines import chosen, place_of
from health_warehouse.synthetic.formulary import PERFORMED
from health_warehouse.synthetic.kinds import Case, Place
from health_warehouse.synthetic.lines import Line
from health_warehouse.synthetic.moments import DAY, local_moment, stamp
from health_warehouse.synthetic.streams import one_of, whole


def _has_times(line: Line) -> bool:
    return line.group in PERFORMED and line.field("NGAY_TH_YL") < line.field("NGAY_KQ")


def executed_after_result(case: Case) -> Place | None:
    """NGAY_TH_YL and NGAY_KQ change places."""
    line = chosen(case, "XML3", _has_times)
    if line is None:
        return None
    executed, known = line.field("NGAY_TH_YL"), line.field("NGAY_KQ")
    line.changed.update(NGAY_TH_YL=known, NGAY_KQ=executed)
    return place_of(line, "NGAY_KQ")


def result_after_discharge(case: Case) -> Place | None:
    line = chosen(case, "XML3", _has_times)
    if line is None:
        return None
    line.changed["NGAY_KQ"] = stamp(case.dossier.stay.ended + whole(case.draw, 1, 2 * DAY))
    return place_of(line, "NGAY_KQ")


def all_at_one_minute(case: Case) -> Place | None:
    line = chosen(case, "XML3", _has_times)
    if line is None:
        return None
    ordered = line.field("NGAY_YL")
    line.changed.update(NGAY_TH_YL=ordered, NGAY_KQ=ordered)
    return place_of(line, "NGAY_KQ")


def result_in_the_future(case: Case) -> Place | None:
    """A result of XML4 from after the day on which the file is received."""
    rows = case.dossier.tables.get("XML4")
    if not rows:
        return None
    row = one_of(case.draw, rows)
    row["NGAY_KQ"] = stamp(local_moment(case.received_at) + whole(case.draw, 1, 30) * DAY)
    return Place("XML4", row["STT"], "NGAY_KQ")


def imaging_without_conclusion(case: Case) -> Place | None:
    images = {line.field("MA_DICH_VU") for line in case.dossier.services if line.group == "2"}
    rows = [row for row in case.dossier.tables.get("XML4", ()) if row["MA_DICH_VU"] in images]
    if not rows:
        return None
    row = one_of(case.draw, rows)
    row["KET_LUAN"] = ""
    return Place("XML4", row["STT"], "KET_LUAN")


def settled_too_early(case: Case) -> Place | None:
    """In the month before the visit."""
    header = case.dossier.header
    year, month = int(header["NGAY_VAO"][:4]), int(header["NGAY_VAO"][4:6])
    if month == 1:
        year, month = year - 1, 13
    header.update(NAM_QT=str(year), THANG_QT=f"{month - 1:02d}")
    return Place("XML1", "", "THANG_QT")


def paper_of_another_end(case: Case) -> Place | None:
    """XML7 ends the stay hours later than XML1, on whichever day that is."""
    rows = case.dossier.tables.get("XML7")
    if not rows or not rows[0]["NGAY_RA"]:
        return None
    rows[0]["NGAY_RA"] = stamp(case.dossier.stay.ended + whole(case.draw, 1, 600))
    return Place("XML7", "1", "NGAY_RA")


def born_in_kilograms(case: Case) -> Place | None:
    rows = case.dossier.tables.get("XML9")
    if not rows:
        return None
    number = whole(case.draw, 1, len(rows))
    rows[number - 1]["CAN_NANG_CON"] = str(int(rows[number - 1]["CAN_NANG_CON"]) / 1000)
    return Place("XML9", str(number), "CAN_NANG_CON")


def weights_in_kilograms(case: Case) -> Place | None:
    """XML1 lists the weights of all children; here each is in kilograms."""
    weights = case.dossier.header["CAN_NANG_CON"]
    if not weights:
        return None
    kilograms = (str(int(weight) / 1000) for weight in weights.split(";"))
    case.dossier.header["CAN_NANG_CON"] = ";".join(kilograms)
    return Place("XML1", "", "CAN_NANG_CON")


def born_on_no_day(case: Case) -> Place | None:
    rows = case.dossier.tables.get("XML9")
    if not rows:
        return None
    rows[0]["NGAY_SINH_CON"] = f"{rows[0]['NGAY_SINH_CON'][:6]}000000"
    return Place("XML9", "1", "NGAY_SINH_CON")


def newborn_of_a_month(case: Case) -> Place | None:
    """A child of some days of whom only the month of birth is written."""
    header = case.dossier.header
    if not header["MA_THE_BHYT"].startswith("TE1PP"):
        return None
    header["NGAY_SINH"] = f"{header['NGAY_SINH'][:6]}000000"
    return Place("XML1", "", "NGAY_SINH")
