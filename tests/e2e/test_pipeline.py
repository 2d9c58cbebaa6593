"""Files dropped in an inbox become a release, by the real scheduler and by nothing else."""

from __future__ import annotations

import re

import pytest
from story import HOSTILE_NAME, Story

from live_warehouse import assert_equal

pytestmark = pytest.mark.timeout(1200)


def test_the_first_release_equals_a_recount_of_the_files(story: Story) -> None:
    assert_equal(story.first, story.first_recount)


def test_a_duplicate_and_a_correction_lead_to_a_second_release_that_is_right(story: Story) -> None:
    assert story.second.release_id > story.first.release_id
    assert_equal(story.second, story.second_recount)
    changed = {
        key
        for key, row in story.second.facility_months.items()
        if row != story.first.facility_months.get(key)
    }
    assert len(changed) == 1, "the correction is of one dossier, so of one facility and month"


def test_the_ledger_says_of_each_delivery_what_the_recount_says(story: Story) -> None:
    found = {entry["file"]: entry for entry in story.ledger}
    counted_by = {name: entry for (name, _), entry in story.second_recount.ledger.items()}
    assert set(found) == set(counted_by)
    for name, expected in counted_by.items():
        entry = found[name]
        assert entry["status"] == expected.status, name
        for counted, wanted in (
            (entry["dossiers"], expected.dossiers),
            (entry["line_states"], expected.lines),
        ):
            assert {state: n for state, n in counted.items() if n} == dict(+wanted), name
    assert [entry["status"] for entry in found.values()].count("duplicate") == 1


def test_nothing_received_is_lost(story: Story) -> None:
    assert story.ledger
    for entry in story.ledger:
        for counts in (entry["dossiers"], entry["line_states"]):
            states = dict(counts)
            assert states.pop("received") == sum(states.values()), entry["file"]


def test_all_of_it_ran_as_tasks_of_runs_that_the_scheduler_started(story: Story) -> None:
    succeeded = [row for row in story.ran if row[3] == "success"]
    assert {(dag_id, task_id) for dag_id, task_id, *_ in succeeded} == {
        ("ingest_claims", "list_new_files"),
        ("ingest_claims", "load_batch"),
        ("ingest_claims", "report_changes"),
        ("build_release", "has_changes"),
        ("build_release", "prepare_build"),
        ("build_release", "build_staging"),
        ("build_release", "build_intermediate"),
        ("build_release", "build_marts"),
        ("build_release", "audit_candidate"),
        ("build_release", "publish_release"),
    }
    assert {(dag_id, run_type) for dag_id, _, run_type, *_ in succeeded} <= {
        ("ingest_claims", "scheduled"),  # once an hour
        ("ingest_claims", "asset_triggered"),
        ("build_release", "scheduled"),
        ("build_release", "asset_triggered"),
    }


def test_no_task_failed_and_none_needed_a_second_attempt(story: Story) -> None:
    """The first ones start as soon as the scheduler does: the API server must answer by then."""
    assert [row for row in story.ran if row[3] == "failed"] == []
    assert [row for row in story.ran if row[4] > 1] == []


def test_names_of_files_are_not_rendered_as_templates(story: Story) -> None:
    files = {entry["file"] for entry in story.ledger}
    assert HOSTILE_NAME in files
    assert "49.xml" not in files


def test_batches_have_names_that_people_can_read(story: Story) -> None:
    titles = [row[5] for row in story.ran if row[1] == "load_batch" and row[3] == "success"]
    assert titles
    assert all(re.fullmatch(r"batch \d+ of \d+: \d+ files?, [\d.]+ MB", title) for title in titles)


def test_each_release_is_an_event_of_its_asset(story: Story) -> None:
    """So that DAGs of others can be scheduled on it."""
    events = story.airflow.query(
        "select e.source_dag_id, e.source_task_id, cast(e.extra ->> 'release_id' as bigint)"
        " from asset_event as e inner join asset as a on a.id = e.asset_id"
        " where rtrim(a.uri, '/') = 'warehouse://release' order by e.id"
    )
    publisher = ("build_release", "publish_release")
    released = [story.first.release_id, story.second.release_id]
    assert [row for row in events if row[2] in released] == [(*publisher, one) for one in released]


def test_runs_of_ingestion_are_those_that_loaded(story: Story) -> None:
    """The minutes in which nothing came are runs of the watcher, and push none out of the grid."""
    runs = story.airflow.query(
        "select r.run_id, bool_or(t.task_id = 'load_batch' and t.state = 'success')"
        " from dag_run as r inner join task_instance as t using (dag_id, run_id)"
        " where r.dag_id = 'ingest_claims' and r.run_type = 'asset_triggered' and r.state ="
        " 'success' group by r.run_id"
    )
    assert runs
    assert len([run for run, has_loaded in runs if not has_loaded]) <= 1, runs
    [(watched,)] = story.airflow.query("select count(*) from dag_run where dag_id = 'watch_inbox'")
    assert watched > len(runs)
