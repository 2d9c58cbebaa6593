"""The DAG files parse, each yields what it owes, and parsing does no work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feed_steps import STAFF
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.services.airflow_pools import LANDING_POOL
from parsed_dags import DAGS_FOLDER, parse, parse_with

# How many DAGs each file owes. A bag of a folder that is not there has no import errors either,
# so "no errors" alone would pass on nothing.
EXPECTED_DAGS = {
    "build_release.py": 1,
    "ingest_feeds.py": len(built_in()),
    "maintain_warehouse.py": 1,
    "reingest_claims.py": 1,
    "validate_deliveries.py": 1,
    "watch_inbox.py": 1,
}

# Beside what Airflow itself loads. Great Expectations costs ~9 s, dbt ~3 s, at every parse.
HEAVY = {"great_expectations", "dbt", "pandas", "numpy", "lxml", "psycopg"}


def test_every_dag_file_is_listed() -> None:
    files = {path.name for path in DAGS_FOLDER.glob("*.py")}
    assert files == set(EXPECTED_DAGS), "list the file, with its number of DAGs, in EXPECTED_DAGS"


def test_no_file_fails_to_import() -> None:
    errors = parse().import_errors
    assert not errors, "\n\n".join(f"{file}:\n{error}" for file, error in errors.items())


@pytest.mark.parametrize(("file_name", "expected"), EXPECTED_DAGS.items())
def test_file_yields_its_dags(file_name: str, expected: int) -> None:
    found = [dag.dag_id for dag in parse().dags if dag.file_name == file_name]
    assert len(found) == expected, f"{file_name} yields {found}; it owes {expected}"


def test_a_parse_takes_less_than_a_second_per_file() -> None:
    slow = {file: seconds for file, seconds in parse().seconds.items() if seconds > 1}
    assert parse().seconds, "Airflow reported no file"
    assert not slow, f"move imports and work from module level into the tasks: {slow}"


def test_parsing_loads_no_heavy_package_and_asks_no_database() -> None:
    roots = {name.partition(".")[0] for name in parse().modules}
    assert "airflow" in roots
    assert not roots & HEAVY, f"import {roots & HEAVY} inside the task functions"
    connecting = "health_warehouse.database.connections"
    assert connecting not in parse().modules, "ask the database inside the tasks"


def test_the_inbox_is_watched_every_minute_and_rings_for_ingestion() -> None:
    """Empty minutes are runs of the watcher, so that runs that load are found in their grid."""
    dags = {dag.dag_id: dag for dag in parse().dags}
    assert dags["watch_inbox"].schedule == "cron `* * * * *` (UTC)"
    rung_by = [t.task_id for t in dags["watch_inbox"].tasks if "alias arrived" in t.outlets]
    assert rung_by == ["report_new_files"]


@pytest.mark.parametrize("feed", built_in())
def test_ingestion_runs_by_asset_and_once_an_hour(feed: str) -> None:
    dags = {dag.dag_id: dag for dag in parse().dags}
    asset, _, clock = dags[f"ingest_{feed}"].schedule.partition(" or ")
    assert asset == f"asset `warehouse://inbox/{feed}`"
    assert re.fullmatch(r"cron `\d+ \* \* \* \*` \(UTC\)", clock)


def test_claims_are_judged_with_their_batch_and_lists_of_all_feeds_together() -> None:
    dags = {dag.dag_id: dag for dag in parse().dags}
    rung_by = {
        outlet: {task.task_id for task in dags[dag_id].tasks if outlet in task.outlets}
        for dag_id, outlet in [
            ("ingest_claims", "warehouse://changes"),
            ("ingest_workforce", "warehouse://loaded"),
        ]
    }
    assert rung_by["warehouse://changes"] == {"report_changes"}
    assert rung_by["warehouse://loaded"] == {"report_loaded"}
    judging = dags["validate_deliveries"]
    assert judging.schedule == "asset `warehouse://loaded` or cron `30 * * * *` (UTC)"
    assert [task.task_id for task in judging.tasks] == ["check_deliveries", "report_changes"]


def test_claims_keep_a_slot_of_their_own() -> None:
    """Whatever else loads or is judged: of other DAGs at most one task is in the pool of claims."""
    of_others = {
        (dag.dag_id, task.task_id)
        for dag in parse().dags
        for task in dag.tasks
        if task.pool == LANDING_POOL.name and dag.dag_id not in ("ingest_claims", "reingest_claims")
    }
    assert {dag_id for dag_id, _ in of_others} == {"validate_deliveries"}  # one run, one task
    assert LANDING_POOL.slots == 2


def test_a_contract_that_is_broken_takes_no_other_feed_down(tmp_path: Path) -> None:
    (tmp_path / "broken.yml").write_text("feed: broken\n  mode: [", encoding="utf-8")
    (tmp_path / "staff.yml").write_text(STAFF, encoding="utf-8")
    parsed = parse_with(tmp_path)
    found = {dag.dag_id for dag in parsed.dags}
    assert not parsed.import_errors
    assert {f"ingest_{feed}" for feed in [*built_in(), "staff"]} <= found
    assert "ingest_broken" not in found


def test_a_folder_of_contracts_that_is_gone_leaves_the_dags_of_ours(tmp_path: Path) -> None:
    parsed = parse_with(tmp_path / "gone")
    assert not parsed.import_errors
    assert {f"ingest_{feed}" for feed in built_in()} <= {dag.dag_id for dag in parsed.dags}


def test_the_release_is_built_by_asset_and_by_clock() -> None:
    """The clock is needed: Airflow 3.3.2 loses asset events when one run at a time is allowed."""
    dags = {dag.dag_id: dag for dag in parse().dags}
    assert (
        dags["build_release"].schedule == "asset `warehouse://changes` or cron `*/5 * * * *` (UTC)"
    )


def test_nothing_is_published_before_the_audit() -> None:
    tasks = {task.task_id: task for dag in parse().dags for task in dag.tasks}
    chain = ["publish_release"]
    while tasks[chain[-1]].upstream:
        (before,) = tasks[chain[-1]].upstream
        chain.append(before)
    assert chain == [
        "publish_release",
        "audit_candidate",
        "build_marts",
        "build_intermediate",
        "build_staging",
        "prepare_build",
        "has_changes",
    ]
