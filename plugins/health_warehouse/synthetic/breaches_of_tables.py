"""Breaches between the tables of a dossier, and in the further tables themselves."""

from __future__ import annotations

from health_warehouse.synthetic.kinds import Breach, Case, Place
from health_warehouse.synthetic.moments import day_of, ymd
from health_warehouse.synthetic.stays import INPATIENT
from health_warehouse.synthetic.streams import one_of, whole


def missing(table: str, *, only_care: tuple[str, ...] = ()) -> Breach:
    """Leave a table out; with `only_care` only where the standard asks for it.

    Of an insured patient, but for XML8: where the patient pays, XML1 and XML8 may be all that is
    sent (standard §0).
    """

    def apply(case: Case) -> Place | None:
        dossier = case.dossier
        if table not in dossier.tables or (only_care and dossier.care not in only_care):
            return None
        if table != "XML8" and not dossier.cover.is_insured:
            return None
        del dossier.tables[table]
        return Place(table)

    return apply


def measured_without_name(case: Case) -> Place | None:
    """TEN_CHI_SO names what was measured; an image is described and has no indicator."""
    rows = [row for row in case.dossier.tables.get("XML4", ()) if row["GIA_TRI"]]
    if not rows:
        return None
    row = one_of(case.draw, rows)
    row["TEN_CHI_SO"] = ""
    return Place("XML4", row["STT"], "TEN_CHI_SO")


def row_text(table: str, fields: tuple[str, ...], texts: tuple[str, ...]) -> Breach:
    """Write one of the texts into one of the elements of a row."""

    def apply(case: Case) -> Place | None:
        rows = case.dossier.tables.get(table)
        if not rows:
            return None
        number = whole(case.draw, 1, len(rows))
        field = one_of(case.draw, fields)
        rows[number - 1][field] = one_of(case.draw, texts)
        return Place(table, str(number), field)

    return apply


def day_alone(table: str, field: str) -> Breach:
    """Cut the time off a date and time."""

    def apply(case: Case) -> Place | None:
        rows = case.dossier.tables.get(table)
        if not rows:
            return None
        number = whole(case.draw, 1, len(rows))
        rows[number - 1][field] = rows[number - 1][field][:8]
        return Place(table, str(number), field)

    return apply


def too_long(table: str, field: str, size: int) -> Breach:
    return row_text(table, (field,), ("dài " * (size // 4 + 2),))


# ---------- dates of papers (D05)


def discharge_paper_of_another_day(case: Case) -> Place | None:
    rows = case.dossier.tables.get("XML7")
    if not rows:
        return None
    rows[0]["NGAY_CT"] = ymd(day_of(case.dossier.stay.ended) + one_of(case.draw, (-3, 2, 7)))
    return Place("XML7", "1", "NGAY_CT")


def leave_from_another_day(case: Case) -> Place | None:
    rows = case.dossier.tables.get("XML11")
    if not rows:
        return None
    rows[0]["TU_NGAY"] = ymd(day_of(case.dossier.stay.arrived) - one_of(case.draw, (1, 4)))
    return Place("XML11", "1", "TU_NGAY")


def appointment_in_the_past(case: Case) -> Place | None:
    rows = case.dossier.tables.get("XML14")
    if not rows:
        return None
    day = day_of(case.dossier.stay.ended) - 1
    case.dossier.header["NGAY_TAI_KHAM"] = ymd(day)
    rows[0]["NGAY_HEN_KL"] = ymd(day) + "0800"
    return Place("XML14", "1", "NGAY_HEN_KL")


def slip_before_arrival(case: Case) -> Place | None:
    rows = case.dossier.tables.get("XML14")
    if not rows:
        return None
    rows[0]["NGAY_CT"] = ymd(day_of(case.dossier.stay.arrived) - 3)
    return Place("XML14", "1", "NGAY_CT")


# ---------- one table without the other (X03, X04, X06)


def slip_without_transfer(case: Case) -> Place | None:
    rows = case.dossier.tables.get("XML13")
    if not rows:
        return None
    case.dossier.header["MA_LOAI_RV"] = rows[0]["MA_LOAI_RV"] = "1"
    return Place("XML13", "", "MA_LOAI_RV")


def header_blank_beside(table: str, field: str) -> Breach:
    """Blank the element of XML1 that goes with a table."""

    def apply(case: Case) -> Place | None:
        if table not in case.dossier.tables:
            return None
        case.dossier.header[field] = ""
        return Place("XML1", "", field)

    return apply


# ---------- results (X07)


def result_without_date(case: Case) -> Place | None:
    rows = [row for row in case.dossier.tables.get("XML4", ()) if row["GIA_TRI"]]
    if not rows:
        return None
    row = one_of(case.draw, rows)
    row["NGAY_KQ"] = ""
    return Place("XML4", row["STT"], "NGAY_KQ")


def result_without_service(case: Case) -> Place | None:
    rows = case.dossier.tables.get("XML4")
    if not rows:
        return None
    row = one_of(case.draw, rows)
    row["MA_DICH_VU"] = "23.9999.1494"
    return Place("XML4", row["STT"], "MA_DICH_VU")


# ---------- copies (X08)


def differing_copy(table: str, fields: tuple[str, ...]) -> Breach:
    """A copy of an element of XML1 that says something else."""

    def apply(case: Case) -> Place | None:
        rows = case.dossier.tables.get(table)
        if not rows:
            return None
        filled = [field for field in fields if rows[0][field]]
        if not filled:
            return None
        field = one_of(case.draw, filled)
        rows[0][field] = _another(rows[0][field])
        return Place(table, "1", field)

    return apply


def _another(text: str) -> str:
    """As long, still of its shape, and not the same."""
    if text.isdigit():
        return text[:-1] + ("1" if text[-1] != "1" else "2")
    return "NGUYỄN VĂN KHÁC" if text != "NGUYỄN VĂN KHÁC" else "TRẦN THỊ KHÁC"


def care_type_without_zero(case: Case) -> Place | None:
    """`1` for `01`; done after the papers, whose presence depends on it."""
    if case.dossier.care != "01":
        return None
    case.dossier.header["MA_LOAI_KCB"] = "1"
    return Place("XML1", "", "MA_LOAI_KCB")


def stay_without_summary(case: Case) -> Place | None:
    return missing("XML8", only_care=("03", "04", "06"))(case)


def stay_without_discharge_paper(case: Case) -> Place | None:
    return missing("XML7", only_care=INPATIENT)(case)
