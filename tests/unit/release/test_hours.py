from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from health_warehouse.errors import ConfigurationError
from health_warehouse.release.hours import is_within
from health_warehouse.settings import Settings, get_settings


@pytest.mark.parametrize(
    ("hours", "hour", "expected"),
    [
        ("", 12, True),
        ("22-5", 21, False),
        ("22-5", 22, True),
        ("22-5", 0, True),
        ("22-5", 4, True),
        ("22-5", 5, False),
        ("1-4", 0, False),
        ("1-4", 1, True),
        ("1-4", 3, True),
        ("1-4", 4, False),
        ("20-24", 23, True),
        ("20-24", 0, False),
        ("0-24", 0, True),
        ("7-7", 3, True),
    ],
)
def test_hours_are_of_the_local_day(hours: str, hour: int, expected: bool) -> None:
    moment = datetime(2026, 11, 30, hour, 59, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    assert is_within(hours, moment.astimezone(ZoneInfo("UTC"))) is expected


def test_an_hour_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_FULL_BUILD_HOURS", "22:00-05:00")
    with pytest.raises(ConfigurationError, match="FULL_BUILD_HOURS"):
        get_settings()


def test_hours_are_unset_by_default() -> None:
    assert Settings().full_build_hours == ""
