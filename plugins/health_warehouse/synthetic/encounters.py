"""One episode of care: who came, what was found and done, what it cost.

`build` makes the same dossier again whenever it is asked with the same arguments; a later version
of it is that dossier, revised.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from health_warehouse.synthetic import catalogue, covers, other_tables
from health_warehouse.synthetic.catalogue import Diagnosis
from health_warehouse.synthetic.formulary import formulary
from health_warehouse.synthetic.lines import Line, header_totals, money
from health_warehouse.synthetic.moments import DAY, at, day_of, stamp, ymd
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.orders import OrderBook, inpatient, outpatient
from health_warehouse.synthetic.people import Person, card, name_of, person
from health_warehouse.synthetic.province import Facility
from health_warehouse.synthetic.streams import Draw, one_of, stream, whole
from health_warehouse.synthetic.tables import blank

_INPATIENT = ("03", "04", "09")
_BEDDED = ("03", "04", "06", "09")
_WITH_COURSE = ("02", "03", "04", "05", "06", "08", "09")


@dataclass
class Dossier:
    """A dossier ready to be written: elements as text, lines with their amounts."""

    header: dict[str, str]
    drugs: list[Line]
    services: list[Line]
    others: list[tuple[str, str]] = field(default_factory=list)
    """(LOAIHOSO, XML) of the further tables."""

    @property
    def dossier_id(self) -> str:
        return self.header["MA_LK"]

    def total(self) -> None:
        """Fill the header amounts in from the lines."""
        for name, amount in header_totals(self.drugs, self.services).items():
            self.header[name] = money(amount)

    @property
    def lines(self) -> list[Line]:
        return self.drugs + self.services


class _Stay(NamedTuple):
    arrived: int
    admitted: int | None
    ended: int
    seen_until: int
    """Last moment at which something is ordered: the ones after are days of medicine at home."""
    days: int
    """SO_NGAY_DTRI."""


def build(
    options: Options, facility: Facility, targets: tuple[str, ...], index: int, day: int
) -> Dossier:
    """Dossier `index` of the facility, closed on `day` (ordinal); `targets` take its transfers."""
    draw = stream(options.seed, "dossier", facility.facility_id, index)
    who = person(options.seed, int(draw() * options.population))
    care = facility.care.draw(draw)
    stay = _stay(draw, care, day)
    diagnosis = _diagnosis(draw, care, who)
    header = blank("XML1")
    _identify(header, facility, index, day, who)
    _describe(header, care, stay, diagnosis)
    cover = covers.cover(draw, facility, care)
    if diagnosis is catalogue.NEWBORN:
        cover = covers.NEWBORN
        _make_newborn(draw, header, who, stay)
    elif cover.is_insured:
        _insure(draw, header, who, care, day)
    header["MA_DOITUONG_KCB"] = cover.object_code
    if cover.object_code in ("1.3", "1.5"):
        header["MA_NOI_DI"] = one_of(draw, ("96003", "95002", "96009", "95005"))
        header["GIAY_CHUYEN_TUYEN"] = f"{whole(draw, 1, 99999):05d}/GCT"
    _discharge(draw, header, care, targets)
    book = OrderBook(
        draw,
        header,
        cover,
        formulary(options.seed, facility),
        stay.arrived + 5,
        stay.seen_until - 5,
    )
    if care in _BEDDED:
        transferred = header["MA_NOI_DEN"] != ""
        inpatient(book, care, diagnosis, max(1, stay.days), transferred)
    else:
        outpatient(book, care)
    header["NGAY_TTOAN"] = stamp(stay.seen_until)
    if care == "01" and draw() < 0.1:
        header["NGAY_TAI_KHAM"] = ymd(day + 14)
    dossier = Dossier(header, book.drugs, book.services)
    dossier.total()
    dossier.others = _other_tables(dossier, care, stay, book.doctor)
    if care == "01" and not cover.is_insured and draw() < 0.3:
        # Self-pay visits may come as XML1 and XML8 alone, for the health record (QĐ 31/2026).
        dossier.drugs, dossier.services = [], []
        dossier.others = [("XML8", other_tables.record_summary(header))]
    return dossier


def _identify(
    header: dict[str, str], facility: Facility, index: int, day: int, who: Person
) -> None:
    # Numbers repeat from facility to facility on purpose: MA_LK is only unique within one.
    dossier_id = f"{index + 1:08d}" if facility.index % 2 else f"{ymd(day)[2:]}{index + 1:07d}"
    header.update(
        MA_LK=dossier_id,
        STT="1",
        MA_BN=f"{who.number:08d}",
        HO_TEN=who.name.upper(),
        SO_CCCD=who.citizen_id,
        NGAY_SINH=who.birth,
        GIOI_TINH=who.sex,
        MA_QUOCTICH="000",
        MA_DANTOC=who.ethnic,
        MA_NGHE_NGHIEP="00000",
        DIA_CHI=who.address,
        MATINH_CU_TRU="96",
        MAXA_CU_TRU=who.commune,
        DIEN_THOAI=who.phone,
        MA_TAI_NAN="0",
        NAM_QT=ymd(day)[:4],
        THANG_QT=str(int(ymd(day)[4:6])),
        MA_CSKCB=facility.facility_id,
        CAN_NANG=str(40 + who.number % 35),
        MA_HSBA=f"BA{dossier_id}",
        MA_TTDV=f"{1_000_000 + facility.index:010d}",
    )


def _stay(draw: Draw, care: str, day: int) -> _Stay:
    """When the patient came and when care ended. SO_NGAY_DTRI follows standard §3.2."""
    closed = at(day, whole(draw, 8, 16), whole(draw, 0, 59))
    if care in ("03", "04", "06"):
        nights = 0 if care == "04" else whole(draw, 1, 9 if care == "03" else 3)
        arrived = at(day - nights, whole(draw, 5, 7), whole(draw, 0, 59))
        return _Stay(arrived, arrived + whole(draw, 5, 55), closed, closed, nights + 1)
    if care == "09":
        arrived = closed - whole(draw, 60, 230)
        return _Stay(arrived, arrived + 10, closed, closed, 0)
    if care == "02":
        before, after = whole(draw, 0, 5), whole(draw, 0, 4)
        end = at(day + after, 23, 59)
        return _Stay(closed - before * DAY - 60, None, end, closed, before + after + 1)
    if care in ("05", "07"):
        days = one_of(draw, (14, 28, 28, 30))
        end = at(day + days - 1, 23, 59)
        return _Stay(closed - whole(draw, 20, 90), None, end, closed, days if care == "05" else 0)
    if care == "08":
        return _Stay(closed - 60, None, closed, closed, 1)
    return _Stay(closed - whole(draw, 15, 180), None, closed, closed, 0)


def _diagnosis(draw: Draw, care: str, who: Person) -> Diagnosis:
    if care not in _INPATIENT:
        return one_of(
            draw, catalogue.CHRONIC if care in ("05", "07", "08") else catalogue.OUTPATIENT
        )
    chance = draw()
    if care == "03" and chance < 0.08:
        return catalogue.NEWBORN
    if care == "03" and chance < 0.25 and who.sex == "2" and "1975" < who.birth[:4] < "2008":
        return catalogue.BIRTH
    return one_of(draw, catalogue.INPATIENT)


def _insure(draw: Draw, header: dict[str, str], who: Person, care: str, day: int) -> None:
    """Card fields; some inpatients change card within the stay (";" lists of equal length)."""
    cards, registered, begins, ends = [card(who)], ["96003"], ["20260101"], ["20261231"]
    if care == "03" and draw() < 0.06:
        cards.append(card(who, "HT3" if who.card_group != "HT3" else "GD4"))
        registered.append("96001")
        ends[0] = ymd(day - 1)
        begins.append(ymd(day))
        ends.append("20271231")
    header["MA_THE_BHYT"] = ";".join(cards)
    header["MA_DKBD"] = ";".join(registered)
    header["GT_THE_TU"] = ";".join(begins)
    header["GT_THE_DEN"] = ";".join(ends)


def _make_newborn(draw: Draw, header: dict[str, str], mother: Person, stay: _Stay) -> None:
    """A child of some days, under the mother's name and a temporary card."""
    born = stay.arrived - whole(draw, 60, 20 * DAY)
    header.update(
        HO_TEN=f"CON BÀ {name_of(draw, '2').upper()}",
        SO_CCCD="",
        NGAY_SINH=stamp(born),
        MA_BN=f"S{mother.number:07d}{born % 100_000:05d}",
        MA_THE_BHYT=f"TE1PP{mother.number:08d}{born % 100:02d}",
        MA_DKBD="96000",
        GT_THE_TU=stamp(born)[:8],
        GT_THE_DEN=ymd(day_of(born) + 90),
        CAN_NANG=f"{whole(draw, 2, 3)}.{whole(draw, 10, 99)}",
    )


def _describe(header: dict[str, str], care: str, stay: _Stay, diagnosis: Diagnosis) -> None:
    header.update(
        LY_DO_VV="Mệt, đau; HA 150/90 mmHg &amp; mạch &gt; 90" if care == "01" else "Theo hẹn",
        CHAN_DOAN_VAO=diagnosis.name.replace("&", "&amp;"),
        CHAN_DOAN_RV=diagnosis.name.replace("&", "&amp;"),
        MA_BENH_CHINH=diagnosis.code,
        MA_BENH_KT="E78.5" if diagnosis.code in ("I10", "E11.9") else "",
        NGAY_VAO=stamp(stay.arrived),
        NGAY_VAO_NOI_TRU=stamp(stay.admitted) if stay.admitted else "",
        LY_DO_VNT="Cần theo dõi nội trú" if stay.admitted else "",
        NGAY_RA=stamp(stay.ended),
        SO_NGAY_DTRI=str(stay.days),
        PP_DIEU_TRI="Nội khoa",
        MA_LOAI_KCB=care,
        MA_KHOA="K02;K03" if care == "03" else "K03" if care in _INPATIENT else "K01",
        CAN_NANG_CON="3100" if diagnosis is catalogue.BIRTH else "",
    )


def _discharge(draw: Draw, header: dict[str, str], care: str, targets: tuple[str, ...]) -> None:
    """Outcome and way out: transfers go to a higher tier, the dead stay discharged."""
    chance = draw()
    is_inpatient = care in _INPATIENT
    result, way_out = ("1" if is_inpatient else "2"), "1"
    if chance < (0.05 if is_inpatient else 0.02):
        way_out, result = "2", "4"
    elif chance < (0.07 if is_inpatient else 0.03):
        way_out, result = "5", "3"
    elif is_inpatient and chance < 0.085:
        result = "5"
    elif is_inpatient and chance < 0.09:
        result, way_out = "6", "4"
    elif is_inpatient and chance < 0.10:
        result, way_out = "3", "3"
    elif chance > 0.999:
        result = "8"
    header["KET_QUA_DTRI"], header["MA_LOAI_RV"] = result, way_out
    if way_out in ("2", "5"):
        header["MA_NOI_DEN"] = one_of(draw, targets)


def _other_tables(dossier: Dossier, care: str, stay: _Stay, doctor: str) -> list[tuple[str, str]]:
    """The further tables that the standard asks for in this case (§1.2)."""
    header, found = dossier.header, []
    tests = [line.fields for line in dossier.services if line.fields["MA_NHOM"] in ("1", "2", "3")]
    if tests:
        found.append(("XML4", other_tables.laboratory_results(dossier.dossier_id, tests)))
    if care in _WITH_COURSE:
        mornings = range(stay.arrived, stay.seen_until, DAY)
        moments = [stamp(moment) for moment in mornings]
        found.append(("XML5", other_tables.course_notes(dossier.dossier_id, moments, doctor)))
    if care in _INPATIENT and header["MA_LOAI_RV"] != "3":
        found.append(("XML7", other_tables.discharge_paper(header, doctor, "BS. Trần Văn Minh")))
    if care in ("03", "04", "06"):
        found.append(("XML8", other_tables.record_summary(header)))
    if header["MA_LOAI_RV"] in ("2", "5"):
        found.append(("XML13", other_tables.referral_slip(header, doctor)))
    if header["NGAY_TAI_KHAM"]:
        found.append(("XML14", other_tables.appointment_slip(header, doctor)))
    return found
