"""Local time (Asia/Ho_Chi_Minh, UTC+7 without summer time) as whole minutes, and its spelling.

A moment is `date.toordinal() * 1440 + minute of the day`: cheap to add to and to compare.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

DAY = 1440
_CLOCK = tuple(f"{minute // 60:02d}{minute % 60:02d}" for minute in range(DAY))
_EPOCH = date(1970, 1, 1).toordinal()
_OFFSET_SECONDS = 7 * 3600


def at(day: int, hour: int = 0, minute: int = 0) -> int:
    """The moment on a day (ordinal)."""
    return day * DAY + hour * 60 + minute


def day_of(moment: int) -> int:
    return moment // DAY


@lru_cache(maxsize=100_000)
def ymd(day: int) -> str:
    """`yyyymmdd` of a day (ordinal)."""
    return date.fromordinal(day).strftime("%Y%m%d")


def stamp(moment: int) -> str:
    """`yyyymmddHHMM` of a moment."""
    return ymd(moment // DAY) + _CLOCK[moment % DAY]


def unix_seconds(moment: int) -> int:
    """Seconds since 1970 UTC of a local moment."""
    return (moment - _EPOCH * DAY) * 60 - _OFFSET_SECONDS


def local_moment(seconds: int) -> int:
    """The local moment of seconds since 1970 UTC."""
    return _EPOCH * DAY + (seconds + _OFFSET_SECONDS) // 60


def weekday_of(day: int) -> int:
    """0 Monday to 6 Sunday."""
    return (day - 1) % 7


def month_of(day: int) -> int:
    return int(ymd(day)[4:6])
