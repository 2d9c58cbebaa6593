"""Rows that tell of no event, and documents in whatever encoding: a second opinion on both.

The product lists what makes a row an event; here is listed what does not.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from oracle.claims_rules import Row

_WHOSE = {
    "MA_LK", "STT", "MA_CSKCB", "MA_BN", "HO_TEN", "SO_CCCD", "NGAY_SINH", "GIOI_TINH", "DIA_CHI",
    "MA_THE_BHYT", "GT_THE_DEN", "MATINH_CU_TRU", "MAHUYEN_CU_TRU", "MAXA_CU_TRU", "MA_QUOCTICH",
    "MA_DANTOC", "MA_NGHE_NGHIEP", "HO_TEN_CHA", "HO_TEN_ME", "MA_CHA", "MA_ME", "MA_TTDV",
    "NGAY_CT", "DON_VI", "DU_PHONG",
}  # fmt: skip
"""Of the patient, the parents, the facility and the paper itself."""
_MEDICAL_STAFF = {"MA_BAC_SI", "MA_BS", "TEN_BS", "MA_KHOA"}
_PAID = {"PHAM_VI", "TYLE_TT_BH", "TYLE_TT_DV", "MUC_HUONG", "MA_PTTT", "NGUON_CTRA"}
_NO_EVENT = {
    "XML2": _WHOSE | _MEDICAL_STAFF | _PAID,
    "XML3": _WHOSE | _MEDICAL_STAFF | _PAID | {"MA_BENH", "MA_BENH_YHCT"},
    "XML4": {"MA_LK", "STT", "DON_VI_DO", "MA_BS_DOC_KQ", "DU_PHONG"},
    "XML5": {"MA_LK", "STT", "NGUOI_THUC_HIEN", "DU_PHONG"},
    "XML6": _WHOSE,
    "XML7": (_WHOSE | _MEDICAL_STAFF | {"MA_YTE", "MA_THE_TAM"}) - {"MA_LK"},
    "XML8": _WHOSE | {"MA_LOAI_KCB", "NGUOI_GIAM_HO", "MA_THE_TAM"},
    "XML9": _WHOSE
    | {
        "MA_BHXH_NND", "MA_THE_NND", "HO_TEN_NND", "NGAYSINH_NND", "MA_DANTOC_NND", "SO_CCCD_NND",
        "NGAYCAP_CCCD_NND", "NOICAP_CCCD_NND", "NOI_CU_TRU_NND", "NOI_SINH_CON", "NGUOI_DO_DE",
        "NGUOI_GHI_PHIEU",
    },
    "XML10": _WHOSE | _MEDICAL_STAFF,
    "XML11": _WHOSE | _MEDICAL_STAFF | {"MA_BHXH", "MA_THE_TAM", "MAU_SO"},
    "XML13": _WHOSE | _MEDICAL_STAFF | {"MA_NOI_DI", "MA_CSKCB_DI"},
    "XML14": _WHOSE | _MEDICAL_STAFF | {"MA_DOITUONG_KCB"},
    "XML15": _WHOSE,
}  # fmt: skip
_COUNTED = re.compile(
    "SO_(LUONG|NGAY.*|CON.*)|DON_GIA.*|THANH_TIEN_.*|T_.*|MA_NHOM|.*_TP|PP_VO_CAM|VI_TRI_TH_DVKT"
    "|TAI_SU_DUNG|LAN_.*|MA_DINH_CHI_THAI|TUOI_THAI|KET_QUA_DTRI|GIOI_TINH_CON|CAN_NANG_CON"
    "|SINHCON_.*|MA_LOAI_RV|MA_LYDO_CT"
)
"""Where 0 says that there is nothing."""


def is_event(table: str, row: Row) -> bool:
    return any(
        value.strip("\u200b\ufeff \t\r\n\xa0")
        and not (_COUNTED.fullmatch(name) and re.fullmatch(r"[-+]?0+[.,]?0*", value.strip()))
        for name, value in row.items()
        if name not in _NO_EVENT.get(table, {"MA_LK", "STT"})
    )


def parsed(content: bytes) -> ElementTree.Element:
    """The root of a document. Where it says another encoding than its bytes are, the bytes win.

    Raises ElementTree.ParseError.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16")):
        if content.startswith(mark):
            return ElementTree.fromstring(_undeclared(content.decode(encoding)))
    try:
        return ElementTree.fromstring(_undeclared(content.decode()))
    except UnicodeDecodeError:
        return ElementTree.fromstring(content)


def _undeclared(text: str) -> str:
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
