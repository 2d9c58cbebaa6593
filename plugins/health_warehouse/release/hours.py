"""Hours of the day in which large work may begin, such as `22-5`, in local time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")


def is_within(hours: str, moment: datetime) -> bool:
    """Whether `moment`, which has a zone, is from the first hour on and before the second one.

    `22-5` goes over midnight. Blank, or the same hour twice, is any hour.
    """
    if not hours:
        return True
    first, last = map(int, hours.split("-"))
    hour = moment.astimezone(LOCAL_TIME).hour
    if first < last:
        return first <= hour < last
    return first == last or hour >= first or hour < last
