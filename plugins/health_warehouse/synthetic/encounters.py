"""One episode of care: who came, what was found and done, what it cost.

`build` makes the same dossier again whenever it is asked with the same arguments; a later version
of it is that dossier, revised.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from health_warehouse.synthetic import covers, diagnoses
from health_warehouse.synthetic.covers import Cover
from health_warehouse.synthetic.diagnoses import Diagnosis, Setting
from health_warehouse.synthetic.discharges import appoint, discharge
from health_warehouse.synthetic.geography import home
from health_warehouse.synthetic.layouts import money
from health_warehouse.synthetic.lines import Line, header_totals
from health_warehouse.synthetic.moments import day_of, month_of, stamp, ymd
from health_warehouse.synthetic.newborns import make_newborn
from health_warehouse.synthetic.orders import OrderBook, inpatient, outpatient
from health_warehouse.synthetic.people import FIRST_TRANSFERRED, Person, card, person
from health_warehouse.synthetic.province import Facility
from health_warehouse.synthetic.rows import Row
from health_warehouse.synthetic.schedule import Origin, Schedule, Slot
from health_warehouse.synthetic.stays import INPATIENT, Stay, arrival, stay_of
from health_warehouse.synthetic.streams import Draw, one_of, scattered, stream, whole
from health_warehouse.synthetic.tables import blank

BEDDED = ("03", "04", "06", "09")
_CHRONIC = ("05", "07", "08")
_TRANSFERRING = {
    "provincial hospital": ("03", "03", "09", "01"),
    "regional centre": ("03", "03", "01"),
    "commune station": ("01", "01", "06"),
    "private clinic": ("01",),
}
"""MA_LOAI_KCB of the stays that end in a transfer."""
_FAR_SENDERS = ("92004", "91015", "94020")
"""Facilities of other provinces: their transfers are in nobody's files here."""
_REASONS = (
    "Sốt, ho",
    "Đau bụng",
    "Mệt; HA 150/90 mmHg &amp; mạch &gt; 90",
    "Chóng mặt",
    "Theo hẹn",
)


@dataclass(slots=True)
class Dossier:
    """A dossier on its way: elements of XML1 as text, lines with their amounts."""

    facility: Facility
    who: Person
    cover: Cover
    disease: Diagnosis
    stay: Stay
    doctor: str
    header: dict[str, str]
    drugs: list[Line]
    services: list[Line]
    lot: int
    """A number for the details of its papers."""
    is_summary_only: bool = False
    """XML1 and XML8 alone."""
    is_bare: bool = False
    """XML1 alone."""
    tables: dict[str, list[Row]] = field(default_factory=dict)
    """Rows of the further tables, by LOAIHOSO."""

    @property
    def dossier_id(self) -> str:
        return self.header["MA_LK"]

    @property
    def care(self) -> str:
        return self.header["MA_LOAI_KCB"]

    @property
    def lines(self) -> list[Line]:
        return self.drugs + self.services

    def settle(self) -> None:
        """Fill in the benefit rate and all amounts, of the lines and of the header."""
        benefit = self.cover.benefit(self.header["MA_THE_BHYT"], self._in_scope)
        for line in self.lines:
            line.settle(benefit)
        self.total()

    def _in_scope(self) -> int:
        """T_TONGCHI_BH as it must be, hundredths of a đồng."""
        return sum([line.in_scope for line in self.lines])

    def total(self) -> None:
        """Fill the header amounts in from the lines."""
        numbers = self.facility.vendor.layout.numbers
        for name, amount in header_totals(self.drugs, self.services).items():
            self.header[name] = money(amount, numbers)


def build(schedule: Schedule, facility: Facility, slot: Slot) -> Dossier:
    """The dossier of a slot, its header and lines; its further tables are still missing."""
    seed = schedule.options.seed
    draw = stream(seed, "dossier", facility.facility_id, slot.number)
    source = slot.origin and _sent_here(schedule, slot.origin)
    care = _care(draw, facility, slot)
    number = _patient(draw, schedule, facility, slot, care)
    who = source.who if source else person(seed, number)
    stay = arrival(draw, slot, source.stay.ended) if source else stay_of(draw, care, slot.day)
    disease = source.disease if source else _disease(draw, facility, care, slot, who)
    is_referred = source is not None
    cover = covers.cover(draw, facility, care, slot.day, who.is_insured, is_referred)
    header = blank("XML1").copy()
    _identify(header, facility, slot, who, stay)
    _describe(draw, header, care, stay, disease)
    if disease is diagnoses.NEWBORN:
        cover = covers.NEWBORN
        make_newborn(draw, header, who, stay)
    elif cover.is_insured:
        _insure(draw, header, who, facility, cover, care, slot.day)
    header["MA_DOITUONG_KCB"] = cover.object_code
    _refer(draw, header, facility, cover, source)
    discharge(draw, header, slot)
    capacity = schedule.capacity(facility)
    begin, end = stay.arrived + 5, stay.seen_until - 5
    book = OrderBook(draw, seed, facility, capacity, slot.number, header, cover, begin, end)
    if care in BEDDED:
        inpatient(book, care, disease, max(1, stay.nights), header["MA_NOI_DEN"] != "")
    else:
        outpatient(book, care, disease)
    header["NGAY_TTOAN"] = stamp(stay.seen_until)
    _note_procedures(header, book.services)
    appoint(draw, header, care, stay)
    lot = scattered(seed, facility.index, slot.number)
    dossier = Dossier(
        facility, who, cover, disease, stay, book.doctor, header, book.drugs, book.services, lot
    )
    if care == "01" and not cover.is_insured and not slot.transfer and draw() < 0.3:
        # Self-pay visits may come as XML1 and XML8 alone, for the health record (QĐ 31/2026).
        dossier.is_summary_only = True
        dossier.drugs, dossier.services = [], []
        header["MA_PTTT_QT"] = header["NGAY_TAI_KHAM"] = ""
    dossier.settle()
    return dossier


def _sent_here(schedule: Schedule, origin: Origin) -> Dossier:
    sender = origin.facility
    return build(schedule, sender, schedule.slot(sender, origin.day, origin.place))


def _care(draw: Draw, facility: Facility, slot: Slot) -> str:
    drawn = facility.care(slot.day).draw(draw)
    if slot.origin:
        return "03" if slot.origin.nights else "01"
    if slot.transfer:
        return one_of(draw, _TRANSFERRING[facility.tier])
    return drawn


def _patient(draw: Draw, schedule: Schedule, facility: Facility, slot: Slot, care: str) -> int:
    """Number of the person. Nobody is in two places at once, or in one place twice.

    Every fourth person only ever needs an examination. Who is transferred comes once, from a
    crowd apart.
    """
    if slot.transfer:
        return FIRST_TRANSFERRED + facility.index * 50_000 + slot.number % 50_000
    if care == "01" and draw() < 0.3:
        wanderer = schedule.wanderer(facility, slot)
        if wanderer is not None:
            return wanderer
    return schedule.regular(facility, slot)


def _identify(
    header: dict[str, str], facility: Facility, slot: Slot, who: Person, stay: Stay
) -> None:
    today = ymd(slot.day)
    commune = home(who.number, day_of(stay.arrived), facility.province)
    dossier_id = _dossier_id(facility, slot)
    header.update(
        MA_LK=dossier_id,
        STT="1",
        MA_BN=f"{who.number:08d}",
        HO_TEN=who.name.upper(),
        SO_CCCD=who.citizen_id,
        NGAY_SINH=who.birth,
        GIOI_TINH=who.sex,
        NHOM_MAU=who.blood_group,
        MA_QUOCTICH="000",
        MA_DANTOC=who.ethnic,
        MA_NGHE_NGHIEP=who.occupation,
        DIA_CHI=f"Ấp {who.number % 12 + 1}, {commune.name}, {commune.province_name}",
        MATINH_CU_TRU=commune.province,
        MAHUYEN_CU_TRU=commune.district,
        MAXA_CU_TRU=commune.code,
        DIEN_THOAI=who.phone,
        NAM_QT=today[:4],
        THANG_QT=str(int(today[4:6])) if facility.index % 2 else today[4:6],
        MA_CSKCB=facility.facility_id,
        MA_KHUVUC="K3" if commune.name.startswith("xã") and who.number % 9 == 0 else "",
        CAN_NANG=who.weight(int(today[:4])),
        MA_HSBA=f"BA{dossier_id}",
        MA_TTDV=facility.head,
    )


def _dossier_id(facility: Facility, slot: Slot) -> str:
    """MA_LK. Numbers repeat from facility to facility: they are only unique within one."""
    number = slot.number + 1
    match facility.vendor.id_style:
        case "date":
            return f"{ymd(slot.day)[2:]}{number:07d}"
        case "year letter":
            return f"{ymd(slot.day)[2:4]}E{number:04d}"
        case "short":
            return f"0{number // 2}" if number % 2 else str(number // 2)
        case _:
            return f"{number:08d}"


def _disease(draw: Draw, facility: Facility, care: str, slot: Slot, who: Person) -> Diagnosis:
    chance = draw()
    year = int(ymd(slot.day)[:4])
    if care == "03" and not slot.transfer:
        if chance < 0.08:
            return diagnoses.NEWBORN
        if chance < 0.35 and who.sex == "2" and 18 <= year - who.year <= 40:
            if chance < 0.10:
                return diagnoses.TWINS
            return diagnoses.CAESAREAN if chance < 0.18 else diagnoses.BIRTH
    setting: Setting = "outpatient"
    if care in INPATIENT:
        setting = "inpatient"
    elif care in _CHRONIC:
        setting = "chronic"
    elif care == "15":
        setting = "check-up"
    return diagnoses.diagnosis(draw, setting, facility.tier, who, year, month_of(slot.day))


def _describe(
    draw: Draw, header: dict[str, str], care: str, stay: Stay, disease: Diagnosis
) -> None:
    name = disease.name.replace("&", "&amp;")
    weights = {diagnoses.TWINS: "2450;2300"}
    if disease in diagnoses.BIRTHS:
        header["CAN_NANG_CON"] = weights.get(disease, str(2600 + int(draw() * 12) * 100))
    header.update(
        LY_DO_VV=one_of(draw, _REASONS),
        CHAN_DOAN_VAO=name,
        CHAN_DOAN_RV=name,
        MA_BENH_CHINH=disease.code,
        MA_BENH_KT=disease.comorbidity if draw() < 0.6 else "",
        MA_TAI_NAN="1" if disease.code.startswith("S") else "0",
        NGAY_VAO=stamp(stay.arrived),
        NGAY_VAO_NOI_TRU=stamp(stay.admitted) if stay.admitted else "",
        LY_DO_VNT="Cần theo dõi nội trú" if stay.admitted else "",
        NGAY_RA=stamp(stay.ended),
        SO_NGAY_DTRI=str(stay.days),
        PP_DIEU_TRI="Nội khoa",
        MA_LOAI_KCB=care,
        MA_KHOA="K02;K03" if care == "03" else "K03" if care in INPATIENT else "K01",
    )


def _insure(
    draw: Draw,
    header: dict[str, str],
    who: Person,
    facility: Facility,
    cover: Cover,
    care: str,
    day: int,
) -> None:
    """Card fields; some inpatients change card within the stay (";" lists of equal length)."""
    year = ymd(day)[:4]
    registered = facility.facility_id if cover.object_code == "1.1" else f"{facility.province}003"
    # From the year before: stays that began in the old year are covered too.
    cards, places = [card(who)], [registered]
    begins, ends = [f"{int(year) - 1}0101"], [f"{year}1231"]
    if care == "03" and draw() < 0.06:
        cards.append(card(who, "HT3" if who.card_group != "HT3" else "GD4"))
        places.append(f"{facility.province}001")
        ends[0] = ymd(day - 1)
        begins.append(ymd(day))
        ends.append(f"{int(year) + 1}1231")
    header["MA_THE_BHYT"] = ";".join(cards)
    header["MA_DKBD"] = ";".join(places)
    header["GT_THE_TU"] = ";".join(begins)
    header["GT_THE_DEN"] = ";".join(ends)
    if cover.is_exempt:
        header["NGAY_MIEN_CCT"] = f"{year}0301"
        header["NAM_NAM_LIEN_TUC"] = f"{int(year) - 1}0101"


def _refer(
    draw: Draw, header: dict[str, str], facility: Facility, cover: Cover, source: Dossier | None
) -> None:
    """Where the patient, or the appointment, came from."""
    number = whole(draw, 1, 99_999)
    if source is not None:
        header["MA_NOI_DI"] = source.facility.facility_id
        header["GIAY_CHUYEN_TUYEN"] = f"{source.dossier_id}/GCT"
    elif cover.object_code == "1.3":
        header["MA_NOI_DI"] = one_of(draw, _FAR_SENDERS)
        header["GIAY_CHUYEN_TUYEN"] = f"{number:05d}/GCT"
    elif cover.object_code == "1.5":
        header["MA_NOI_DI"] = facility.facility_id
        header["GIAY_CHUYEN_TUYEN"] = f"{number:05d}/HK"


def _note_procedures(header: dict[str, str], services: list[Line]) -> None:
    """MA_PTTT_QT of the header: the procedures of its surgical lines."""
    codes = {line.field("MA_PTTT_QT") for line in services if line.group in ("8", "18")}
    codes.discard("")
    if codes:
        header["MA_PTTT_QT"] = ";".join(sorted(codes))
        header["PP_DIEU_TRI"] = "Ngoại khoa"
