"""Correct, complete dossiers: of every type of care (MA_LOAI_KCB 01–16), paid in every way.

Written from the standard (QĐ 4750/QĐ-BYT, 3176/QĐ-BYT: which tables, amounts), not from the rules
that judge it. Every element of a table is there, blank where it has no value. Texts hold what a
careless program would change: quotes, ampersands, backslashes, `\\N`, tabs, line ends, blanks at
both ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from claim_files import Values, fields, hoso, lines, paper, part
from health_warehouse.sources.claims.schema import TABLES
from standard_lines import Payment, Row, drug, service, totals

FACILITY = "96001"
DOCTOR = "000123/CM-CCHN"
TEXT = ' "Ổn", dặn: sốt > 38,5°C & ho <7 ngày>\tthì tái khám;\n50% = 1/2 \\N \\. =1+1 ]]> '
CARE_TYPES = tuple(f"{number:02d}" for number in range(1, 17))
VARIANTS = {
    "insured": Payment(),
    "not insured": Payment(is_insured=False),
    "not insured, blank": Payment(is_insured=False, blank=True),
    "supported": Payment(support=Decimal(100_000)),
    "unpaid": Payment(),
    "withdrawn": Payment(),
}

_FIRST_DAY = datetime(2026, 7, 1, 8)  # noqa: DTZ001 - the standard knows local time only
_WITH_COURSE = ("02", "03", "04", "05", "06", "08", "09")
_WITH_PAPER = ("03", "04", "09")
_WITH_SUMMARY = ("03", "04", "06")
_ENDS_WITH_MEDICINE = ("02", "05", "07")
_BEDS = {"03": "15", "04": "14", "06": "16"}
_LAST_DAY = {"02": 6, "03": 4, "05": 29, "06": 2, "07": 27, "08": 9}
"""Days from arrival to the end: nights of a stay, days of medicine taken home, of a series."""
_HOURS = {"04": 8, "09": 3}
_DAYS = {"02": 7, "03": 5, "04": 1, "05": 30, "06": 3, "08": 2}
_DIAGNOSES = {"03": "J18.9", "05": "I10", "07": "I10", "08": "E11.9", "15": "Z00.0", "16": "Z12.3"}
_SINGLE = ("XML7", "XML8", "XML10", "XML11", "XML13", "XML14")
_ONLY_4750 = ("MA_NOI_DI", "MA_NOI_DEN", "PP_DIEU_TRI", "TEN_DICH_VU", "TEN_THUOC")
_ONLY_3176 = ("MA_CSKCB_DI", "MA_CSKCB_DEN", "TINH_TRANG_CT")


@dataclass
class StandardDossier:
    """Its rows by name of the table; XML1 has one."""

    name: str
    tables: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def header(self) -> Row:
        return self.tables["XML1"][0]

    def add(self, table: str, *rows: Row, spelling: str = "3176") -> None:
        """Add rows with all elements of the table, MA_LK and STT filled in."""
        absent = _ONLY_4750 if spelling == "3176" else _ONLY_3176
        names = [f.name for f in TABLES[table].fields]
        if table == "XML13":
            names = [name for name in names if name not in absent]
        there = self.tables.setdefault(table, [])
        for row in rows:
            full = dict.fromkeys(names, "")
            if row.keys() - full.keys():
                raise KeyError(f"{table} has no {sorted(row.keys() - full.keys())}")
            if "STT" in full:
                full["STT"] = str(len(there) + 1)
            there.append({**full, "MA_LK": self.header["MA_LK"], **row})

    def copied(self, table: str) -> Row:
        """The fields of XML1 that the table repeats, as XML1 has them."""
        own = {"MA_LK", "STT", "DU_PHONG", "GIAY_CHUYEN_TUYEN", *_ONLY_4750}
        names = {f.name for f in TABLES[table].fields} - own
        return {name: value for name, value in self.header.items() if name in names}

    def xml(self) -> str:
        """The HOSO: a FILEHOSO per table, of papers one per row."""
        parts = []
        for table, rows in self.tables.items():
            values: list[Values] = [*rows]
            if table == "XML1":
                parts.append(part(table, f"<TONG_HOP>{fields(values[0])}</TONG_HOP>"))
            elif table in _SINGLE:
                parts += [part(table, paper(table, row)) for row in values]
            else:
                parts.append(part(table, lines(table, values)))
        return hoso(*parts)


def stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%d%H%M}"


def _header(number: int, care: str, arrived: datetime, ended: datetime, payment: Payment) -> Row:
    blank = dict.fromkeys((f.name for f in TABLES["XML1"].fields), "")
    card: Row = {}
    if payment.is_insured:
        card = {
            "MA_THE_BHYT": f"DN496{number:010d}",
            "MA_DKBD": FACILITY,
            "GT_THE_TU": "20260101",
            "GT_THE_DEN": "20261231",
        }
    object_code = "10" if care == "07" else "1.1"
    if not payment.is_insured:
        object_code = "" if payment.blank else "9"
    return {
        **blank,
        "MA_LK": f"26E{number:04d}",
        "STT": str(number),
        "MA_BN": f"BN{number:06d}",
        "HO_TEN": f"NGUYỄN THỊ ĐIỂM {number}",
        "SO_CCCD": f"0961800{number:05d}",
        "NGAY_SINH": "198000000000",
        "GIOI_TINH": "2",
        "MA_QUOCTICH": "000",
        "MA_DANTOC": "01",
        "MA_NGHE_NGHIEP": "00000",
        "DIA_CHI": 'Số 5/2 "hẻm" Hoà Bình, phường Bạc Liêu, tỉnh Cà Mau',
        "MATINH_CU_TRU": "96",
        "MAXA_CU_TRU": "31825",
        **card,
        "LY_DO_VV": TEXT,
        "CHAN_DOAN_VAO": f"Theo dõi: {TEXT}",
        "CHAN_DOAN_RV": f"Bệnh {care}:{TEXT}",
        "MA_BENH_CHINH": _DIAGNOSES.get(care, "J00"),
        "MA_DOITUONG_KCB": object_code,
        "NGAY_VAO": stamp(arrived),
        "NGAY_RA": stamp(ended),
        "SO_NGAY_DTRI": str(_DAYS.get(care, 0)),
        "PP_DIEU_TRI": "Nội khoa ",
        "KET_QUA_DTRI": "2",
        "MA_LOAI_RV": "1",
        "GHI_CHU": TEXT,
        "NGAY_TTOAN": stamp(arrived + timedelta(hours=2)),
        "NAM_QT": f"{ended:%Y}",
        "THANG_QT": str(ended.month),
        "MA_LOAI_KCB": care,
        "MA_KHOA": "K01",
        "MA_CSKCB": FACILITY,
        "CAN_NANG": "58.25",
        "MA_HSBA": f"BA/{number}",
        "MA_TTDV": "0960000001",
    }


def _ordered(moment: datetime) -> Row:
    return {"NGAY_YL": stamp(moment), "NGAY_TH_YL": stamp(moment + timedelta(minutes=5))}


def _tested(moment: datetime) -> Row:
    return {
        **_ordered(moment),
        "NGAY_KQ": stamp(moment + timedelta(minutes=45)),
        "NGUOI_THUC_HIEN": DOCTOR,
        "MA_MAY": "XN.1.96001.A",
    }


def _services(care: str, number: int, first: datetime, ended: datetime, paid: Payment) -> list[Row]:
    examination = service(
        paid, "13", "02.1896", price="500000", covered_price="400000.555", **_ordered(first)
    )
    test = service(paid, "1", "23.0206.1494", price="80000", **_tested(first))
    sent_out = service(paid, "1", "23.0075.1494.K.79001", quantity="2")
    if care == "07":
        return []
    if care in ("10", "11", "12", "13", "14", "15"):
        return [examination]
    if care in _BEDS:
        nights = str(max(1, _LAST_DAY.get(care, 0)))
        bed = service(
            paid, _BEDS[care], "K02.1917", quantity=nights, MA_GIUONG=f"H{number:03d}",
            NGAY_YL=stamp(first), NGAY_KQ=stamp(ended),
        )  # fmt: skip
        return [examination, test, bed]
    if care == "08":
        later = service(paid, "18", "08.0005.0230", **_tested(first + timedelta(days=9)))
        return [examination, later]
    return [examination, test, sent_out]


def dossier(
    number: int, care: str, variant: str = "insured", paid: Payment | None = None
) -> StandardDossier:
    """Dossier `number` (from 1): its own person, its own day; `paid` replaces the variant's."""
    payment = paid or VARIANTS[variant]
    arrived = _FIRST_DAY + timedelta(days=number % 25)
    ended = arrived + timedelta(hours=_HOURS.get(care, 2), days=_LAST_DAY.get(care, 0))
    if care in _ENDS_WITH_MEDICINE:
        ended = ended.replace(hour=23, minute=59)
    made = StandardDossier(f"{care} {variant}")
    made.tables["XML1"] = [_header(number, care, arrived, ended, payment)]
    first = arrived + timedelta(minutes=30)
    if care not in ("15", "16"):
        made.add("XML2", drug(payment, **_ordered(first)))
    services = _services(care, number, first, ended, payment)
    if services:
        made.add("XML3", *services)
    _add_papers(made, care, first, ended)
    if variant == "unpaid":
        made.header.update(NGAY_TTOAN="", NAM_QT="", THANG_QT="")
    if variant == "withdrawn":
        made.header["MA_DOITUONG_KCB"] = "8"
    settle(made)
    return made


def settle(made: StandardDossier) -> None:
    """Fill in the totals of XML1."""
    made.header.update(totals(made.tables.get("XML2", ()), made.tables.get("XML3", ())))


def _add_papers(made: StandardDossier, care: str, first: datetime, ended: datetime) -> None:
    header = made.header
    tests = [row for row in made.tables.get("XML3", ()) if row["MA_NHOM"] == "1"]
    if tests:
        made.add("XML4", *(result(row) for row in tests))
    if care in _WITH_COURSE:
        note = {
            "DIEN_BIEN_LS": f"Tỉnh, CSST<M75_T37_HA120/70_NT18_HL2>{TEXT}",
            "THOI_DIEM_DBLS": stamp(first),
            "NGUOI_THUC_HIEN": DOCTOR,
        }
        made.add("XML5", note, {**note, "HOI_CHAN": TEXT, "THOI_DIEM_DBLS": stamp(ended)})
    if care in _WITH_PAPER:
        made.add("XML7", discharge_paper(header))
    if care in _WITH_SUMMARY:
        made.add("XML8", record_summary(header))


def result(test: Row) -> Row:
    """XML4 of a laboratory line; XML4.MA_DICH_VU has no room for the facility it was sent to."""
    return {
        "MA_DICH_VU": test["MA_DICH_VU"][:12],
        "MA_CHI_SO": "HGB",
        "TEN_CHI_SO": "Hemoglobin",
        "GIA_TRI": "< 0.5",
        "DON_VI_DO": "g/L",
        "KET_LUAN": TEXT,
        "NGAY_KQ": test["NGAY_KQ"] or "202608101000",
        "MA_BS_DOC_KQ": DOCTOR,
    }


def discharge_paper(header: Row) -> Row:
    return {
        "SO_LUU_TRU": header["MA_HSBA"],
        "MA_YTE": header["MA_BN"],
        "MA_KHOA_RV": "K01",
        "NGAY_VAO": header["NGAY_VAO"],
        "NGAY_RA": header["NGAY_RA"],
        "CHAN_DOAN_RV": header["CHAN_DOAN_RV"],
        "PP_DIEUTRI": header["PP_DIEU_TRI"],
        "MA_TTDV": header["MA_TTDV"],
        "MA_BS": DOCTOR,
        "TEN_BS": "BS. Trần Văn Minh",
        "NGAY_CT": header["NGAY_RA"][:8],
    }


def record_summary(header: Row) -> Row:
    return {
        "MA_LOAI_KCB": header["MA_LOAI_KCB"],
        "NGAY_VAO": header["NGAY_VAO"],
        "NGAY_RA": header["NGAY_RA"],
        "CHAN_DOAN_VAO": header["CHAN_DOAN_VAO"],
        "CHAN_DOAN_RV": header["CHAN_DOAN_RV"],
        "QT_BENHLY": TEXT,
        "TOMTAT_KQ": TEXT,
        "PP_DIEUTRI": header["PP_DIEU_TRI"],
        "KET_QUA_DTRI": header["KET_QUA_DTRI"],
        "MA_TTDV": header["MA_TTDV"],
        "NGAY_CT": header["NGAY_RA"][:8],
    }
