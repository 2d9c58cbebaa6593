"""Flags of one dossier, counted once more: times of orders, signs, reversals, weights, papers.

Written from the notes on the standard (§2.4, §3.3), one dossier at a time, like `claims_rules`.
They change no verdict; only the rules in `RULES` are looked at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from oracle.claims_files import Version
from oracle.claims_rules import NotANumber, Row, moment, number
from oracle.keys import one_form

RULES = {
    "D02", "D06_day", "D07", "K02_sign", "L13_reversal", "L15", "P03_birth", "X07_conclusion",
    "X08_paper",
}  # fmt: skip
_COUNTED = (
    "SO_LUONG", "DON_GIA", "DON_GIA_BV", "DON_GIA_BH", "THANH_TIEN_BV", "THANH_TIEN_BH",
    "TYLE_TT_BH", "TYLE_TT_DV", "MUC_HUONG", "T_TRANTT", "T_NGUONKHAC", "T_NGUONKHAC_NSNN",
    "T_NGUONKHAC_VTNN", "T_NGUONKHAC_VTTN", "T_NGUONKHAC_CL", "T_BNTT", "T_BNCCT", "T_BHTT",
    "T_THUOC", "T_VTYT", "T_TONGCHI_BV", "T_TONGCHI_BH", "T_BHTT_GDV", "SO_NGAY_DTRI",
)  # fmt: skip
_TAKES_TIME = {"1", "2", "3", "8", "18"}
_MEDICINE_TO_TAKE_HOME = {"02", "05", "07"}


def flags(version: Version, received_on: date) -> set[str]:
    """Ids of the rules that the dossier breaks; a withdrawal promises nothing."""
    if version.is_headless or version.is_withdrawal:
        return set()
    checks = {
        "D02": _times(version, received_on),
        "D06_day": _day_of_birth(version),
        "D07": _settled_too_early(version.header),
        "K02_sign": _below_0(version),
        "L13_reversal": any(_reversed(rows) for rows in (version.drugs, version.services)),
        "L15": _in_thousands(version),
        "P03_birth": _birth_weight(version),
        "X07_conclusion": _without_conclusion(version),
        "X08_paper": _differing_paper(version),
    }
    return {rule for rule, is_broken in checks.items() if is_broken}


def _moment(text: str) -> datetime | None:
    try:
        return moment(text)
    except ValueError:
        return None


def _amount(row: Row, name: str) -> Decimal | None:
    if not row.get(name):
        return None
    try:
        return number(row, name)
    except NotANumber:
        return None


def _times(version: Version, received_on: date) -> bool:
    header = version.header
    arrived, ended = _moment(header.get("NGAY_VAO", "")), _moment(header.get("NGAY_RA", ""))
    for row, is_service in (
        *((row, False) for row in version.drugs),
        *((row, True) for row in version.services),
    ):
        names = ("NGAY_YL", "NGAY_TH_YL", "NGAY_KQ") if is_service else ("NGAY_YL", "NGAY_TH_YL")
        if any(row.get(name) and _moment(row[name]) is None for name in names):
            return True
        ordered, done, known = (_moment(row.get(name, "")) for name in ("NGAY_YL", "NGAY_TH_YL",
                                                                      "NGAY_KQ"))  # fmt: skip
        known = known if is_service else None
        pairs = [(arrived, ordered), (ordered, ended), (ordered, done), (done, known),
                 (ordered, known), (known, ended)]  # fmt: skip
        if any(first and last and first > last for first, last in pairs):
            return True
        if any(time and time.date() > received_on for time in (done, known)):
            return True
        if ordered and ordered == done == known and row.get("MA_NHOM", "") in _TAKES_TIME:
            return True
    results = (row.get("NGAY_KQ", "")[:8] for row in version.others.get("XML4", ()))
    return any(day > f"{received_on:%Y%m%d}" for day in results if re.fullmatch("[0-9]{8}", day))


def _day_of_birth(version: Version) -> bool:
    notices = (row.get("NGAY_SINH_CON", "") for row in version.others.get("XML9", ()))
    if any(text and text[6:8] == "00" for text in notices):
        return True
    birth = version.header.get("NGAY_SINH", "")
    arrived = _moment(version.header.get("NGAY_VAO", ""))
    if not arrived or birth[6:8] not in ("", "00") or not birth[:4].isdecimal():
        return False
    year, month = int(birth[:4]), int(birth[4:6] or 0)
    first = date(year, month or 1, 1)
    next_one = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    youngest, oldest = next_one - timedelta(days=1), first
    day = arrived.date()
    surely = 0 <= (day - oldest).days <= 28  # D06 quarantines it
    return oldest <= day and not surely and (day - youngest).days <= 28


def _settled_too_early(header: Row) -> bool:
    ended = "NGAY_VAO" if header.get("MA_LOAI_KCB") in _MEDICINE_TO_TAKE_HOME else "NGAY_RA"
    year, month = _amount(header, "NAM_QT"), _amount(header, "THANG_QT")
    time = _moment(header.get(ended, ""))
    if year is None or month is None or time is None or not 1 <= month <= 12:
        return False
    return (year, month) < (time.year, time.month)


def _below_0(version: Version) -> bool:
    rows = (version.header, *version.drugs, *version.services)
    amounts = (_amount(row, name) for row in rows for name in _COUNTED)
    return any(amount is not None and amount < 0 for amount in amounts)


def _reversed(rows: list[Row]) -> bool:
    """A line takes back another one of its item that is at least as large."""
    of_item: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        item = row.get("MA_THUOC") or row.get("MA_DICH_VU") or row.get("MA_VAT_TU") or ""
        of_item[one_form(item)].append(row)
    for item, same in of_item.items():
        for row in same if item else ():
            name = "SO_LUONG" if (_amount(row, "SO_LUONG") or 0) < 0 else "THANH_TIEN_BV"
            size = _amount(row, name) or Decimal(0)
            if size < 0 and any((_amount(other, name) or 0) >= -size for other in same):
                return True
    return False


def _in_thousands(version: Version) -> bool:
    def prices(rows: list[Row], name: str) -> list[Decimal]:
        return [price for row in rows if (price := _amount(row, name))]

    services = [row for row in version.services if row.get("MA_NHOM") not in ("10", "11", "12")]
    drugs = [row for row in version.drugs if row.get("MA_THUOC") != "40.17"]
    given, least = prices(services, "DON_GIA_BV"), 1000
    if not given:
        given, least = prices(drugs, "DON_GIA"), 10
    if not version.drugs and not version.services:
        given, least = prices([version.header], "T_TONGCHI_BV"), 1000
    return sum(0 < price < least for price in given) * 2 > len(given)


def _birth_weight(version: Version) -> bool:
    texts = [row.get("CAN_NANG_CON", "") for row in version.others.get("XML9", ())]
    texts += version.header.get("CAN_NANG_CON", "").split(";")
    return any(not 200 <= Decimal(text) <= 10_000 for text in texts if text.strip())


def _base(code: str) -> str:
    return one_form(code).split(".K.")[0].split("_")[0]


def _without_conclusion(version: Version) -> bool:
    images = {_base(r.get("MA_DICH_VU", "")) for r in version.services if r.get("MA_NHOM") == "2"}
    said: dict[tuple[str, str], bool] = {}
    for row in version.others.get("XML4", ()):
        key = _base(row.get("MA_DICH_VU", "")), row.get("NGAY_KQ", "")
        if key[0] and key[0] in images:
            said[key] = said.get(key, False) or bool(row.get("KET_LUAN"))
    return not all(said.values())


def _differing_paper(version: Version) -> bool:
    return any(
        not _is_same(row[name], version.header.get(name, ""))
        for row, names in _papers(version)
        for name in names
        if row.get(name)
    )


def _papers(version: Version) -> Iterator[tuple[Row, tuple[str, ...]]]:
    for row in version.others.get("XML7", ()):
        yield row, ("NGAY_VAO", "NGAY_RA")
    for row in version.others.get("XML8", ()):
        yield row, ("NGAY_VAO", "NGAY_RA", "MA_LOAI_KCB", "KET_QUA_DTRI")


def _is_same(copy: str, original: str) -> bool:
    """A day alone is the same as a time on it; a zero in front of a number says nothing."""
    if len(copy) >= 8:
        return copy.startswith(original) or original.startswith(copy)
    return copy == original or copy.lstrip("0") == original.lstrip("0")
