"""Occupations and what goes with each: title, degree, scope, departments.

Codes of the lists occupation, title_dm02 and degree; the mix is usual, not measured.
"""

from __future__ import annotations

from typing import NamedTuple

DOCTORS = (
    "doctor_general",
    "doctor_specialist",
    "doctor_traditional",
    "doctor_preventive",
    "doctor_dental",
)


class Occupation(NamedTuple):
    code: str
    title: str
    """CHUCDANH_NN of form 02/DM; 1 to 7 need a licence."""
    degree: str
    """The usual one."""
    scope: str = ""
    """PHAMVI_CM; blank without a licence."""
    departments: tuple[str, ...] = ("K01",)

    @property
    def needs_licence(self) -> bool:
        return "1" <= self.title <= "7"

    @property
    def is_doctor(self) -> bool:
        return self.code in DOCTORS


_ALL = ("K01", "K02", "K03", "K19", "K27")
OCCUPATIONS = {
    each.code: each
    for each in (
        Occupation("doctor_general", "1", "univ", "Khám bệnh, chữa bệnh đa khoa", _ALL),
        Occupation("doctor_specialist", "1", "spec1", "Khám bệnh, chữa bệnh chuyên khoa", _ALL),
        Occupation("doctor_traditional", "1", "univ", "Y học cổ truyền", ("K16",)),
        Occupation("doctor_preventive", "1", "univ", "Y học dự phòng", ("K50",)),
        Occupation("doctor_dental", "1", "univ", "Răng hàm mặt", ("K28",)),
        Occupation("assistant_doctor", "2", "secondary", "Khám bệnh, chữa bệnh của y sỹ đa khoa"),
        Occupation("nurse", "3", "college", "Điều dưỡng", _ALL),
        Occupation("midwife", "4", "college", "Hộ sinh", ("K27",)),
        Occupation("technician_lab", "5", "college", "Xét nghiệm y học", ("K40",)),
        Occupation("technician_imaging", "5", "college", "Hình ảnh y học", ("K39",)),
        Occupation("pharmacist_univ", "8", "univ", "", ("K45",)),
        Occupation("pharmacy_tech", "8", "college", "", ("K45",)),
        Occupation("public_health", "9", "univ", "", ("K50",)),
        Occupation("population_worker", "9", "college", "", ("K50",)),
        Occupation("it_engineer", "9", "univ", "", ("K60",)),
        Occupation("management_other", "9", "univ", "", ("K60",)),
    )
}
DEPARTMENTS = {
    "K01": "Khoa Khám bệnh",
    "K02": "Khoa Hồi sức cấp cứu",
    "K03": "Khoa Nội tổng hợp",
    "K16": "Khoa Y học cổ truyền",
    "K19": "Khoa Ngoại tổng hợp",
    "K27": "Khoa Phụ sản",
    "K28": "Khoa Răng hàm mặt",
    "K39": "Khoa Chẩn đoán hình ảnh",
    "K40": "Khoa Xét nghiệm",
    "K45": "Khoa Dược",
    "K50": "Khoa Y tế dự phòng",
    "K60": "Phòng Tổ chức - Hành chính",
}
BESIDE_DOCTORS = {
    "assistant_doctor": 35, "nurse": 185, "midwife": 40, "technician_lab": 25,
    "technician_imaging": 18, "pharmacist_univ": 16, "pharmacy_tech": 36, "public_health": 15,
    "it_engineer": 6, "management_other": 130,
}  # fmt: skip
"""Staff of a hospital for each hundred doctors."""
OF_STATIONS = {
    "assistant_doctor": (1, 3), "nurse": (1, 4), "midwife": (0, 2), "pharmacy_tech": (1, 1),
    "population_worker": (1, 2), "public_health": (0, 1),
}  # fmt: skip
"""Staff of a station beside its doctors: at least, at most."""
OF_OTHERS = {
    "clinic_general": {"nurse": 5, "technician_lab": 2, "technician_imaging": 1,
                       "pharmacy_tech": 1, "management_other": 2},
    "clinic_regional": {"assistant_doctor": 2, "nurse": 4, "midwife": 1, "pharmacy_tech": 1},
    "cdc": {"public_health": 24, "technician_lab": 10, "nurse": 4, "management_other": 14,
            "assistant_doctor": 6},
    "prevention_other": {"technician_lab": 8, "pharmacist_univ": 5, "management_other": 7},
    "population_office": {"population_worker": 9, "management_other": 6},
    "pharmacy": {"pharmacist_univ": 1, "pharmacy_tech": 1},
}  # fmt: skip
