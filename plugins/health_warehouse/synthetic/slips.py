"""Slips that send a patient on or call back: transfer (XML13), appointment (XML14)."""

from __future__ import annotations

from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.papers import from_header


def referral_slip(dossier: Dossier) -> dict[str, str]:
    """XML13: only for MA_LOAI_RV 2 and 5. Names of QĐ 4750; the layout has those of QĐ 3176."""
    header = dossier.header
    row = from_header("XML13", header)
    row.update(
        SO_HOSO=header["MA_HSBA"],
        SO_CHUYENTUYEN=f"{dossier.lot % 9000 + 1}/GCT",
        GIAY_CHUYEN_TUYEN=f"{header['MA_LK']}/GCT",
        DAU_HIEU_LS="Sốt, khó thở; M 110 l/p, HA 100/60 mmHg",
        QT_BENHLY="Bệnh ngày thứ 3, đáp ứng điều trị kém",
        TOMTAT_KQ="Bạch cầu tăng; CRP &gt; 50 mg/L",
        PP_DIEUTRI=header["PP_DIEU_TRI"],
        TEN_DICH_VU=_names(dossier, "TEN_DICH_VU") or "Khám",
        TEN_THUOC=_names(dossier, "TEN_THUOC"),
        # In QĐ 3176 this is TINH_TRANG_CT, the state at the transfer.
        PP_DIEU_TRI="Tỉnh, tự thở",
        MA_LYDO_CT="1" if header["MA_LOAI_RV"] == "2" else "3",
        HUONG_DIEU_TRI="Điều trị chuyên khoa tuyến trên",
        PHUONGTIEN_VC="Xe cứu thương",
        HOTEN_NGUOI_HT="ĐD. Phan Thị Ngân",
        CHUCDANH_NGUOI_HT="Điều dưỡng",
        MA_BAC_SI=dossier.doctor,
    )
    if dossier.facility.vendor.layout.is_old_referral:
        row["PP_DIEU_TRI"] = header["PP_DIEU_TRI"]
    return row


def _names(dossier: Dossier, name: str) -> str:
    lines = dossier.drugs if name == "TEN_THUOC" else dossier.services
    found = [line.field(name) for line in lines]
    return "; ".join([each for each in found if each][:3])


def appointment_slip(dossier: Dossier) -> dict[str, str]:
    """XML14: only when NGAY_TAI_KHAM is given."""
    header = dossier.header
    row = from_header("XML14", header)
    row.update(
        SO_GIAYHEN_KL=f"{header['MA_LK']}/HK",
        NGAY_HEN_KL=header["NGAY_TAI_KHAM"] + "0800",
        MA_BAC_SI=dossier.doctor,
        NGAY_CT=header["NGAY_VAO"][:8],
    )
    return row
