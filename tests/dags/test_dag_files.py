"""The DAG files parse, each yields what it owes, and parsing does no work."""

from __future__ import annotations

import pytest

from parsed_dags import DAGS_FOLDER, parse

# How many DAGs each file owes. A bag of a folder that is not there has no import errors either,
# so "no errors" alone would pass on nothing.
EXPECTED_DAGS = {
    "build_release.py": 1,
    "ingest_claims.py": 1,
    "maintain_warehouse.py": 1,
    "reingest_claims.py": 1,
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


def test_parsing_loads_no_heavy_package_and_no_setting() -> None:
    roots = {name.partition(".")[0] for name in parse().modules}
    assert "airflow" in roots
    assert not roots & HEAVY, f"import {roots & HEAVY} inside the task functions"
    assert "health_warehouse.settings" not in parse().modules, "read settings inside the tasks"


def test_the_inbox_is_watched_every_minute_and_rings_for_ingestion() -> None:
    """Empty minutes are runs of the watcher, so that runs that load are found in their grid."""
    dags = {dag.dag_id: dag for dag in parse().dags}
    assert dags["watch_inbox"].schedule == "cron `* * * * *` (UTC)"
    rung_by = [t.task_id for t in dags["watch_inbox"].tasks if "warehouse://inbox" in t.outlets]
    assert rung_by == ["report_new_files"]


def test_ingestion_runs_by_asset_and_by_clock_and_rings_for_the_release() -> None:
    dags = {dag.dag_id: dag for dag in parse().dags}
    assert dags["ingest_claims"].schedule == "asset `warehouse://inbox` or cron `0 * * * *` (UTC)"
    rung_by = [t.task_id for t in dags["ingest_claims"].tasks if "warehouse://claims" in t.outlets]
    assert rung_by == ["report_changes"]


def test_the_release_is_built_by_asset_and_by_clock() -> None:
    """The clock is needed: Airflow 3.3.2 loses asset events when one run at a time is allowed."""
    dags = {dag.dag_id: dag for dag in parse().dags}
    assert (
        dags["build_release"].schedule == "asset `warehouse://claims` or cron `*/5 * * * *` (UTC)"
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
