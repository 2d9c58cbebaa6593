"""Correct dossiers that are special in one way each: what rules must not take for wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from standard_dossiers import (
    DOCTOR,
    FACILITY,
    TEXT,
    StandardDossier,
    discharge_paper,
    dossier,
    record_summary,
    settle,
    stamp,
)
from standard_lines import Payment, Row, drug, service

_ELSEWHERE = "96002"
_PAID = Payment()


def _moment(made: StandardDossier, hours: int = 1) -> datetime:
    arrived = datetime.strptime(made.header["NGAY_VAO"], "%Y%m%d%H%M")  # noqa: DTZ007
    return arrived + timedelta(hours=hours)


def _outcome(made: StandardDossier, code: str) -> None:
    for row in (made.header, *made.tables.get("XML8", ())):
        row["KET_QUA_DTRI"] = code


def _referred(made: StandardDossier, way_out: str, spelling: str) -> None:
    header = made.header
    header.update(MA_LOAI_RV=way_out, MA_NOI_DEN=_ELSEWHERE)
    _outcome(made, "4")
    slip = made.copied("XML13") | {
        "SO_HOSO": header["MA_HSBA"],
        "SO_CHUYENTUYEN": "7",
        "GIAY_CHUYEN_TUYEN": "7/GCT",
        "DAU_HIEU_LS": TEXT,
        "QT_BENHLY": TEXT,
        "TOMTAT_KQ": TEXT,
        "MA_LYDO_CT": "1" if way_out == "2" else "3",
        "HUONG_DIEU_TRI": "Chuyển tuyến trên",
        "PHUONGTIEN_VC": "Xe cứu thương",
        "MA_BAC_SI": DOCTOR,
    }
    if spelling == "3176":
        slip |= {"MA_CSKCB_DEN": _ELSEWHERE, "MA_CSKCB_DI": "96003;96004", "TINH_TRANG_CT": "Tỉnh"}
    else:
        slip |= {"MA_NOI_DEN": _ELSEWHERE, "TEN_DICH_VU": "Công thức máu", "PP_DIEU_TRI": TEXT}
    made.add("XML13", slip, spelling=spelling)


def _referral_with_transport(made: StandardDossier) -> None:
    _referred(made, "2", "3176")
    made.add(
        "XML3",
        service(
            _PAID, "12", f"VC.{_ELSEWHERE}", MA_XANG_DAU="R954V1", NGAY_YL=stamp(_moment(made))
        ),
    )


def _referral_on_request(made: StandardDossier) -> None:
    _referred(made, "5", "4750")


def _appointment(made: StandardDossier) -> None:
    first = _moment(made, 24 * 30)
    second = _moment(made, 24 * 60)
    made.header["NGAY_TAI_KHAM"] = f"{first:%Y%m%d};{second:%Y%m%d}"
    made.add(
        "XML14",
        made.copied("XML14")
        | {
            "SO_GIAYHEN_KL": "9/HK",
            "NGAY_HEN_KL": stamp(first),
            "MA_BAC_SI": DOCTOR,
            "NGAY_CT": made.header["NGAY_VAO"][:8],
        },
    )


def _referred_here(made: StandardDossier) -> None:
    made.header.update(MA_DOITUONG_KCB="1.3", MA_NOI_DI=_ELSEWHERE, GIAY_CHUYEN_TUYEN="00012/GCT")


def _emergency(made: StandardDossier) -> None:
    made.header.update(MA_DOITUONG_KCB="2", MA_TAI_NAN="1")


def _two_cards(made: StandardDossier) -> None:
    header = made.header
    first, change = header["MA_THE_BHYT"], f"{_moment(made, 24):%Y%m%d}"
    header.update(
        MA_THE_BHYT=f"{first};HT4{first[3:]}",
        MA_DKBD="96001;96003",
        GT_THE_TU=f"20260101;{change}",
        GT_THE_DEN=f"{_moment(made):%Y%m%d};20271231",
    )


def _twins(made: StandardDossier) -> None:
    header = made.header
    header.update(MA_BENH_CHINH="O84.0", CAN_NANG_CON="2400;2300")
    made.add("XML7", discharge_paper(header))
    for number in (1, 2):
        made.add(
            "XML9",
            {
                "HO_TEN_NND": header["HO_TEN"],
                "NGAYSINH_NND": "19960512",
                "MA_DANTOC_NND": "01",
                "SO_CCCD_NND": header["SO_CCCD"],
                "NGAYCAP_CCCD_NND": "20210401",
                "NOICAP_CCCD_NND": "Cục CSQLHC về TTXH",
                "NOI_CU_TRU_NND": header["DIA_CHI"],
                "MA_QUOCTICH": "000",
                "MATINH_CU_TRU": "96",
                "MAXA_CU_TRU": "31825",
                "MA_THE_TAM": f"TE1PP000000001{number}",
                "GIOI_TINH_CON": str(number),
                "SO_CON": "2",
                "LAN_SINH": "1",
                "SO_CON_SONG": "2",
                "CAN_NANG_CON": "2400" if number == 1 else "2300",
                "NGAY_SINH_CON": stamp(_moment(made, 6)),
                "NOI_SINH_CON": "Bệnh viện",
                "TINH_TRANG_CON": TEXT,
                "SINHCON_PHAUTHUAT": "0",
                "SINHCON_DUOI32TUAN": "0",
                "GHI_CHU": "Sinh đôi",
                "NGUOI_DO_DE": "NHS. Lê Thị Mai",
                "NGUOI_GHI_PHIEU": "ĐD. Trần Thị Lan",
                "NGAY_CT": header["NGAY_RA"][:8],
                "SO": str(number),
                "QUYEN_SO": "01/2026",
                "MA_TTDV": header["MA_TTDV"],
            },
        )


def _newborn(made: StandardDossier) -> None:
    born = f"{_moment(made, -48):%Y%m%d}0317"
    made.header.update(
        HO_TEN="CON BÀ NGUYỄN THỊ ĐIỂM",
        SO_CCCD="",
        NGAY_SINH=born,
        MA_THE_BHYT="TE1PP0000000099",
        MA_DKBD="PP000",
        GT_THE_TU=born[:8],
        MA_BENH_CHINH="P59.9",
        MA_DOITUONG_KCB="1.7",
        CAN_NANG="3.15",
    )


def _absconded(made: StandardDossier) -> None:
    made.header.update(MA_LOAI_RV="3")
    _outcome(made, "3")
    del made.tables["XML7"]


def _death(made: StandardDossier) -> None:
    _outcome(made, "5")


def _operation(made: StandardDossier) -> None:
    made.header["MA_PTTT_QT"] = "47.09;54.11"
    times: Row = {
        "NGAY_YL": stamp(_moment(made, 2)),
        "NGAY_TH_YL": stamp(_moment(made, 24)),
        "NGAY_KQ": stamp(_moment(made, 26)),
        "NGUOI_THUC_HIEN": "000777/CM-CCHN;000778/CM-CCHN",
        "PP_VO_CAM": "1",
    }
    package: Row = {
        "GOI_VTYT": "G1",
        "NGAY_YL": times["NGAY_YL"],
        "NGAY_TH_YL": times["NGAY_TH_YL"],
    }
    made.add(
        "XML3",
        service(_PAID, "8", "10.0506.0459", price="3000000", MA_PTTT_QT="47.09", **times),
        service(_PAID, "8", "10.0701.0491", rate="50", MA_PTTT_QT="54.11", **times),
        service(_PAID, "10", "N07.06.040.1", price="60000000", covered_price="60000000",
                T_TRANTT="105300000", **package),
        service(_PAID, "10", "N07.06.040.2", price="1000000", covered_price="1000000", **package),
    )  # fmt: skip


def _shared_bed(made: StandardDossier) -> None:
    made.add(
        "XML3",
        service(_PAID, "15", "K02.1917", rate="50", MA_GIUONG="H900;H901",
                NGAY_YL=stamp(_moment(made)), NGAY_KQ=stamp(_moment(made, 20))),
    )  # fmt: skip


def _examinations(made: StandardDossier) -> None:
    for minutes, (code, rate) in enumerate(
        (("03.1896", "30"), ("04.1896", "30"), ("05.1896", "10"))
    ):
        moment = stamp(_moment(made) + timedelta(minutes=minutes))
        made.add("XML3", service(_PAID, "13", code, rate=rate, NGAY_YL=moment))


def _blood_oxygen_programme(made: StandardDossier) -> None:
    times: Row = {"NGAY_YL": stamp(_moment(made)), "NGAY_TH_YL": stamp(_moment(made))}
    gas: Row = {"HAM_LUONG": "", "DUONG_DUNG": "", "LIEU_DUNG": ""}
    made.add(
        "XML2",
        drug(_PAID, "1", "980000", MA_THUOC="M0001", MA_NHOM="7", TT_THAU="", **gas, **times),
        drug(_PAID, "120.5", "8.333", MA_THUOC="40.17", **gas, **times),
        drug(_PAID, "30", "0", MA_THUOC="40.163", NGUON_CTRA="3", TT_THAU="", **times),
    )


def _course_of_medicine(made: StandardDossier) -> None:
    for hours in (2, 10, 18):
        order = stamp(_moment(made))
        made.add("XML2", drug(_PAID, "2", NGAY_YL=order, NGAY_TH_YL=stamp(_moment(made, hours))))


def _imaging(made: StandardDossier) -> None:
    """Two measures of one ultrasound, of which one row has the conclusion."""
    times = {"NGAY_YL": stamp(_moment(made)), "NGAY_TH_YL": stamp(_moment(made))}
    times["NGAY_KQ"] = stamp(_moment(made) + timedelta(minutes=10))
    code, machine = "18.0015.0001", "SA.1.96001.B"
    scan = service(_PAID, "2", code, NGUOI_THUC_HIEN=DOCTOR, MA_MAY=machine, **times)
    made.add("XML3", scan)
    measure = {"MA_DICH_VU": code, "TEN_CHI_SO": TEXT, "NGAY_KQ": times["NGAY_KQ"]}
    made.add("XML4", {**measure, "KET_LUAN": TEXT}, measure)


def _small(made: StandardDossier) -> None:
    """Below 15 % of the base salary the insurance pays all (law on health insurance, art. 22)."""
    paid = Payment(Decimal(100))
    made.tables["XML2"].clear()
    made.add("XML2", drug(paid, "10", "1500", NGAY_YL=stamp(_moment(made))))
    made.tables["XML3"].clear()
    made.add("XML3", service(paid, "13", "02.1896", NGAY_YL=stamp(_moment(made))))
    del made.tables["XML4"]


def _half_of_95(made: StandardDossier) -> None:
    header = made.header
    header.update(MA_DOITUONG_KCB="1.18", MA_THE_BHYT=f"GD3{header['MA_THE_BHYT'][3:]}")


def _sick_leave(made: StandardDossier) -> None:
    header = made.header
    made.add(
        "XML11",
        {
            "SO_CT": "15",
            "SO_SERI": "AB123",
            "SO_KCB": header["MA_HSBA"],
            "DON_VI": 'Công ty TNHH "A & B"',
            "MA_BHXH": header["MA_THE_BHYT"][-10:],
            "MA_THE_BHYT": header["MA_THE_BHYT"],
            "CHAN_DOAN_RV": header["CHAN_DOAN_RV"],
            "PP_DIEUTRI": "Nghỉ ngơi",
            "SO_NGAY_NGHI": "3",
            "TU_NGAY": header["NGAY_VAO"][:8],
            "DEN_NGAY": f"{_moment(made, 48):%Y%m%d}",
            "MA_TTDV": header["MA_TTDV"],
            "MA_BS": DOCTOR,
            "NGAY_CT": header["NGAY_VAO"][:8],
            "MAU_SO": "CT07",
        },
    )


def _pregnancy_rest(made: StandardDossier) -> None:
    header = made.header
    header["MA_BENH_CHINH"] = "O20.0"
    made.add(
        "XML10",
        {
            "SO_SERI": "AB124",
            "SO_CT": "16",
            "SO_NGAY": "10",
            "DON_VI": "Trường THPT",
            "CHAN_DOAN_RV": header["CHAN_DOAN_RV"],
            "TU_NGAY": header["NGAY_VAO"][:8],
            "DEN_NGAY": f"{_moment(made, 24 * 9):%Y%m%d}",
            "MA_TTDV": header["MA_TTDV"],
            "TEN_BS": "BS. Trần Văn Minh",
            "MA_BS": DOCTOR,
            "NGAY_CT": header["NGAY_VAO"][:8],
        },
    )


def _hiv(made: StandardDossier) -> None:
    made.header["MA_BENH_CHINH"] = "B24"
    made.add(
        "XML6",
        made.copied("XML6")
        | {
            "NGAYKD_HIV": "20200301",
            "NOI_LAY_MAU_XN": FACILITY,
            "NOI_XN_KD": FACILITY,
            "NOI_BDDT_ARV": FACILITY,
            "BDDT_ARV": "20200315",
            "MA_LYDO_DTRI": "1",
            "LOAI_DTRI_LAO": "0",
            "SANG_LOC_LAO": "1",
            "MA_LOAI_BN": "2",
            "GIAI_DOAN_LAM_SANG": "1",
            "NHOM_DOI_TUONG": "0",
            "MA_TINH_TRANG_DK": "9",
            "MA_XU_TRI": "2",
            "MA_PHAC_DO_DIEU_TRI": "1f",
        },
    )


def _tuberculosis(made: StandardDossier) -> None:
    made.header["MA_BENH_CHINH"] = "A15.0"
    made.add(
        "XML15",
        made.copied("XML15")
        | {
            "PHANLOAI_LAO_VITRI": "1",
            "PHANLOAI_LAO_TS": "1",
            "PHANLOAI_LAO_HIV": "2",
            "PHANLOAI_LAO_VK": "1",
            "LOAI_DTRI_LAO": "2",
            "NGAYBD_DTRI_LAO": "20260601",
            "PHACDO_DTRI_LAO": "1",
        },
    )


def _foreigner(made: StandardDossier) -> None:
    made.header.update(
        SO_CCCD="P1234567A", MA_QUOCTICH="840", HO_TEN="O'BRIEN MARY-ANN", MATINH_CU_TRU="",
        MAXA_CU_TRU="", MA_DANTOC="55",
    )  # fmt: skip


def _header_and_summary(made: StandardDossier) -> None:
    made.tables = {"XML1": made.tables["XML1"]}
    made.add("XML8", record_summary(made.header))
    made.header.update(
        T_TONGCHI_BV="500000.00", T_BNTT="500000.00", T_TONGCHI_BH="", T_BNCCT="", T_BHTT=""
    )


_SPECIAL: tuple[tuple[str, str, Payment, Callable[[StandardDossier], None]], ...] = (
    ("transferred by ambulance", "03", _PAID, _referral_with_transport),
    ("transferred on request, slip as in QĐ 4750", "01", _PAID, _referral_on_request),
    ("two appointments", "01", _PAID, _appointment),
    ("an appointment when the medicine ends", "05", _PAID, _appointment),
    ("referred from elsewhere", "03", _PAID, _referred_here),
    ("an emergency", "01", _PAID, _emergency),
    ("another card during the stay", "03", _PAID, _two_cards),
    ("a mother of twins", "03", _PAID, _twins),
    ("a newborn", "03", Payment(Decimal(100)), _newborn),
    ("absconded", "03", _PAID, _absconded),
    ("died", "03", _PAID, _death),
    ("operated, with a package of devices", "03", _PAID, _operation),
    ("in a bed with somebody else", "03", _PAID, _shared_bed),
    ("four examinations", "01", _PAID, _examinations),
    ("blood, oxygen, a drug of a programme", "03", _PAID, _blood_oxygen_programme),
    ("a drug three times a day", "03", _PAID, _course_of_medicine),
    ("an ultrasound", "01", _PAID, _imaging),
    ("a small visit, paid in full", "01", Payment(Decimal(100)), _small),
    ("half of 95 %", "01", Payment(Decimal("47.5")), _half_of_95),
    ("sick leave", "01", _PAID, _sick_leave),
    ("rest in pregnancy", "01", _PAID, _pregnancy_rest),
    ("HIV", "05", _PAID, _hiv),
    ("tuberculosis", "05", _PAID, _tuberculosis),
    ("a foreigner who pays", "01", Payment(is_insured=False, blank=True), _foreigner),
    ("XML1 and XML8 alone", "01", Payment(is_insured=False, blank=True), _header_and_summary),
    ("an inpatient, XML1 and XML8 alone", "03", Payment(is_insured=False), _header_and_summary),
)


def special_dossiers(first_number: int) -> Iterator[StandardDossier]:
    """One dossier per special case, numbered from `first_number`."""
    for number, (name, care, payment, change) in enumerate(_SPECIAL, first_number):
        made = dossier(number, care, paid=payment)
        made.name = name
        change(made)
        if len(made.tables) > 2:
            settle(made)
        yield made
