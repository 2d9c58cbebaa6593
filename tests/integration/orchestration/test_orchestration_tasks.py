"""The task functions against a real Postgres, called as plain functions."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.doctor import vacuuming
from health_warehouse.landing import batches
from health_warehouse.maintenance.names import StepName
from health_warehouse.orchestration import (
    feed_tasks,
    reingest_tasks,
    release_tasks,
    upkeep_tasks,
)
from health_warehouse.release import due
from health_warehouse.release.build import prepare
from health_warehouse.settings import Settings

list_new_files = partial(feed_tasks.list_new_files.function, "claims")
load_batch = feed_tasks.load_batch.function
report_changes = feed_tasks.report_changes.function
has_changes = release_tasks.has_changes.function
publish_release = release_tasks.publish_release.function
prepare_build = release_tasks.prepare_build.function


@pytest.fixture(autouse=True)
def _settings_of_the_test(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("health_warehouse.settings.get_settings", lambda: settings)


@pytest.fixture
def inbox(settings: Settings) -> Path:
    return settings.state / "inbox"


def _drop(inbox: Path, name: str, content: bytes = b"<x/>") -> Path:
    path = inbox / name
    path.write_bytes(content)
    earlier = (datetime.now(UTC) - timedelta(minutes=1)).timestamp()
    os.utime(path, (earlier, earlier))
    return path


def _execute(settings: Settings, statement: str) -> None:
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text(statement))


def test_an_empty_inbox_gives_no_batch() -> None:
    assert list_new_files() == []


def test_new_files_are_cut_into_batches_with_titles(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches.group, "__kwdefaults__", {"max_files": 2, "max_bytes": 1000})
    for number in range(3):
        _drop(inbox, f"{number}.xml")
    found = list_new_files()
    assert [batch["title"] for batch in found] == [
        "batch 1 of 2: 2 files, 0.0 MB",
        "batch 2 of 2: 1 file, 0.0 MB",
    ]
    assert [load_batch(batch)["files"] for batch in found] == [2, 1]


def test_a_name_of_odd_bytes_passes_as_json_and_is_found_again(inbox: Path) -> None:
    odd = os.fsdecode(b"b\xff {{ 7*7 }}.xml")
    _drop(inbox, odd)
    batch = json.loads(json.dumps(list_new_files()[0], ensure_ascii=False).encode("utf-8"))
    assert load_batch(batch)["files"] == 1


def test_no_name_is_handed_from_task_to_task_or_logged(
    inbox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    (inbox / "Trần Thị Lan").mkdir()
    _drop(inbox, "Trần Thị Lan/DN4969600011122.xml")
    (batch,) = list_new_files()
    outcome = load_batch(batch)
    assert outcome["files"] == 1
    told = f"{batch} {outcome} {caplog.text}"
    assert "Lan" not in told
    assert "DN4969600011122" not in told


def test_a_forgotten_listing_leaves_its_files_to_the_next_run(
    settings: Settings, inbox: Path
) -> None:
    _drop(inbox, "a.xml")
    (batch,) = list_new_files()
    _execute(settings, "update vault.listed_files set listed_at = now() - interval '8 days'")
    _drop(inbox, "b.xml")
    assert len(list_new_files()) == 1
    assert load_batch(batch)["files"] == 0
    (next_batch,) = list_new_files()
    assert load_batch(next_batch)["files"] == 2


def test_a_dry_run_lists_nothing_to_load(inbox: Path) -> None:
    _drop(inbox, "a.xml")
    assert list_new_files(params={"dry_run": True}) == []


def test_a_file_from_the_future_is_told_in_the_log(
    inbox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = _drop(inbox, "ahead.xml")
    os.utime(path, (4_070_908_800, 4_070_908_800))
    assert len(list_new_files()) == 1
    assert "the file of 2099-01-01 07:00:00.000000+0700 with" in caplog.text
    assert "ahead.xml" not in caplog.text


@pytest.mark.parametrize("value", ["yesterday", "2026-01-31T08:00"])
def test_a_received_at_without_meaning_ends_the_run_before_work(inbox: Path, value: str) -> None:
    _drop(inbox, "a.xml")
    with pytest.raises(AirflowFailException, match="received_at"):
        list_new_files(params={"received_at": value})


def test_a_refused_file_is_a_handled_outcome_and_rings_no_bell(
    settings: Settings, inbox: Path
) -> None:
    _drop(inbox, "broken.xml", b"not a claim file")
    (batch,) = list_new_files()
    outcome = load_batch(batch)
    assert outcome == {"files": 1, "changed_dossiers": 0, "feeds": []}
    with pytest.raises(AirflowSkipException, match="no document changed"):
        report_changes([outcome])
    assert list_new_files() == []


def test_a_file_that_grew_since_it_was_listed_is_left_to_the_next_run(inbox: Path) -> None:
    path = _drop(inbox, "growing.xml")
    (batch,) = list_new_files()
    path.write_bytes(b"<longer/>")
    assert load_batch(batch)["files"] == 0
    path.unlink()
    assert load_batch(batch)["files"] == 0


def test_a_name_that_fsspec_would_read_as_a_chain_is_only_a_name(inbox: Path) -> None:
    _drop(inbox, "zip::memory:.xml")
    (batch,) = list_new_files()
    assert load_batch(batch)["files"] == 1


def test_a_file_left_unjudged_by_a_crash_is_work_without_new_files(settings: Settings) -> None:
    _execute(
        settings,
        "insert into ops.files (sha256, byte_count, received_at, file_name, status) "
        "values (repeat('a', 64), 1, now(), 'a.xml', 'loaded')",
    )
    (batch,) = list_new_files()
    assert batch["title"] == "batch 1 of 1: 0 files, 0.0 MB"
    assert load_batch(batch)["files"] == 0


def test_changes_are_rung_for() -> None:
    total = report_changes(
        [{"files": 2, "changed_dossiers": 3}, {"files": 1, "changed_dossiers": 0}]
    )
    assert total == {"files": 3, "changed_dossiers": 3}


def test_the_situation_is_read_from_the_ledger(settings: Settings) -> None:
    assert due.situation(settings) == due.Situation(0, 0, None, None)
    assert has_changes() is False
    _execute(
        settings,
        "insert into ops.document_changes"
        " (feed, partition_key, sender_id, document_key, new_file_id, new_position)"
        " select 'claims', '', '96001', md5('A1')::uuid, file_id, 1"
        " from unnest(array[1, 2]) as file_id",
    )
    prepare_build()
    _execute(settings, "update ops.builds set status = 'held', message = 'M03 failed'")
    now = due.situation(settings)
    assert (now.pending_changes, now.last_change_id) == (1, 2)
    assert now.last_build == due.LastBuild(1, "held", 2, "M03 failed")
    assert has_changes() is False
    assert has_changes(dag_run=SimpleNamespace(run_type="manual")) is True
    assert has_changes(params={"full_rebuild": True}) is True


def test_the_build_of_a_dry_run_is_noted_as_one(settings: Settings) -> None:
    prepare_build(params={"dry_run": True, "full_rebuild": True})
    tried = due.situation(settings).last_build
    assert tried is not None
    assert tried.is_dry_run
    prepare_build()
    replaced = due.situation(settings).last_build
    assert replaced is not None
    assert not replaced.is_dry_run


def test_publishing_is_skipped_while_it_is_on_hold(settings: Settings) -> None:
    _execute(
        settings,
        "update ops.publish_hold set is_held = true, reason = 'wrong prices', held_by = 'an', "
        "held_at = '2026-01-01 08:00+07'",
    )
    with pytest.raises(AirflowSkipException, match=r"01-01 01:00 UTC by an \(wrong prices"):
        publish_release(7)


@pytest.mark.parametrize("step", ["build_staging", "build_marts", "audit_candidate"])
def test_a_build_that_somebody_overtook_by_hand_ends_skipped_not_red(
    settings: Settings, step: str
) -> None:
    ours = prepare_build()
    theirs = prepare(settings).build_id
    with pytest.raises(AirflowSkipException, match=f"overtaken by build {theirs}"):
        getattr(release_tasks, step).function(ours)


def test_a_build_that_is_not_open_any_more_is_red(settings: Settings) -> None:
    build_id = prepare_build()
    _execute(settings, "update ops.builds set status = 'failed'")
    with pytest.raises(AirflowFailException, match="is failed, not open"):
        release_tasks.build_staging.function(build_id)


def test_maintenance_of_a_dry_run_opens_no_run(settings: Settings) -> None:
    assert upkeep_tasks.prepare_maintenance.function(params={"dry_run": True}) == 0
    told = upkeep_tasks.maintain_step.function("remove_alerts", 0)
    assert (told["state"], told["removed"]) == ("would", 0)
    run_id = upkeep_tasks.prepare_maintenance.function(params={"dry_run": False})
    assert upkeep_tasks.maintain_step.function("remove_alerts", run_id)["state"] == "done"


def test_one_step_of_maintenance_or_all(settings: Settings) -> None:
    assert upkeep_tasks.list_steps.function(params={"only": "trim_logs"}) == ["trim_logs"]
    assert len(upkeep_tasks.list_steps.function(params={"only": None})) == len(StepName)


def test_a_look_at_vacuum_is_red_only_when_work_is_at_risk(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _execute(settings, "create table ops.left_out (a int) with (autovacuum_enabled = off)")
    assert upkeep_tasks.check_vacuum.function() == 1
    monkeypatch.setattr(vacuuming, "_TOO_OLD", 1)
    aged = str(vacuuming._AGE).replace("age(datfrozenxid)", "900000000")
    monkeypatch.setattr(vacuuming, "_AGE", text(aged))
    with pytest.raises(AirflowFailException, match="docs/runbooks/transaction_ids"):
        upkeep_tasks.check_vacuum.function()


def test_reading_again_needs_a_scope_and_passes_over_a_dry_run(
    settings: Settings, inbox: Path
) -> None:
    with pytest.raises(AirflowFailException, match="name a facility"):
        reingest_tasks.list_read_files.function(params={"facility": "", "dry_run": False})
    _drop(inbox, "broken.xml", b"not a claim file")
    load_batch(*list_new_files())
    asked = {"first_day": "2020-01-01", "dry_run": True}
    assert reingest_tasks.list_read_files.function(params=asked) == []
    (batch,) = reingest_tasks.list_read_files.function(params=asked | {"dry_run": False})
    assert batch["title"] == "batch 1 of 1: 1 files"
    again = reingest_tasks.load_files_again.function(json.loads(json.dumps(batch)))
    assert again == {"files": 0, "changed_dossiers": 0}, "it cannot be read today either"


def test_a_scope_without_dossiers_makes_no_build_due(settings: Settings) -> None:
    params = {"facility": None, "first_day": "2026-01-01", "last_day": None}
    assert has_changes(params=params) is False


@pytest.mark.parametrize("ask", [has_changes, reingest_tasks.list_read_files.function])
def test_a_facility_that_never_sent_anything_is_refused(
    settings: Settings, ask: Callable[..., object]
) -> None:
    """As the command line does: the code is more likely a slip than a wish."""
    with pytest.raises(AirflowFailException, match="facility 96009 never sent anything"):
        ask(params={"facility": "96009", "first_day": None, "last_day": None, "dry_run": True})
