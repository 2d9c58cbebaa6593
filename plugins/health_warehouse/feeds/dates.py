"""How senders write days and times: one rule for Python and for SQL.

A form is made of dd, mm, yyyy, HH, MM, SS and signs between them. Where no sign separates them the
parts have all their digits; otherwise a day or a month may have one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from health_warehouse.feeds.contract import Column

_USUAL_DAYS = ("yyyy-mm-dd", "yyyymmdd", "dd/mm/yyyy")
_USUAL_TIMES = (
    "yyyymmddHHMM",
    "yyyy-mm-ddTHH:MM",
    "yyyy-mm-ddTHH:MM:SS",
    "yyyy-mm-dd HH:MM",
    "yyyy-mm-dd HH:MM:SS",
    "dd/mm/yyyy HH:MM",
    "dd/mm/yyyy HH:MM:SS",
)
_PART = re.compile(r"yyyy|dd?|mm?|HH?|MM|SS|.")
_OPEN = {"d", "m", "H"}
_BLANKS = " \t\r\n\u00a0"
EARLIEST_YEAR = 1900


def forms_of(column: Column) -> tuple[str, ...]:
    """The forms that a column of days or times may have; of a time, a day alone is one too."""
    if column.formats:
        return column.formats
    return _USUAL_DAYS if column.type == "date" else (*_USUAL_TIMES, *_USUAL_DAYS)


def parse_moment(text: str, forms: Sequence[str]) -> datetime | None:
    """The local time in the first form that fits; parts that a form lacks are the smallest.

    None when none fits or the calendar has no such day. Python's twin of `raw.parse_moment`.
    """
    for form in forms:
        pattern, parts = pattern_of(form)
        found = re.fullmatch(pattern.strip("^$"), text.strip(_BLANKS), re.ASCII)
        if found is None:
            continue
        values = dict(zip(parts, map(int, found.groups()), strict=True))
        try:
            moment = datetime(  # noqa: DTZ001 - local time, as it was written
                values["y"], values.get("m", 1), values.get("d", 1),
                values.get("H", 0), values.get("M", 0), values.get("S", 0),
            )  # fmt: skip
        except ValueError:
            continue
        if moment.year >= EARLIEST_YEAR:
            return moment
    return None


def moment_sql(text: str, forms: Sequence[str]) -> str:
    """SQL of the timestamp in the first of the forms that fits, else null; `text` is SQL."""
    read = []
    for form in forms:
        pattern, parts = pattern_of(form)
        read.append(f"raw.parse_moment({text}, '{pattern}', '{parts}')")
    return read[0] if len(read) == 1 else f"coalesce({', '.join(read)})"


@cache
def pattern_of(form: str) -> tuple[str, str]:
    """A regular expression with a group per part, in Python's and Postgres' words, and the letters
    of the parts in their order (m month, M minute)."""
    pieces = _PART.findall(form)
    pattern, parts = "", ""
    for place, piece in enumerate(pieces):
        if piece[0] not in "dmyHMS":
            pattern += re.escape(piece) if piece in ".-/ " else piece
            continue
        neighbours = [*pieces[max(place - 1, 0) : place], *pieces[place + 1 : place + 2]]
        is_alone = all(one[0] not in "dmyHMS" for one in neighbours)
        digits = len(piece) if piece[0] == "y" else 2
        least = 1 if is_alone and piece[0] in _OPEN else digits
        pattern += f"([0-9]{{{least},{digits}}})" if least < digits else f"([0-9]{{{digits}}})"
        parts += piece[0]
    return f"^{pattern}$", parts
