"""Papers of a stay or visit: discharge (XML7), summary (XML8), birth (XML9), leave (XML10, 11)."""

from __future__ import annotations

from functools import cache
from operator import itemgetter

from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.geography import home
from health_warehouse.synthetic.moments import day_of, stamp, ymd
from health_warehouse.synthetic.tables import blank

_NAMES_OF_DOCTORS = ("BS. Trần Văn Minh", "BS. Lê Thị Hồng Anh", "BSCKI. Huỳnh Quốc Thái")
_EMPLOYERS = ("Công ty CP Thủy sản Năm Căn", "Trường THCS Phan Ngọc Hiển", "UBND xã Hồ Thị Kỷ")


def from_header(table: str, header: dict[str, str]) -> dict[str, str]:
    """A row with what the table shares with XML1; the rest blank. GHI_CHU and DU_PHONG stay out."""
    row = blank(table).copy()
    names = _shared(table)
    row.update(zip(names, itemgetter(*names)(header), strict=True))
    return row


@cache
def _shared(table: str) -> tuple[str, ...]:
    apart = ("GHI_CHU", "DU_PHONG")
    return tuple([name for name in blank(table) if name in blank("XML1") and name not in apart])


def doctor_name(dossier: Dossier) -> str:
    return _NAMES_OF_DOCTORS[dossier.lot % len(_NAMES_OF_DOCTORS)]


def discharge_papers(dossier: Dossier) -> list[dict[str, str]]:
    """XML7; for twins once per child, as the standard's notes allow."""
    header = dossier.header
    row = from_header("XML7", header)
    row.update(
        SO_LUU_TRU=header["MA_HSBA"],
        MA_YTE=header["MA_BN"],
        MA_KHOA_RV=header["MA_KHOA"].rsplit(";", 1)[-1],
        PP_DIEUTRI=header["PP_DIEU_TRI"],
        MA_BS=dossier.doctor,
        TEN_BS=doctor_name(dossier),
        NGAY_CT=header["NGAY_RA"][:8],
    )
    if header["HO_TEN"].startswith("CON BÀ "):
        row["HO_TEN_ME"] = header["HO_TEN"][7:]
        row["MA_THE_TAM"] = header["MA_THE_BHYT"]
    elif dossier.who.is_employed and dossier.cover.is_insured and header["MA_LOAI_RV"] == "1":
        days, day = 2 + dossier.lot % 5, day_of(dossier.stay.ended)
        row.update(
            SO_NGAY_NGHI=str(days), NGOAITRU_TUNGAY=ymd(day), NGOAITRU_DENNGAY=ymd(day + days - 1)
        )
    weights = header["CAN_NANG_CON"].split(";")
    if len(weights) > 1 and dossier.facility.vendor.repeats_papers:
        return [row | {"MA_THE_TAM": temporary_card(dossier, n)} for n in range(len(weights))]
    return [row]


def temporary_card(dossier: Dossier, child: int) -> str:
    """MA_THE_TAM of the n-th child of a birth, from 0."""
    return f"TE1PP{dossier.who.number:08d}{dossier.lot % 40 + child:02d}"


def record_summary(dossier: Dossier) -> dict[str, str]:
    """XML8."""
    header = dossier.header
    row = from_header("XML8", header)
    row.update(
        QT_BENHLY="Bệnh diễn tiến ổn định, đáp ứng điều trị",
        TOMTAT_KQ="Xét nghiệm trong giới hạn; SpO2 &gt; 95%",
        PP_DIEUTRI=header["PP_DIEU_TRI"],
        NGAY_CT=header["NGAY_RA"][:8],
    )
    return row


def births(dossier: Dossier) -> list[dict[str, str]]:
    """XML9: one row per child."""
    header, who, stay = dossier.header, dossier.who, dossier.stay
    weights = header["CAN_NANG_CON"].split(";")
    commune = home(who.number, day_of(stay.arrived), dossier.facility.province)
    is_section = any(line.group == "8" for line in dossier.services)
    rows = []
    for child, weight in enumerate(weights):
        row = blank("XML9").copy()
        born = stay.arrived + 40 + dossier.lot % 100 + 7 * child
        row.update(
            MA_LK=header["MA_LK"],
            MA_BHXH_NND=who.insurance_number if dossier.cover.is_insured else "",
            MA_THE_NND=header["MA_THE_BHYT"].split(";")[0],
            HO_TEN_NND=header["HO_TEN"],
            NGAYSINH_NND=who.birth[:8],
            MA_DANTOC_NND=header["MA_DANTOC"],
            SO_CCCD_NND=who.citizen_id or f"0961{who.year % 100:02d}{who.number % 1_000_000:06d}",
            NGAYCAP_CCCD_NND="20220815",
            NOICAP_CCCD_NND="Cục Cảnh sát QLHC về TTXH",
            NOI_CU_TRU_NND=header["DIA_CHI"],
            MA_QUOCTICH=header["MA_QUOCTICH"],
            MATINH_CU_TRU=commune.province,
            MAHUYEN_CU_TRU=commune.district,
            MAXA_CU_TRU=commune.code,
            MA_THE_TAM=temporary_card(dossier, child),
            GIOI_TINH_CON=str(1 + (dossier.lot >> child) % 2),
            SO_CON=str(len(weights)),
            LAN_SINH=str(1 + dossier.lot % 3),
            SO_CON_SONG=str(dossier.lot % 3 + len(weights)),
            CAN_NANG_CON=weight,
            NGAY_SINH_CON=stamp(born),
            NOI_SINH_CON=dossier.facility.name,
            TINH_TRANG_CON="Khỏe mạnh",
            SINHCON_PHAUTHUAT="1" if is_section else "0",
            SINHCON_DUOI32TUAN="0",
            GHI_CHU="Không",
            NGUOI_DO_DE=doctor_name(dossier),
            NGUOI_GHI_PHIEU="NHS. Đặng Kim Thoa",
            NGAY_CT=header["NGAY_RA"][:8],
            SO=f"{dossier.lot % 10_000 + child}",
            QUYEN_SO=header["NGAY_RA"][:4],
            MA_TTDV=header["MA_TTDV"],
        )
        rows.append(row)
    return rows


def pregnancy_leave(dossier: Dossier) -> dict[str, str]:
    """XML10."""
    days, day = 7 + dossier.lot % 20, day_of(dossier.stay.arrived)
    return _certificate("XML10", dossier) | {
        "SO_NGAY": str(days),
        "TU_NGAY": ymd(day),
        "DEN_NGAY": ymd(day + days - 1),
    }


def sick_leave(dossier: Dossier) -> dict[str, str]:
    """XML11 (form CT07), from the day of the visit."""
    days, day = 1 + dossier.lot % 5, day_of(dossier.stay.arrived)
    return _certificate("XML11", dossier) | {
        "SO_KCB": dossier.header["MA_HSBA"],
        "MA_BHXH": dossier.who.insurance_number,
        "PP_DIEUTRI": dossier.header["PP_DIEU_TRI"],
        "SO_NGAY_NGHI": str(days),
        "TU_NGAY": ymd(day),
        "DEN_NGAY": ymd(day + days - 1),
        "MAU_SO": "CT07",
    }


def _certificate(table: str, dossier: Dossier) -> dict[str, str]:
    """What both certificates of leave have in common."""
    header = dossier.header
    row = from_header(table, header)
    common = {
        "SO_SERI": f"CM{dossier.lot % 10_000_000:07d}",
        "SO_CT": f"{header['MA_LK']}/{header['NAM_QT']}",
        "DON_VI": _EMPLOYERS[dossier.who.number % len(_EMPLOYERS)],
        "TEN_BS": doctor_name(dossier),
        "MA_BS": dossier.doctor,
        "NGAY_CT": header["NGAY_VAO"][:8],
    }
    row.update({name: text for name, text in common.items() if name in row})
    return row
