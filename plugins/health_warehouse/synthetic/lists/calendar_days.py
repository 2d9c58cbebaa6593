"""The days that lists speak of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from health_warehouse.synthetic.world.sizes import Size


def month_ends(size: Size, before: int = 0) -> Iterator[date]:
    """The last day of each month of the world, after those of `before` months earlier."""
    year, month = size.first.year, size.first.month - before
    while (year * 12 + month) <= size.last.year * 12 + size.last.month:
        yield _last_of(year, month)
        month += 1


def quarter_end(size: Size) -> date:
    """The last end of a quarter that is over when the world ends."""
    return _last_of(size.last.year, (size.last.month - (size.last != _end(size.last))) // 3 * 3)


def half_year_end(size: Size) -> date:
    """The last end of June or December that is over when the world ends."""
    return _last_of(size.last.year, (size.last.month - (size.last != _end(size.last))) // 6 * 6)


def _end(day: date) -> date:
    return _last_of(day.year, day.month)


def _last_of(year: int, month: int) -> date:
    """Months count on over the ends of years: 0 is December of the year before."""
    year, month = year + month // 12, month % 12 + 1
    return date(year, month, 1) - timedelta(days=1)
