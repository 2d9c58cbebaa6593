"""Which numbers of an .xlsx are days: by the formats of its cells (ECMA-376, part 1, 18.8.30)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from health_warehouse.readers.table.xml_parts import elements
from health_warehouse.readers.table.zip_parts import ZipParts

_BUILT_IN = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_LETTERS_OF_A_DAY = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_MAX_STYLES = 100_000
_EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 - local time
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - local time
_LAST_SERIAL = 2_958_465
_DIGITS_OF_EXCEL = 15


def styles_of_days(parts: ZipParts, name: str) -> frozenset[str]:
    """The numbers of the styles that show a number as a day or time, as cells write them."""
    if not parts.has(name):
        return frozenset()
    custom: dict[str, str] = {}
    found = set()
    at = 0
    for element in elements(parts, name, ("numFmt", "xf")):
        if element.tag.endswith("}numFmt"):
            custom[element.get("numFmtId", "")] = element.get("formatCode", "")
        elif _is_of_cells(element):
            if _is_day(element.get("numFmtId", "0"), custom):
                found.add(str(at))
            at += 1
        if at > _MAX_STYLES or len(custom) > _MAX_STYLES:
            break
    return frozenset(found)


def _is_of_cells(element: Any) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag.endswith("}cellXfs")


def _is_day(number: str, custom: dict[str, str]) -> bool:
    code = custom.get(number)
    if code is None:
        return number.isdigit() and int(number) in _BUILT_IN
    if _ELAPSED.search(code):
        return False  # so many hours, and no time of the day
    plain = _NOT_LETTERS_OF_A_DAY.sub("", code.split(";")[0]).lower()
    return "general" not in plain and any(letter in plain for letter in "dmyhs")


def moment_of(serial: str, *, is_1904: bool = False) -> datetime | None:
    """The local time that a number of days stands for, to the second; None: it is none."""
    try:
        days = float(serial)
    except ValueError:
        return None
    if not 0 <= days <= _LAST_SERIAL:
        return None
    epoch = _EPOCH_1904 if is_1904 else _EPOCH_1900
    if not is_1904 and days < 60:  # Excel has a 29 February 1900, which there was not
        days += 1
    moment = epoch + timedelta(days=days)
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def plain_number(written: str) -> str:
    """A number as a workbook stores it, as people see it: 15 digits, no exponent."""
    if written.isdecimal() and len(written) <= _DIGITS_OF_EXCEL and written.isascii():
        return written.lstrip("0") or "0"
    try:
        number = Decimal(format(float(written), f".{_DIGITS_OF_EXCEL}g"))
    except (ValueError, ArithmeticError):
        return written
    if not number.is_finite() or abs(number.adjusted()) > 40:
        return written
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
