"""Claim files for tests, written by plain string building: no code of the parser is used."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

Values = Mapping[str, str | None]

_LISTS = {
    "XML2": ("CHITIEU_CHITIET_THUOC", "DSACH_CHI_TIET_THUOC", "CHI_TIET_THUOC"),
    "XML3": ("CHITIEU_CHITIET_DVKT_VTYT", "DSACH_CHI_TIET_DVKT", "CHI_TIET_DVKT"),
    "XML4": ("CHITIEU_CHITIET_DICHVUCANLAMSANG", "DSACH_CHI_TIET_CLS", "CHI_TIET_CLS"),
    "XML5": (
        "CHITIEU_CHITIET_DIENBIENLAMSANG",
        "DSACH_CHI_TIET_DIEN_BIEN_BENH",
        "CHI_TIET_DIEN_BIEN_BENH",
    ),
    "XML6": (
        "CHI_TIEU_HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS",
        "DSACH_HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS",
        "HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS",
    ),
    "XML9": (
        "CHI_TIEU_DU_LIEU_GIAY_CHUNG_SINH",
        "DSACH_GIAYCHUNGSINH",
        "DU_LIEU_GIAY_CHUNG_SINH",
    ),
    "XML15": (
        "CHI_TIEU_DIEUTRI_BENHLAO",
        "DSACH_CHITIET_DIEUTRI_BENHLAO",
        "CHITIET_DIEUTRI_BENHLAO",
    ),
}
_PAPERS = {
    "XML7": "CHI_TIEU_DU_LIEU_GIAY_RA_VIEN",
    "XML8": "CHI_TIEU_DU_LIEU_TOM_TAT_HO_SO_BENH_AN",
    "XML10": "CHI_TIEU_DU_LIEU_GIAY_NGHI_DUONG_THAI",
    "XML11": "CHI_TIEU_DU_LIEU_GIAY_CHUNG_NHAN_NGHI_VIEC_HUONG_BAO_HIEM_XA_HOI",
    "XML13": "CHI_TIEU_GIAYCHUYENTUYEN",
    "XML14": "CHI_TIEU_GIAYHEN_KHAMLAI",
}
FACILITY = "96001"


def fields(values: Values) -> str:
    """Elements of one row; None leaves the element out, '' writes it empty."""
    # a bare carriage return would come back as a line feed (XML 1.0 §2.11)
    return "".join(
        f"<{name}>{escape(value, {chr(13): '&#13;'})}</{name}>"
        for name, value in values.items()
        if value is not None
    )


def xml1(ma_lk: str | None = "A1", **values: str | None) -> str:
    row = {
        "MA_LK": ma_lk,
        "STT": "1",
        "MA_BN": f"BN-{ma_lk}",
        "HO_TEN": "Nguyễn Thị Thử",
        "NGAY_SINH": "198001010000",
        "GIOI_TINH": "2",
        "MA_THE_BHYT": "DN4960123456789",
        "MA_DKBD": FACILITY,
        "GT_THE_TU": "20260101",
        "GT_THE_DEN": "20261231",
        "MA_DOITUONG_KCB": "1.1",
        "NGAY_VAO": "202608010800",
        "NGAY_RA": "202608010900",
        "MA_LOAI_KCB": "01",
        "MA_CSKCB": FACILITY,
    }
    return f"<TONG_HOP>{fields({**row, **values})}</TONG_HOP>"


def lines(table: str, rows: Iterable[Values]) -> str:
    root, folder, row = _LISTS[table]
    body = "".join(f"<{row}>{fields(values)}</{row}>" for values in rows)
    return f"<{root}><{folder}>{body}</{folder}></{root}>"


def paper(table: str, values: Values) -> str:
    """A table of one row without a list: XML7, XML8, XML10, XML11, XML13 or XML14."""
    return f"<{_PAPERS[table]}>{fields(values)}</{_PAPERS[table]}>"


def check_in_file(rows: Iterable[Values]) -> bytes:
    """An XML0 file in UTF-8: its own root, no envelope."""
    body = "".join(f"<TRANG_THAI_KCB>{fields(row)}</TRANG_THAI_KCB>" for row in rows)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<CHI_TIEU_TRANG_THAI_KCB>'
        f"<DSACH_TRANG_THAI_KCB>{body}</DSACH_TRANG_THAI_KCB><CHUKYDONVI/>"
        "</CHI_TIEU_TRANG_THAI_KCB>"
    ).encode()


def part(table: str, content: str, *, nested: bool = False) -> str:
    """One FILEHOSO: base64, or nested elements."""
    body = content if nested else base64.b64encode(content.encode()).decode()
    return f"<FILEHOSO><LOAIHOSO>{table}</LOAIHOSO><NOIDUNGFILE>{body}</NOIDUNGFILE></FILEHOSO>"


def hoso(*parts: str) -> str:
    return f"<HOSO>{''.join(parts)}</HOSO>"


def dossier(
    ma_lk: str = "A1", drugs: int = 1, services: int = 1, nested: bool = False, **values: str | None
) -> str:
    """A healthy HOSO; `values` override fields of XML1."""
    content = part("XML1", xml1(ma_lk, **values), nested=nested)
    for table, count in (("XML2", drugs), ("XML3", services)):
        if count:
            rows = [{"MA_LK": ma_lk, "STT": str(n + 1), "SO_LUONG": "1"} for n in range(count)]
            content += part(table, lines(table, rows), nested=nested)
    return f"<HOSO>{content}</HOSO>"


def claim_file(
    dossiers: Iterable[str],
    facility: str | None = FACILITY,
    declared_date: str | None = "20260802",
    declared_count: int | None = None,
) -> bytes:
    """A whole file in UTF-8. `declared_count` defaults to the number of dossiers."""
    hosos = list(dossiers)
    count = len(hosos) if declared_count is None else declared_count
    sender = fields({"MACSKCB": facility})
    header = fields({"NGAYLAP": declared_date, "SOLUONGHOSO": str(count)})
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f"<GIAMDINHHS><THONGTINDONVI>{sender}</THONGTINDONVI><THONGTINHOSO>{header}"
        f"<DANHSACHHOSO>{''.join(hosos)}</DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>"
    ).encode()


def write(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def zipped(*files: tuple[str, bytes]) -> bytes:
    """A zip of files, each by its name there."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return target.getvalue()
