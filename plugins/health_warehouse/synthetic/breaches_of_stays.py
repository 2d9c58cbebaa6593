"""Breaches of what may be billed for a stay: beds, examinations, operations, lines sent twice."""

from __future__ import annotations

from health_warehouse.synthetic import catalogue
from health_warehouse.synthetic.breaches_of_lines import chosen, in_group, lines_of, place_of
from health_warehouse.synthetic.formulary import BEDS
from health_warehouse.synthetic.kinds import Breach, Case, Place
from health_warehouse.synthetic.lines import Line
from health_warehouse.synthetic.moments import DAY, at, day_of, local_moment, stamp
from health_warehouse.synthetic.stays import INPATIENT
from health_warehouse.synthetic.streams import one_of

_FOUR_HOURS = 240


def _again(case: Case, line: Line, changes: dict[str, str]) -> Line:
    """Another line like `line` at the end of its table."""
    rows = lines_of(case.dossier, line.table)
    texts = {**line.texts, **changes, "STT": str(len(rows) + 1)}
    copy = Line(line.offer, texts, line.quantity, line.share, line.rate, line.supported)
    rows.append(copy)
    return copy


def twice(table: str) -> Breach:
    """The same line again: same code, order, practitioner, quantity."""

    def apply(case: Case) -> Place | None:
        # A bed and an examination sent twice break rules of their own.
        line = chosen(case, table, lambda line: line.group not in (*BEDS, "13"))
        if line is None:
            return None
        copy = _again(case, line, {})
        case.dossier.settle()
        return place_of(copy, "")

    return apply


def second_examination(case: Case) -> Place | None:
    """Two examination fees in a stay; what patients pay themselves they may have as they wish."""
    if case.dossier.care not in INPATIENT:
        return None
    line = chosen(case, "XML3", lambda line: line.group == "13" and line.rate > 0)
    if line is None:
        return None
    ordered = stamp(case.dossier.stay.arrived + 7)
    copy = _again(case, line, {"NGAY_YL": ordered, "NGAY_TH_YL": ordered})
    copy.offer = case.prices.services[catalogue.SECOND_EXAM.name]
    copy.share = 30
    case.dossier.settle()
    return place_of(copy, "MA_DICH_VU")


def bed_in_a_visit(case: Case) -> Place | None:
    """A bed day where nobody stays: types 02 and 05."""
    if case.dossier.care not in ("02", "05"):
        return None
    line = chosen(case, "XML3", in_group("13"))
    if line is None:
        return None
    changes = {"MA_GIUONG": "H001", "NGAY_KQ": line.texts["NGAY_TH_YL"]}
    copy = _again(case, line, changes)
    copy.offer = case.prices.services[catalogue.BEDS["06"].name]
    case.dossier.settle()
    return place_of(copy, "MA_NHOM")


def bed_twice(case: Case) -> Place | None:
    """The bed that the patient lies in, billed once more within the same days."""
    line = chosen(case, "XML3", lambda line: line.group == "15" and line.quantity > 1000)
    if line is None:
        return None
    ordered = stamp(case.dossier.stay.arrived + 90)
    copy = _again(case, line, {"NGAY_YL": ordered, "NGAY_TH_YL": ordered})
    copy.quantity = 1000
    case.dossier.settle()
    return place_of(copy, "MA_GIUONG")


def bed_of_another(case: Case) -> Place | None:
    """A bed in which another patient lies, without the rate for shared beds."""
    dossier = case.dossier
    line = chosen(case, "XML3", lambda line: line.group in BEDS and line.share == 100)
    if line is None:
        return None
    texts = line.texts
    begin, end = texts["NGAY_YL"], texts["NGAY_KQ"]
    other = next(case.recent.beds(dossier.facility.index, begin, end), None)
    if other is None or other.what == texts["MA_GIUONG"]:
        return None
    texts["MA_GIUONG"] = other.what
    return place_of(line, "MA_GIUONG")._replace(other=other.dossier)


def surgeon_of_another(case: Case) -> Place | None:
    """An operation by a surgeon who operates on another patient at that time."""
    dossier = case.dossier
    line = chosen(case, "XML3", in_group("8"))
    if line is None:
        return None
    begin, end = stamp(dossier.stay.arrived + 10), stamp(dossier.stay.seen_until)
    other = next(case.recent.surgeons(dossier.facility.index, begin, end), None)
    if other is None:
        return None
    line.texts.update(
        NGUOI_THUC_HIEN=other.what, NGAY_TH_YL=other.begin, NGAY_KQ=other.end, NGAY_YL=other.begin
    )
    return place_of(line, "NGUOI_THUC_HIEN")._replace(other=other.dossier)


def bed_days_of_a_short_stay(case: Case) -> Place | None:
    """Two bed days within 24 hours."""
    stay = case.dossier.stay
    line = chosen(case, "XML3", in_group(*BEDS))
    if line is None or not _FOUR_HOURS <= stay.ended - stay.arrived < DAY:
        return None
    line.quantity = 2000
    case.dossier.settle()
    return place_of(line, "SO_LUONG")


def stay_below_four_hours(case: Case) -> Place | None:
    """A day stay with a bed fee that lasted three hours."""
    dossier = case.dossier
    if dossier.care != "04" or not case.is_first:
        return None
    stay = dossier.stay
    arrived = stay.ended - 180
    dossier.stay = stay._replace(arrived=arrived, admitted=arrived + 5)
    dossier.header.update(NGAY_VAO=stamp(arrived), NGAY_VAO_NOI_TRU=stamp(arrived + 5))
    earliest = stamp(arrived + 6)
    for line in dossier.lines:
        for field in ("NGAY_YL", "NGAY_TH_YL", "NGAY_KQ"):
            if line.field(field):
                line.texts[field] = max(line.texts[field], earliest)
    return Place("XML1", "", "MA_LOAI_KCB")


def discharge_in_the_future(case: Case) -> Place | None:
    """NGAY_RA weeks after the receipt, of a visit that cannot end so late."""
    dossier = case.dossier
    header = dossier.header
    if dossier.care not in ("01", "10", "11", "12", "13", "14", "16"):
        return None
    if header["NGAY_TAI_KHAM"] or header["MA_LOAI_RV"] != "1":
        return None
    received = local_moment(case.received_at)
    header["NGAY_RA"] = stamp(received + one_of(case.draw, (20, 30, 40)) * DAY)
    dossier.stay = dossier.stay._replace(ended=at(day_of(received)))
    return Place("XML1", "", "NGAY_RA")
