"""What was measured and noted: results of tests (XML4), course of the illness (XML5)."""

from __future__ import annotations

from functools import cache

from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.layouts import Layout
from health_warehouse.synthetic.moments import DAY, stamp
from health_warehouse.synthetic.rows import Form, Row

WITH_COURSE = ("02", "03", "04", "05", "06", "08", "09")
"""MA_LOAI_KCB that send XML5 (standard §1.2)."""
TESTS = ("1", "2", "3")
"""MA_NHOM of laboratory, imaging and functional tests."""
_NOTES = (
    "Tỉnh, tiếp xúc tốt. CSST&lt;M75_T37_HA120/70_NT18_HL2&gt;",
    "Còn sốt nhẹ, ăn uống được. CSST&lt;M88_T37.8_HA110/70_NT20_HL2&gt;",
    "Đỡ đau, bụng mềm. CSST&lt;M80_T37_HA130/80_NT18_HL2&gt;",
)
_FINDINGS = (
    ("Hình ảnh trong giới hạn bình thường", "Chưa ghi nhận bất thường"),
    ("Tăng đậm rốn phổi hai bên", "Theo dõi viêm phế quản"),
)


def results(dossier: Dossier) -> list[Row]:
    """XML4: the indicators of every test line of XML3; images are described, not measured."""
    rows: list[Row] = []
    for line in dossier.services:
        for indicator, form in line.offer.indicators:
            number = len(rows) + 1
            # Any digits of the lot will do: it is scattered already.
            lot = dossier.lot >> number
            texts = {
                "MA_LK": dossier.dossier_id,
                "STT": str(number),
                "NGAY_KQ": line.texts["NGAY_KQ"],
                "MA_BS_DOC_KQ": line.texts["NGUOI_THUC_HIEN"],
            }
            if indicator.high:
                tenths = indicator.low + lot % (indicator.high - indicator.low)
                texts["GIA_TRI"] = f"{tenths // 10}.{tenths % 10}"
            else:
                texts["MO_TA"], texts["KET_LUAN"] = _FINDINGS[lot % 7 == 0]
            rows.append(Row(form, texts))
    return rows


def course(dossier: Dossier) -> list[Row]:
    """XML5: one note a day; the vital signs follow the convention CSST<...>."""
    stay, forms = dossier.stay, _notes(dossier.facility.vendor.layout)
    return [
        Row(
            forms[(dossier.lot + number) % len(forms)],
            {
                "MA_LK": dossier.dossier_id,
                "STT": str(number),
                "THOI_DIEM_DBLS": stamp(moment),
                "NGUOI_THUC_HIEN": dossier.doctor,
            },
        )
        for number, moment in enumerate(range(stay.arrived + 10, stay.seen_until, DAY), 1)
    ]


@cache
def _notes(layout: Layout) -> tuple[Form, ...]:
    differing = ("MA_LK", "STT", "THOI_DIEM_DBLS", "NGUOI_THUC_HIEN")
    return tuple(Form("XML5", layout, {"DIEN_BIEN_LS": note}, differing) for note in _NOTES)
