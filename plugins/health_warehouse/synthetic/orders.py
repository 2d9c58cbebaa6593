"""The cost lines of one dossier: what is ordered, by kind of care."""

from __future__ import annotations

from health_warehouse.synthetic import catalogue
from health_warehouse.synthetic.catalogue import Diagnosis, Service
from health_warehouse.synthetic.covers import Cover
from health_warehouse.synthetic.formulary import Formulary, Offer
from health_warehouse.synthetic.lines import Line
from health_warehouse.synthetic.moments import stamp
from health_warehouse.synthetic.streams import Draw, one_of, whole

_PERFORMED = ("1", "2", "3", "8", "18")
"""MA_NHOM of services that name who performed them, and when."""
_BEDS = ("14", "15", "16")


class OrderBook:
    """Writes lines with what all lines of the dossier share."""

    def __init__(
        self,
        draw: Draw,
        header: dict[str, str],
        cover: Cover,
        prices: Formulary,
        first: int,
        last: int,
    ) -> None:
        """Orders are given between the moments `first` and `last`."""
        self.draw = draw
        self.doctor = f"{whole(draw, 1, 60):06d}/CM-CCHN"
        self.drugs: list[Line] = []
        self.services: list[Line] = []
        self._prices = prices
        self._first, self._last = first, last
        self._is_insured = cover.is_insured
        self._supported = cover.supported
        self._benefit = cover.benefit(header["MA_THE_BHYT"])
        percent, tenth = divmod(self._benefit, 10)
        self._common = {
            "MA_LK": header["MA_LK"],
            "MA_KHOA": header["MA_KHOA"].rsplit(";", 1)[-1],
            "MA_BAC_SI": self.doctor,
            "MA_PTTT": cover.payment,
            "MUC_HUONG": f"{percent}.{tenth}" if tenth else str(percent),
        }

    def drug(self, code: str, quantity: int, dose: str) -> None:
        """Add a drug line; `quantity` in thousandths."""
        ordered = self._moment()
        offer = self._prices.drugs[code]
        fields = {
            **offer.fields,
            **self._common,
            "STT": str(len(self.drugs) + 1),
            "LIEU_DUNG": dose,
            "NGAY_YL": stamp(ordered),
            "NGAY_TH_YL": stamp(min(ordered + 10, self._last)),
        }
        self.drugs.append(self._priced(offer, fields, quantity))

    def service(self, service: Service, quantity: int = 1, share: int = 100) -> None:
        """Add a service, bed, device or transport line; `share` is TYLE_TT_DV."""
        ordered = self._moment()
        done = stamp(min(ordered + 15, self._last))
        offer = self._prices.services[service.name]
        fields = {
            **offer.fields,
            **self._common,
            "STT": str(len(self.services) + 1),
            "TYLE_TT_DV": str(share),
            "NGAY_YL": stamp(ordered),
            "NGAY_TH_YL": done,
        }
        if service.group in _PERFORMED:
            fields["NGUOI_THUC_HIEN"] = self.doctor
            fields["NGAY_KQ"] = done
        elif service.group in _BEDS:
            fields["MA_GIUONG"] = f"H{whole(self.draw, 1, 60):03d}"
        self.services.append(self._priced(offer, fields, quantity * 1000, share))

    def _priced(
        self, offer: Offer, fields: dict[str, str], quantity: int, share: int = 100
    ) -> Line:
        rate = offer.rate
        if not self._is_insured or self.draw() < 0.02:
            # Not insured, or a wish of the patient: outside the scope of the insurance.
            rate = 0
            fields["PHAM_VI"], fields["TYLE_TT_BH"] = "2", "0"
        return Line(
            fields,
            quantity=quantity,
            price=offer.price,
            insurance_price=offer.insurance_price,
            service_rate=share,
            rate=rate,
            benefit=self._benefit,
            supported=self._supported,
        )

    def _moment(self) -> int:
        return self._first + int(self.draw() * max(1, self._last - self._first))


def outpatient(book: OrderBook, care: str) -> None:
    """Examination, some tests, medicine to take home."""
    draw = book.draw
    for _ in range(whole(draw, 1, 3) if care != "08" else 0):
        drug = one_of(draw, catalogue.ORAL)
        days = whole(draw, 3, 7) if care in ("01", "02") else 28
        a_day = whole(draw, 1, 3)
        dose = f"1 {drug.unit.lower()}/lần * {a_day} lần/ngày * {days} ngày [{a_day}/ngày]"
        book.drug(drug.code, a_day * days * 1000, dose)
    if care == "07":  # medicine by appointment, without an examination
        return
    book.service(catalogue.EXAM, share=100 if draw() < 0.9 else 30)
    for _ in range(whole(draw, 0, 3)):
        tests = catalogue.LABORATORY if draw() < 0.7 else catalogue.IMAGING + catalogue.FUNCTIONAL
        book.service(one_of(draw, tests))
    if care == "08":
        book.service(catalogue.PROCEDURES[2], quantity=whole(draw, 1, 5))


def inpatient(
    book: OrderBook, care: str, diagnosis: Diagnosis, days: int, transferred: bool
) -> None:
    """Drugs by the day, tests, a bed (none below four hours), devices, operations."""
    draw = book.draw
    for _ in range(whole(draw, 3, 9)):
        drug = one_of(draw, catalogue.DRUGS)
        if drug.price > 100_000_000 and draw() < 0.9:
            drug = catalogue.DRUGS[0]  # expensive ones are rare
        quantity = whole(draw, 1, 3) * days * 1000
        if drug.is_fractional:
            quantity = whole(draw, 100_000, 3_000_000) * days
        book.drug(drug.code, quantity, f"{quantity // 1000 // days} {drug.unit.lower()}/ngày")
    for _ in range(whole(draw, 2, 6)):
        book.service(one_of(draw, catalogue.LABORATORY + catalogue.IMAGING + catalogue.FUNCTIONAL))
    if care in catalogue.BEDS:
        shared = draw() < 0.08
        book.service(catalogue.BEDS[care], quantity=days, share=50 if shared else 100)
    _procedures(book, diagnosis)
    if transferred:
        book.service(catalogue.TRANSPORT, quantity=whole(draw, 20, 180))
    if draw() < 0.1:
        book.service(catalogue.FEES, quantity=days)


def _procedures(book: OrderBook, diagnosis: Diagnosis) -> None:
    """Devices, and the operation or delivery that the diagnosis calls for."""
    draw = book.draw
    for _ in range(whole(draw, 0, 2)):
        book.service(one_of(draw, catalogue.DEVICES[:2]), quantity=whole(draw, 1, 4))
    if diagnosis.code == "K35.8":
        book.service(catalogue.SURGERY[0])
        book.service(catalogue.DEVICES[3], quantity=whole(draw, 1, 3))
    elif diagnosis.code == "S52.5":
        book.service(catalogue.SURGERY[1], share=80 if draw() < 0.2 else 100)
        book.service(catalogue.DEVICES[2])
    elif diagnosis is catalogue.BIRTH:
        book.service(catalogue.PROCEDURES[1])
