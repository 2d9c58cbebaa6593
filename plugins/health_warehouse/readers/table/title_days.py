"""The day that the title of a list tells: `Thời điểm báo cáo: 30/11/2026`, `Tháng 11 năm 2026`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from health_warehouse.feeds.labels import folded_label

_YEAR = r"(?P<y>(?:19|20)[0-9]{2})"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?<![0-9])(?P<d>[0-9]{{1,2}})[/.-](?P<m>[0-9]{{1,2}})[/.-]{_YEAR}(?![0-9])",
        rf"(?<![0-9]){_YEAR}-(?P<m>[0-9]{{1,2}})-(?P<d>[0-9]{{1,2}})(?![0-9])",
        rf"ngay(?P<d>[0-9]{{1,2}})thang(?P<m>[0-9]{{1,2}})nam{_YEAR}",
        rf"(?:thang)?(?<![0-9/.-])(?P<m>[0-9]{{1,2}})(?:nam|[/.-]){_YEAR}(?![0-9])",
        rf"quy(?P<q>[1-4]|iv|i{{1,3}})(?:nam|[/.-])?{_YEAR}",
        r"(?<![0-9])(?P<y>(?:19|20)[0-9]{2})(?P<m>[01][0-9])(?P<d>[0-3][0-9])(?![0-9])",
        rf"(?:nam)?(?<![0-9/.-]){_YEAR}(?![0-9])",
    )
)
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def day_of_title(titles: Sequence[Sequence[str]], words: str) -> date | None:
    """The day behind `words`, in their cell or one to the right. A month, quarter or year alone is
    told by its last day. None: the words, or a day behind them, are not there."""
    wanted = folded_label(words)
    for row in titles:
        for at, text in enumerate(row):
            _, found, behind = folded_label(text).partition(wanted)
            if found:
                day = _day(" ".join([behind, *map(folded_label, row[at + 1 :])]))
                if day is not None:
                    return day
    return None


def _day(text: str) -> date | None:
    for form in _FORMS:
        found = form.search(text)
        if found is None:
            continue
        parts = found.groupdict()
        year = int(parts["y"])
        quarter = parts.get("q")
        if quarter:
            month = 3 * (_QUARTERS.get(quarter) or int(quarter))
        else:
            month = int(parts.get("m") or 12)
        try:
            last = monthrange(year, month)[1]
            return date(year, month, int(parts.get("d") or last))
        except ValueError:
            continue
    return None
