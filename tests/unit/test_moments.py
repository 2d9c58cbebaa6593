"""A table whose heading says UTC shows UTC."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from health_warehouse.moments import to_minute, to_second

MORNING = datetime(2026, 11, 30, 6, 4, 22, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def test_a_moment_of_another_zone_is_shown_in_utc() -> None:
    assert to_second(MORNING) == "2026-11-29 23:04:22"
    assert to_minute(MORNING) == "2026-11-29 23:04"
