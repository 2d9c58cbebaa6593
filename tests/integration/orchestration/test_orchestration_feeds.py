"""From the inbox to judged documents of several feeds: one lister, a run each, one judge."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException
from sqlalchemy import text

from claim_files import claim_file, dossier
from feed_steps import STAFF, province, put, rows_of, staff
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing import arrivals, judging
from health_warehouse.orchestration import feed_tasks, inbox_tasks
from health_warehouse.orchestration.assets import CHANGED_FEEDS
from health_warehouse.settings import Settings

list_new_files = feed_tasks.list_new_files.function
load_lists = feed_tasks.load_lists.function
report_loaded = feed_tasks.report_loaded.function
check_deliveries = feed_tasks.check_deliveries.function
report_changes = feed_tasks.report_changes.function
has_new_files = inbox_tasks.has_new_files.function
report_new_files = inbox_tasks.report_new_files.function
BEDS = STAFF.replace("feed: staff", "feed: beds").replace("*/staff*", "*/beds*")
EARLIER = datetime.now(UTC) - timedelta(minutes=5)


@pytest.fixture
def own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A warehouse with two feeds of its own."""
    own = province(settings, STAFF, BEDS)
    monkeypatch.setattr("health_warehouse.settings.get_settings", lambda: own)
    return own


def _drop_claims(settings: Settings, name: str = "claims.xml") -> None:
    path = settings.state / "inbox" / name
    path.write_bytes(claim_file([dossier()]))
    os.utime(path, (EARLIER.timestamp(), EARLIER.timestamp()))


class _Rung:
    """Takes the events of an alias, as Airflow's context does."""

    def __init__(self) -> None:
        self.uris: list[str] = []

    def __getitem__(self, _: Any) -> Any:
        return SimpleNamespace(add=lambda asset: self.uris.append(asset.uri.rstrip("/")))


def _at_work(*dag_ids: str) -> Any:
    def count(dag_id: str, states: list[str]) -> int:
        assert states == ["queued", "running"]
        return int(dag_id in dag_ids)

    return SimpleNamespace(get_dr_count=count)


def test_only_feeds_with_something_new_are_rung_for(own: Settings) -> None:
    assert has_new_files() == {}
    put(own, "96001/staff.jsonl", staff("1"), EARLIER)
    _drop_claims(own)
    found = has_new_files()
    assert found == {"feeds": ["claims", "staff"], "judge": False}
    rung = _Rung()
    report_new_files(found, outlet_events=rung)
    assert rung.uris == ["warehouse://inbox/claims", "warehouse://inbox/staff"]


def test_a_feed_of_which_a_run_is_at_work_is_not_rung_for(own: Settings) -> None:
    put(own, "96001/staff.jsonl", staff("1"), EARLIER)
    _drop_claims(own)
    assert has_new_files(ti=_at_work("ingest_staff"))["feeds"] == ["claims"]
    assert has_new_files(ti=_at_work("ingest_staff", "ingest_claims")) == {}


def test_what_waits_is_noted_by_feed_and_goes_when_it_is_taken_in(own: Settings) -> None:
    put(own, "96001/staff.jsonl", staff("1"), EARLIER)
    put(own, "96002/staff.jsonl", staff("1", facility="96002"), EARLIER - timedelta(hours=1))
    has_new_files()
    (one,) = arrivals.waiting(own)
    assert (one.feed, one.file_count) == ("staff", 2)
    assert one.oldest_at == EARLIER - timedelta(hours=1)
    has_new_files()
    assert arrivals.waiting(own) == [one], "since when it waits stays"
    for batch in list_new_files("staff"):
        load_lists(batch)
    has_new_files()
    assert arrivals.waiting(own) == []


def test_no_name_of_a_file_is_noted_or_logged(
    own: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    put(own, "Trần Thị Lan/staff DN4969600011122.jsonl", staff("1"), EARLIER)
    found = has_new_files()
    outcomes = [load_lists(batch) for batch in list_new_files("staff")]
    told = f"{found} {outcomes} {rows_of(own, 'select * from ops.arrivals')} {caplog.text}"
    assert "Lan" not in told
    assert "DN4969600011122" not in told


def test_each_run_takes_the_files_of_its_feed(own: Settings) -> None:
    put(own, "96001/staff.jsonl", staff("1"), EARLIER)
    put(own, "96001/beds.jsonl", staff("1"), EARLIER)
    _drop_claims(own)
    for feed in ("staff", "beds", "claims"):
        (batch,) = list_new_files(feed)
        assert batch["title"].startswith("batch 1 of 1: 1 file")
    assert list_new_files("posts") == []


def test_a_list_is_a_task_that_is_called_after_facility_and_day(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles: list[str | None] = []
    monkeypatch.setattr(feed_tasks, "_call_task", titles.append)
    for facility in ("96001", "96002"):
        put(own, f"{facility}/staff_2026_06.jsonl", staff("1", facility=facility), EARLIER)
    found = list_new_files("staff")
    assert len(found) == 2
    for batch in found:
        load_lists(batch)
    assert titles == ["96001, 2026-06-30", "96002, 2026-06-30"]


def test_many_lists_that_come_at_once_are_one_task(own: Settings) -> None:
    for number in range(25):
        put(own, f"96{number:03d}/staff.jsonl", staff("1", facility=f"96{number:03d}"), EARLIER)
    found = list_new_files("staff")
    assert len(found) == 1
    assert sum(load_lists(batch)["files"] for batch in found) == 25


def test_one_task_judges_the_lists_of_all_feeds_and_rings_for_those_that_changed(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    check: Callable[..., Any] = judging.check_files

    def counted(settings: Settings, file_ids: list[int]) -> Any:
        calls.append(len(file_ids))
        return check(settings, file_ids)

    monkeypatch.setattr(judging, "check_files", counted)
    put(own, "96001/staff.jsonl", staff("1"), EARLIER)
    put(own, "96001/beds.jsonl", staff("2"), EARLIER)
    outcomes = [load_lists(batch) for feed in ("staff", "beds") for batch in list_new_files(feed)]
    assert report_loaded(outcomes) == {"files": 2}
    assert rows_of(own, "select count(*) from ops.current_documents")[0][0] == 0
    assert has_new_files()["judge"] is True
    assert has_new_files(ti=_at_work("validate_deliveries")) == {}
    judged = check_deliveries()
    assert calls == [2]
    rung = _Rung()
    assert report_changes(judged, outlet_events=rung) == {"files": 2, "changed_dossiers": 2}
    assert rung.uris == ["warehouse://feed/beds", "warehouse://feed/staff"]
    assert has_new_files() == {}


def test_claims_that_a_crash_left_are_judged_by_their_own_run(own: Settings) -> None:
    _drop_claims(own)
    (batch,) = list_new_files("claims")
    feed_tasks.load_batch.function(batch)
    with engine(own, OWNER).begin() as connection:
        connection.execute(text("update ops.files set judged_at = null"))
    assert has_new_files() == {"feeds": ["claims"], "judge": False}
    assert check_deliveries() == [{"files": 0, "changed_dossiers": 0, "feeds": []}]
    (batch,) = list_new_files("claims")
    feed_tasks.load_batch.function(batch)
    assert has_new_files() == {}


def test_nothing_loaded_and_nothing_changed_ring_no_bell(own: Settings) -> None:
    with pytest.raises(AirflowSkipException, match="no file was loaded"):
        report_loaded([])
    with pytest.raises(AirflowSkipException, match="no document changed"):
        report_changes(check_deliveries())


def test_a_refused_list_is_told_with_its_reason_and_is_no_failure(
    own: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    put(own, "96001/staff.jsonl", ["no json"], EARLIER)
    (batch,) = list_new_files("staff")
    assert load_lists(batch)["files"] == 1
    assert re.search(r"refused, F0[13]: ", caplog.text)


def test_a_dry_run_and_a_part_leave_the_others_where_they_are(
    own: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for month in ("2026_05", "2026_06"):
        for facility in ("96001", "96002"):
            put(own, f"{facility}/staff_{month}.jsonl", staff("1", facility=facility), EARLIER)
    assert list_new_files("staff", params={"dry_run": True, "period": "2026-06"}) == []
    assert "dry run, not loaded: batch 2 of 2" in caplog.text
    part = {"period": "2026-06", "facility": "96002"}
    (batch,) = list_new_files("staff", params=part)
    assert load_lists(batch)["files"] == 1
    assert "stay where they are" in caplog.text
    assert len(list_new_files("staff")) == 3


def test_a_wrong_file_of_holidays_keeps_nothing_from_being_taken_in(
    own: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = own.model_copy(update={"holidays": Path("/nowhere/holidays.csv")})
    monkeypatch.setattr("health_warehouse.settings.get_settings", lambda: wrong)
    put(own, "96001/staff.jsonl", staff("1"), EARLIER)
    assert has_new_files()["feeds"] == ["staff"]
    assert "what is owed is as it was: the file of holidays /nowhere/holidays.csv" in caplog.text


def test_the_alias_of_changed_feeds_is_what_the_task_declares() -> None:
    assert CHANGED_FEEDS in feed_tasks.report_changes.kwargs["outlets"]
