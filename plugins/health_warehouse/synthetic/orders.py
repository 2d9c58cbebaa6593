"""The cost lines of one dossier: what is ordered, by kind of care."""

from __future__ import annotations

from health_warehouse.synthetic import catalogue, diagnoses
from health_warehouse.synthetic.capacities import FIRST_SURGEON, FIRST_TECHNICIAN, Capacity
from health_warehouse.synthetic.catalogue import Drug, Service
from health_warehouse.synthetic.covers import Cover
from health_warehouse.synthetic.diagnoses import Diagnosis
from health_warehouse.synthetic.formulary import BEDS, PERFORMED, Offer, formulary
from health_warehouse.synthetic.lines import Line
from health_warehouse.synthetic.moments import day_of, stamp
from health_warehouse.synthetic.province import Facility
from health_warehouse.synthetic.streams import Draw, one_of, whole

_BED_LETTERS = "HTCK"
_BEDS = 999 * len(_BED_LETTERS)
"""Codes that MA_GIUONG allows: so many stays in a row never share one."""


class OrderBook:
    """Writes lines with what all lines of the dossier share.

    Nothing is ordered twice: equal lines would be a duplicate (standard §3.3 L13).
    """

    def __init__(
        self,
        draw: Draw,
        seed: int,
        facility: Facility,
        capacity: Capacity,
        index: int,
        header: dict[str, str],
        cover: Cover,
        begin: int,
        end: int,
    ) -> None:
        """Orders are given between the moments `begin` and `end`."""
        self.draw = draw
        self.begin, self.end = begin, end
        self._facility, self._capacity = facility, capacity
        self.doctor = self._practitioner(whole(draw, 0, capacity.doctors - 1))
        self.drugs: list[Line] = []
        self.services: list[Line] = []
        self._index = index
        self._prices = formulary(seed, facility)
        self._is_insured = cover.is_insured
        self._supported = cover.supported or ("", 0)
        self._ordered: set[str] = set()
        self._common = {
            "MA_LK": header["MA_LK"],
            "MA_KHOA": header["MA_KHOA"].rsplit(";", 1)[-1],
            "MA_BAC_SI": self.doctor,
            "MA_PTTT": cover.payment,
        }
        self._disease = header["MA_BENH_CHINH"]

    def drug(self, code: str, quantity: int, dose: str) -> None:
        """Add a drug line; `quantity` in thousandths."""
        if code in self._ordered:
            return
        self._ordered.add(code)
        ordered = self._moment()
        texts = {
            **self._common,
            "STT": str(len(self.drugs) + 1),
            "LIEU_DUNG": dose,
            "NGAY_YL": stamp(ordered),
            "NGAY_TH_YL": stamp(min(ordered + 10, self.end)),
        }
        self.drugs.append(self._line(self._prices.drugs[code], texts, quantity))

    def service(self, service: Service, quantity: int = 1, share: int = 100) -> None:
        """Add a service, bed, device or transport line; `share` is TYLE_TT_DV."""
        if service.name in self._ordered:
            return
        self._ordered.add(service.name)
        ordered = self._moment()
        texts = {
            **self._common,
            "STT": str(len(self.services) + 1),
            "MA_BENH": self._disease,
        }
        if service.group in BEDS:
            texts["MA_GIUONG"] = _bed(self._index)
            texts["NGAY_KQ"] = stamp(self.end)
            ordered, done = self.begin, self.begin
        else:
            done = min(ordered + 15, self.end)
        texts["NGAY_YL"], texts["NGAY_TH_YL"] = stamp(ordered), stamp(done)
        if service.group in PERFORMED:
            texts["NGUOI_THUC_HIEN"] = self._performer(service.group)
            texts["NGAY_KQ"] = stamp(min(done + 30, self.end))
        offer = self._prices.services[service.name]
        self.services.append(self._line(offer, texts, quantity * 1000, share))

    def _performer(self, group: str) -> str:
        if group == "8" and self._capacity.surgeons:
            return self._practitioner(FIRST_SURGEON + self._index % self._capacity.surgeons)
        if group in ("8", "18"):
            return self.doctor
        return self._practitioner(FIRST_TECHNICIAN + self._index % self._capacity.technicians)

    def _practitioner(self, position: int) -> str:
        """Licence of the one who holds a position while the patient is there."""
        begin, end = day_of(self.begin), day_of(self.end)
        return self._facility.practitioner(self._capacity.holder(position, begin, end))

    def _line(self, offer: Offer, texts: dict[str, str], quantity: int, share: int = 100) -> Line:
        rate = offer.rate
        if not self._is_insured or not offer.insurance_price or self.draw() < 0.02:
            # Not insured, without an insurance price, or a wish of the patient: outside the scope.
            rate = 0
        return Line(offer, texts, quantity, share, rate, self._supported)

    def _moment(self) -> int:
        return self.begin + int(self.draw() * max(1, self.end - self.begin - 50))


def _bed(index: int) -> str:
    letter, number = divmod(index % _BEDS, 999)
    return f"{_BED_LETTERS[letter]}{number + 1:03d}"


def outpatient(book: OrderBook, care: str, disease: Diagnosis) -> None:
    """Examination, some tests, medicine to take home."""
    draw = book.draw
    if care == "15":
        _check_up(book)
        return
    if care != "08":
        _medicine(book, care, disease)
    if care == "07":  # medicine by appointment, without an examination
        return
    book.service(catalogue.EXAM)
    if draw() < 0.06:
        book.service(catalogue.SECOND_EXAM, share=30)
    for _ in range(whole(draw, 0, 3) if care != "14" else 0):
        tests = catalogue.LABORATORY if draw() < 0.7 else catalogue.IMAGING + catalogue.FUNCTIONAL
        book.service(one_of(draw, tests))
    if care == "08":
        book.service(catalogue.PROCEDURES[2], quantity=whole(draw, 1, 5))
    elif draw() < 0.02:
        book.service(catalogue.UNPRICED)


def _check_up(book: OrderBook) -> None:
    book.service(catalogue.CHECK_UP)
    for service in (catalogue.LABORATORY[0], catalogue.LABORATORY[1], catalogue.IMAGING[0]):
        book.service(service)


def _medicine(book: OrderBook, care: str, disease: Diagnosis) -> None:
    draw = book.draw
    days = whole(draw, 3, 7) if care not in ("05", "07") else 28
    drugs: tuple[Drug, ...] = catalogue.CHRONIC if care in ("05", "07") else catalogue.ORAL
    if disease.code in diagnoses.HIV:
        drugs = (catalogue.ANTIRETROVIRAL,)
    elif disease.code in diagnoses.TUBERCULOSIS:
        drugs = (catalogue.ANTITUBERCULAR,)
    for _ in range(whole(draw, 1, 3)):
        drug = one_of(draw, drugs)
        a_day = whole(draw, 1, 3)
        dose = f"1 {drug.unit.lower()}/lần * {a_day} lần/ngày * {days} ngày [{a_day}/ngày]"
        book.drug(drug.code, a_day * days * 1000, dose)


def inpatient(
    book: OrderBook, care: str, disease: Diagnosis, bed_days: int, is_transferred: bool
) -> None:
    """Drugs by the day, tests, a bed (none below four hours), devices, operations."""
    draw = book.draw
    for _ in range(whole(draw, 3, 8)):
        drug = one_of(draw, catalogue.DRUGS)
        if drug.price > 100_000_000 and draw() < 0.9:
            drug = catalogue.DRUGS[0]  # expensive ones are rare
        quantity = whole(draw, 1, 3) * bed_days * 1000
        if drug.is_fractional:
            quantity = whole(draw, 100_000, 3_000_000) * bed_days
        book.drug(drug.code, quantity, f"{quantity // 1000 // bed_days} {drug.unit.lower()}/ngày")
    if draw() < 0.5:
        book.service(catalogue.EXAM)
    for _ in range(whole(draw, 2, 5)):
        book.service(one_of(draw, catalogue.LABORATORY + catalogue.IMAGING + catalogue.FUNCTIONAL))
    if care in catalogue.BEDS:
        shared = draw() < 0.08
        book.service(catalogue.BEDS[care], quantity=bed_days, share=50 if shared else 100)
    _procedures(book, disease)
    if is_transferred:
        book.service(catalogue.TRANSPORT, quantity=whole(draw, 20, 180))
    if draw() < 0.1:
        book.service(catalogue.FEES, quantity=bed_days)


def _procedures(book: OrderBook, disease: Diagnosis) -> None:
    """Devices, and the operation or delivery that the diagnosis calls for."""
    draw = book.draw
    book.service(catalogue.SYRINGE, quantity=whole(draw, 1, 9))
    if draw() < 0.5:
        book.service(catalogue.INFUSION_SET, quantity=whole(draw, 1, 4))
    if disease.code == "K35.8":
        if draw() < 0.05:
            book.service(catalogue.STOPPED)
            return
        book.service(catalogue.APPENDECTOMY)
        book.service(catalogue.SUTURE, quantity=whole(draw, 1, 3))
    elif disease.code == "S52.5":
        book.service(catalogue.FIXATION)
        book.service(catalogue.PLATE)
        if draw() < 0.3:
            book.service(catalogue.PROCEDURES[0], share=80)  # a later one of the same stay
    elif disease.code == "H26.9":
        book.service(catalogue.CATARACT)
        book.service(catalogue.LENS)
    elif disease is diagnoses.CAESAREAN:
        book.service(catalogue.SECTION)
        book.service(catalogue.SUTURE, quantity=whole(draw, 1, 3))
    elif disease in (diagnoses.BIRTH, diagnoses.TWINS):
        book.service(catalogue.PROCEDURES[1])
