"""The further rules that put a dossier into quarantine: the person, the tables between each other.

Written from the standard (notes §3.1-§3.3), like `claims_rules`. What is only flagged is not here:
flags change no verdict.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from oracle.claims_rules import Row, moment

_WHO = ("MA_BN", "HO_TEN", "NGAY_SINH", "GIOI_TINH", "MA_LOAI_KCB", "MA_CSKCB")
"""K01: without one of these nobody can say whose episode it is, of what kind, or where."""
_LISTS = ("MA_THE_BHYT", "MA_DKBD", "GT_THE_TU", "GT_THE_DEN")
_REPEATED = {
    "XML6": ("SO_CCCD", "NGAY_SINH", "GIOI_TINH", "MA_CSKCB"),
    "XML13": ("HO_TEN", "NGAY_SINH", "GIOI_TINH", "NGAY_VAO", "NGAY_RA", "MA_BENH_CHINH"),
    "XML14": ("HO_TEN", "NGAY_SINH", "GIOI_TINH", "NGAY_VAO", "NGAY_RA", "MA_BENH_CHINH"),
    "XML15": ("MA_BN", "HO_TEN", "SO_CCCD", "MA_CSKCB"),
}
"""X08: copies of XML1, those that identify."""
_NEWBORN = timedelta(days=29)


def broken_by_person(header: Row) -> set[str]:
    """K01, K03, D06, P02, C01, L02 (days)."""
    broken = set()
    if any(not header.get(name) for name in _WHO):
        broken.add("K01")
    shapes = {"MA_LOAI_KCB": "[0-9]{2}", "MATINH_CU_TRU": "0?[0-9]{2}", "MAXA_CU_TRU": "[0-9]{5}"}
    if any(
        header.get(name) and not re.fullmatch(shape, header[name]) for name, shape in shapes.items()
    ):
        broken.add("K03")
    zeros = {"MA_DANTOC": 2, "MA_QUOCTICH": 3, "MAHUYEN_CU_TRU": 3, "MA_NGHE_NGHIEP": 5}
    codes = [(header.get(name, ""), size) for name, size in zeros.items()]
    codes += [(code, 5) for code in header.get("MA_DKBD", "").split(";")]
    if any(code.isdecimal() and len(code) < size for code, size in codes):
        broken.add("K03")
    if header.get("GIOI_TINH") not in (None, "", "1", "2", "3"):
        broken.add("P02")
    given = [header.get(name, "") for name in _LISTS]
    if len({text.count(";") + bool(text) for text in given}) > 1:
        broken.add("C01")
    if _breaks_birth(header):
        broken.add("D06")
    if _breaks_days(header):
        broken.add("L02")
    return broken


def _breaks_birth(header: Row) -> bool:
    birth = header.get("NGAY_SINH", "")
    try:
        arrived = moment(header.get("NGAY_VAO", ""))
        if birth and birth[6:8] in ("", "00"):
            return _breaks_birth_without_day(birth, arrived.date())
        born = moment(birth if len(birth) == 12 else f"{birth}0000")
    except ValueError:
        return False
    return born > arrived or (len(birth) == 8 and arrived - born < _NEWBORN)


def _breaks_birth_without_day(birth: str, arrived: date) -> bool:
    """Born after the arrival, or a newborn whatever the day of that month or year was."""
    year, month = int(birth[:4]), int(birth[4:6] or 0)
    first = date(year, month or 1, 1)
    return first > arrived or arrived - first < _NEWBORN


def _breaks_days(header: Row) -> bool:
    """SO_NGAY_DTRI by type of care and dates (§3.2); types without a formula are let pass."""
    care, days = header.get("MA_LOAI_KCB"), header.get("SO_NGAY_DTRI", "")
    if care in ("01", "07", "09"):
        return days not in ("", "0")
    if care not in ("02", "03", "04", "06") or not days:
        return False
    try:
        arrived, ended = moment(header.get("NGAY_VAO", "")), moment(header.get("NGAY_RA", ""))
    except ValueError:
        return False
    return int(days) != (ended.date() - arrived.date()).days + 1


def broken_by_tables(header: Row, tables: dict[str, list[Row]]) -> set[str]:
    """X01, X03, X08."""
    broken = set()
    is_inpatient = header.get("MA_LOAI_KCB") in ("03", "04", "09")
    is_owed = is_inpatient and header.get("MA_LOAI_RV") != "3" and header.get("MA_THE_BHYT")
    if is_owed and "XML7" not in tables:
        broken.add("X01")
    if "XML13" in tables and header.get("MA_LOAI_RV") not in ("2", "5"):
        broken.add("X03")
    if any(
        row.get(name) and _code(name, row[name]) != _code(name, header.get(name, ""))
        for table, names in _REPEATED.items()
        for row in tables.get(table, ())
        for name in names
    ):
        broken.add("X08")
    return broken


def _code(name: str, text: str) -> str:
    """A diagnosis without its point and marks: J06.9 and J069 are one."""
    return re.sub("[^0-9A-Z]", "", text.upper()) if name == "MA_BENH_CHINH" else text
