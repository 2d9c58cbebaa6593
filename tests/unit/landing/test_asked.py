"""Which files a run is asked to take in: by feed, facility and period."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.landing.asked import Asked, days_of
from health_warehouse.landing.delivery import Delivery
from health_warehouse.landing.routing import lead_feed
from health_warehouse.settings import Settings

JULY = datetime(2026, 7, 3, 5, tzinfo=UTC)


def _chosen(tmp_path: Path, path: str, asked: Asked, received_at: datetime = JULY) -> bool:
    settings = Settings(state=tmp_path)
    delivery = Delivery(
        f"{settings.inbox}/{path}", path.rpartition("/")[2], 1, received_at, None, path
    )
    return asked.choose(settings, [delivery]) == [delivery]


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("96001/x.xml", "claims"),
        ("96001/check_in.XML", "claims"),
        ("x.zip", "claims"),
        ("note.docx", "claims"),
        ("", "claims"),
        ("96001/nhan_luc_202606.jsonl", "workforce"),
        ("posts/2026.xlsx", "posts"),
        ("khac/Danh_Muc_Co_So.xlsx", "facility_registry"),
    ],
)
def test_a_file_is_taken_by_the_run_of_one_feed(path: str, feed: str) -> None:
    assert lead_feed(built_in(), path) == feed


@given(st.text(max_size=40))
def test_whatever_a_file_is_called_one_run_takes_it(path: str) -> None:
    assert lead_feed(built_in(), path) in built_in()


def test_only_files_of_the_feed_are_chosen(tmp_path: Path) -> None:
    path = "96001/nhan_luc.jsonl"
    assert _chosen(tmp_path, path, Asked.of("workforce", None, None))
    assert not _chosen(tmp_path, path, Asked.of("claims", None, None))
    assert _chosen(tmp_path, path, Asked())


@pytest.mark.parametrize(
    ("path", "is_chosen"),
    [
        ("96001/nhan_luc.jsonl", True),
        ("nhan_luc-96001-202606.jsonl", True),
        ("so_y_te/nhan_luc_96001.jsonl", True),
        ("96002/nhan_luc.jsonl", False),
        ("196001/nhan_luc.jsonl", False),
    ],
)
def test_the_facility_is_a_word_of_the_path(tmp_path: Path, path: str, is_chosen: bool) -> None:
    assert _chosen(tmp_path, path, Asked.of("workforce", "96001", None)) is is_chosen


@pytest.mark.parametrize(
    ("path", "period", "is_chosen"),
    [
        ("nhan_luc_20260630.jsonl", "2026-06", True),
        ("nhan_luc_20260630.jsonl", "2026-06-30", True),
        ("nhan_luc_20260630.jsonl", "2026-Q2", True),
        ("nhan_luc_20260630.jsonl", "2026", True),
        ("nhan_luc_20260630.jsonl", "2026-07", False),  # it was received in July
        ("nhan_luc.jsonl", "2026-07", True),
        ("nhan_luc.jsonl", "2026-07-03", True),
        ("nhan_luc.jsonl", "2026-06", False),
    ],
)
def test_the_period_is_that_of_the_name_else_that_of_the_receipt(
    tmp_path: Path, path: str, period: str, is_chosen: bool
) -> None:
    assert _chosen(tmp_path, path, Asked.of("workforce", None, period)) is is_chosen


def test_a_day_of_receipt_is_a_local_day(tmp_path: Path) -> None:
    before_midnight = datetime(2026, 6, 30, 16, 59, 59, tzinfo=UTC)
    midnight = datetime(2026, 6, 30, 17, tzinfo=UTC)
    june = Asked.of("workforce", None, "2026-06")
    assert _chosen(tmp_path, "nhan_luc.jsonl", june, before_midnight)
    assert not _chosen(tmp_path, "nhan_luc.jsonl", june, midnight)


def test_periods_are_whole() -> None:
    assert days_of("2028-02") == (date(2028, 2, 1), date(2028, 2, 29))
    assert days_of("2026-Q4") == (date(2026, 10, 1), date(2026, 12, 31))


@pytest.mark.parametrize("period", ["2026-13", "2026-Q5", "june", "2026-02-30", "06/2026"])
def test_what_is_no_period_is_told_with_what_to_write(period: str) -> None:
    with pytest.raises(ConfigurationError, match="write 2026, 2026-Q2, 2026-06 or 2026-06-30"):
        days_of(period)
