"""Small but plausible contents of the tables beside XML1-XML3.

Elements and order: QĐ 4750/QĐ-BYT; XML13 as patched by QĐ 3176/QĐ-BYT (37 elements).
"""

from __future__ import annotations

from health_warehouse.synthetic.tables import template

_XML4 = template(
    "CHI_TIET_CLS",
    "MA_LK STT MA_DICH_VU MA_CHI_SO TEN_CHI_SO GIA_TRI DON_VI_DO MO_TA KET_LUAN NGAY_KQ "
    "MA_BS_DOC_KQ DU_PHONG",
)
_XML5 = template(
    "CHI_TIET_DIEN_BIEN_BENH",
    "MA_LK STT DIEN_BIEN_LS GIAI_DOAN_BENH HOI_CHAN PHAU_THUAT THOI_DIEM_DBLS NGUOI_THUC_HIEN "
    "DU_PHONG",
)
_XML7 = template(
    "CHI_TIEU_DU_LIEU_GIAY_RA_VIEN",
    "MA_LK SO_LUU_TRU MA_YTE MA_KHOA_RV NGAY_VAO NGAY_RA MA_DINH_CHI_THAI NGUYENNHAN_DINHCHI "
    "THOIGIAN_DINHCHI TUOI_THAI CHAN_DOAN_RV PP_DIEUTRI GHI_CHU MA_TTDV MA_BS TEN_BS NGAY_CT "
    "MA_CHA MA_ME MA_THE_TAM HO_TEN_CHA HO_TEN_ME SO_NGAY_NGHI NGOAITRU_TUNGAY "
    "NGOAITRU_DENNGAY DU_PHONG",
)
_XML8 = template(
    "CHI_TIEU_DU_LIEU_TOM_TAT_HO_SO_BENH_AN",
    "MA_LK MA_LOAI_KCB HO_TEN_CHA HO_TEN_ME NGUOI_GIAM_HO DON_VI NGAY_VAO NGAY_RA CHAN_DOAN_VAO "
    "CHAN_DOAN_RV QT_BENHLY TOMTAT_KQ PP_DIEUTRI NGAY_SINHCON NGAY_CONCHET SO_CONCHET "
    "KET_QUA_DTRI GHI_CHU MA_TTDV NGAY_CT MA_THE_TAM DU_PHONG",
)
_XML13 = template(
    "CHI_TIEU_GIAYCHUYENTUYEN",
    "MA_LK SO_HOSO SO_CHUYENTUYEN GIAY_CHUYEN_TUYEN MA_CSKCB MA_CSKCB_DI MA_CSKCB_DEN HO_TEN "
    "NGAY_SINH GIOI_TINH MA_QUOCTICH MA_DANTOC MA_NGHE_NGHIEP DIA_CHI MA_THE_BHYT GT_THE_DEN "
    "NGAY_VAO NGAY_VAO_NOI_TRU NGAY_RA DAU_HIEU_LS CHAN_DOAN_RV QT_BENHLY TOMTAT_KQ PP_DIEUTRI "
    "MA_BENH_CHINH MA_BENH_KT MA_BENH_YHCT TINH_TRANG_CT MA_LOAI_RV MA_LYDO_CT HUONG_DIEU_TRI "
    "PHUONGTIEN_VC HOTEN_NGUOI_HT CHUCDANH_NGUOI_HT MA_BAC_SI MA_TTDV DU_PHONG",
)
_XML14 = template(
    "CHI_TIEU_GIAYHEN_KHAMLAI",
    "MA_LK SO_GIAYHEN_KL MA_CSKCB HO_TEN NGAY_SINH GIOI_TINH DIA_CHI MA_THE_BHYT GT_THE_DEN "
    "NGAY_VAO NGAY_VAO_NOI_TRU NGAY_RA NGAY_HEN_KL CHAN_DOAN_RV MA_BENH_CHINH MA_BENH_KT "
    "MA_BENH_YHCT MA_DOITUONG_KCB MA_BAC_SI MA_TTDV NGAY_CT DU_PHONG",
)


class _Blank(dict[str, str]):
    """Elements that are not given are empty."""

    def __missing__(self, key: str) -> str:
        return ""


def laboratory_results(dossier_id: str, lines: list[dict[str, str]]) -> str:
    """XML4: one result per laboratory line of XML3."""
    rows = [
        _XML4
        % _Blank(
            MA_LK=dossier_id,
            STT=str(number),
            MA_DICH_VU=line["MA_DICH_VU"],
            TEN_CHI_SO=line["TEN_DICH_VU"],
            GIA_TRI=str(4 + number) + ".2",
            DON_VI_DO="mmol/L",
            NGAY_KQ=line["NGAY_KQ"],
            MA_BS_DOC_KQ=line["NGUOI_THUC_HIEN"],
        )
        for number, line in enumerate(lines, 1)
    ]
    body = "".join(rows)
    return (
        f"<CHITIEU_CHITIET_DICHVUCANLAMSANG><DSACH_CHI_TIET_CLS>{body}</DSACH_CHI_TIET_CLS>"
        "</CHITIEU_CHITIET_DICHVUCANLAMSANG>"
    )


def course_notes(dossier_id: str, moments: list[str], doctor: str) -> str:
    """XML5: one note per moment; the vital signs follow the convention CSST<...>."""
    body = "".join(
        _XML5
        % _Blank(
            MA_LK=dossier_id,
            STT=str(number),
            DIEN_BIEN_LS="Tỉnh, tiếp xúc tốt. CSST&lt;M75_T37_HA120/70_NT18_HL2&gt;",
            THOI_DIEM_DBLS=moment,
            NGUOI_THUC_HIEN=doctor,
        )
        for number, moment in enumerate(moments, 1)
    )
    return (
        f"<CHITIEU_CHITIET_DIENBIENLAMSANG><DSACH_CHI_TIET_DIEN_BIEN_BENH>{body}"
        "</DSACH_CHI_TIET_DIEN_BIEN_BENH></CHITIEU_CHITIET_DIENBIENLAMSANG>"
    )


def discharge_paper(header: dict[str, str], doctor: str, doctor_name: str) -> str:
    """XML7."""
    return _XML7 % _Blank(
        header,
        SO_LUU_TRU=header["MA_HSBA"],
        MA_YTE=header["MA_BN"],
        MA_KHOA_RV=header["MA_KHOA"].rsplit(";", 1)[-1],
        PP_DIEUTRI=header["PP_DIEU_TRI"],
        GHI_CHU="",
        MA_BS=doctor,
        TEN_BS=doctor_name,
        NGAY_CT=header["NGAY_RA"][:8],
        DU_PHONG="",
    )


def record_summary(header: dict[str, str]) -> str:
    """XML8."""
    return _XML8 % _Blank(
        header,
        QT_BENHLY="Bệnh diễn tiến ổn định, đáp ứng điều trị",
        TOMTAT_KQ="Xét nghiệm trong giới hạn; SpO2 &gt; 95%",
        PP_DIEUTRI=header["PP_DIEU_TRI"],
        GHI_CHU="",
        NGAY_CT=header["NGAY_RA"][:8],
        DU_PHONG="",
    )


def referral_slip(header: dict[str, str], doctor: str) -> str:
    """XML13: only for MA_LOAI_RV 2 and 5."""
    return _XML13 % _Blank(
        header,
        SO_HOSO=header["MA_HSBA"],
        SO_CHUYENTUYEN=f"{header['STT']}/GCT",
        GIAY_CHUYEN_TUYEN=f"{header['MA_LK']}/GCT",
        MA_CSKCB_DI=header["MA_NOI_DI"],
        MA_CSKCB_DEN=header["MA_NOI_DEN"],
        DAU_HIEU_LS="Sốt, khó thở",
        QT_BENHLY="Bệnh ngày thứ 3",
        TOMTAT_KQ="Bạch cầu tăng",
        PP_DIEUTRI=header["PP_DIEU_TRI"],
        TINH_TRANG_CT="Tỉnh",
        MA_LYDO_CT="1" if header["MA_LOAI_RV"] == "2" else "3",
        HUONG_DIEU_TRI="Chuyển tuyến trên",
        PHUONGTIEN_VC="Xe cứu thương",
        MA_BAC_SI=doctor,
        DU_PHONG="",
    )


def appointment_slip(header: dict[str, str], doctor: str) -> str:
    """XML14: only when NGAY_TAI_KHAM is given."""
    return _XML14 % _Blank(
        header,
        SO_GIAYHEN_KL=f"{header['MA_LK']}/HK",
        NGAY_HEN_KL=header["NGAY_TAI_KHAM"] + "0800",
        MA_BAC_SI=doctor,
        NGAY_CT=header["NGAY_VAO"][:8],
        DU_PHONG="",
    )
