"""Cells to the texts that `raw` keeps: one form of days and numbers, codes with their zeros.

A value that does not fit its column stays as it was written, and the rules of the contract tell it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time
from unicodedata import is_normalized, normalize

from health_warehouse.feeds.contract import Column
from health_warehouse.feeds.dates import forms_of
from health_warehouse.readers.remark import Remark
from health_warehouse.readers.table.cells import Faulty, Number, Value
from health_warehouse.readers.table.locales import Numbers
from health_warehouse.readers.table.xlsx_styles import moment_of
from health_warehouse.readers.value_checks import is_of_type

Read = Callable[[Value, int], str | None]
_ENDS = " \t\r\n\u00a0\u2007\u202f\u200b\ufeff"
_FIRST_SERIAL, _LAST_SERIAL = 2200, 80_000
"""Below are years, which people write where a day belongs; above lies the year 2119."""
_PART = re.compile(r"yyyy|dd?|mm?|HH?|MM|SS|.")
_TOO_LONG_FOR_EXCEL = 15
_JUDGED, _ENOUGH = 500, 3
"""So many values of a column are looked at to say that they are of another type, at least three."""

_FIXED = re.compile(r"(?:\[[^\]]*0-9[^\]]*\]|\\d)\{([0-9]{1,3})\}")


class ColumnReader:
    """Reads the cells of one column. What it notices goes to `remarks`, of the row at hand."""

    def __init__(
        self, column: Column, numbers: Numbers, sheet_column: int, remarks: list[Remark]
    ) -> None:
        self.column = column
        self._numbers = numbers
        self._judged = self._unfit = 0
        self._sheet_column = sheet_column
        self._is_sender = column.name == numbers.sender_column
        self.digits = _fixed_length(column)
        self.codes_as_numbers = 0
        self._remarks = remarks
        self._forms = forms_of(column) if column.type in ("date", "time") else ()
        self._of_kind = self._reader()

    def read(self, value: Value, row: int) -> str | None:
        """The text for `raw`; `row` is that of the sheet."""
        if value is None:
            return None
        if isinstance(value, Faulty):
            self._note("cell", _WHY_FAULTY[value.is_uncalculated])
            return None
        if type(value) is str:
            value = plain_text(value)
            if not value:
                return None
        text = self._of_kind(value, row)
        if text is not None and self._judged < _JUDGED:
            self._judged += 1
            self._unfit += not is_of_type(self.column, text)
        if self._is_sender:
            self._numbers.sent_by(text)
        return text

    def remarks(self, where: str) -> Iterator[Remark]:
        """What is told once of the column."""
        if self._judged >= _ENOUGH and self._unfit * 2 > self._judged:
            yield Remark(
                "columns",
                f"{where}most values of {self.column.label} are none of its type "
                f"({self.column.type}): do they belong to another column?",
                field=self.column.label,
            )
        if self.codes_as_numbers and not self.digits:
            yield Remark(
                "zeros",
                f"{where}{self.column.label} came as numbers in {self.codes_as_numbers} rows, "
                "which have no zeros in front: format the column as text",
                "record",
                self.column.label,
            )

    def _reader(self) -> Read:
        kind = self.column.type
        if kind in ("integer", "number"):
            return self._number
        if kind in ("date", "time"):
            return self._moment
        if kind == "code":
            return self._code
        return self._digits if self.digits else _as_it_is

    def _number(self, value: Value, row: int) -> str | None:
        if type(value) is str:
            return self._numbers.read(value, self._sheet_column, row)
        return _as_it_is(value, row)

    def _moment(self, value: Value, row: int) -> str | None:
        if isinstance(value, datetime):
            return written(value, self._forms)
        if isinstance(value, Number):
            moment = _moment_of_serial(value)
            if moment is not None and not _is_day_of_digits(value):
                return written(moment, self._forms)
        return _as_it_is(value, row)

    def _code(self, value: Value, row: int) -> str | None:
        if isinstance(value, datetime):
            self._note("cell", "{} shows a day where a code belongs: format the column as text")
            return _as_it_is(value, row)
        if isinstance(value, Number):
            self.codes_as_numbers += 1
            if len(value) > _TOO_LONG_FOR_EXCEL:
                self._note(
                    "cell",
                    "{} is a number of more than 15 digits, of which Excel keeps the first 15: "
                    "write it as text",
                )
        return self._digits(value, row)

    def _digits(self, value: Value, row: int) -> str | None:
        """A code of a fixed number of digits gets the zeros back that Excel took from it."""
        text = _as_it_is(value, row)
        wanted = self.digits
        if text is None or not wanted or not text.isdecimal() or len(text) >= wanted:
            return text
        self._note("zeros", f"{{}} had lost its zeros in front; {wanted} digits are restored")
        return text.zfill(wanted)

    def _note(self, kind: str, reason: str) -> None:
        label = self.column.label
        told = reason.replace("{}", label)
        severity = "record" if kind == "zeros" else "flag"
        self._remarks.append(Remark(kind, told, severity, label))  # type: ignore[arg-type]


_WHY_FAULTY = {
    False: "{} shows an error (#REF!, #DIV/0! or such)",
    True: "{} is a formula without a calculated value: open the file, save it and send it again",
}


def _fixed_length(column: Column) -> int | None:
    """How many characters every code has that is made of digits; None: nobody says."""
    lengths = {len(value) if value.isdecimal() else 0 for value in column.values}
    if len(lengths) == 1:
        return lengths.pop() or None
    found = _FIXED.fullmatch(column.pattern or "")
    return None if found is None else int(found[1])


def plain_text(text: str) -> str:
    """A text without blanks at its ends, as Unicode's composed letters."""
    text = text.strip(_ENDS)
    if text.isascii():
        return text
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def written(moment: datetime, forms: Sequence[str]) -> str:
    """A moment in the first form that can tell it, a day alone without a time."""
    has_time = moment.time() != time(0)
    telling = [form for form in forms if ("HH" in form) == has_time] or list(forms)
    values = {
        "y": f"{moment.year:04}", "m": f"{moment.month:02}", "d": f"{moment.day:02}",
        "H": f"{moment.hour:02}", "M": f"{moment.minute:02}", "S": f"{moment.second:02}",
    }  # fmt: skip
    return "".join(values.get(part[0], part) for part in _PART.findall(telling[0]))


def _as_it_is(value: Value, _row: int) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return written(value, ("yyyy-mm-dd", "yyyy-mm-dd HH:MM:SS"))
    return str(value)


def _moment_of_serial(number: str) -> datetime | None:
    try:
        days = float(number)
    except ValueError:
        return None
    return moment_of(number) if _FIRST_SERIAL <= days <= _LAST_SERIAL else None


def _is_day_of_digits(number: str) -> bool:
    return len(number) == 8 and number.isdecimal()
