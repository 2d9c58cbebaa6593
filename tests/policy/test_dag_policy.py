"""What every DAG and task keeps. The message of each failure is the fix."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from airflow.sdk import Context

from health_warehouse.feeds.catalogue import built_in
from health_warehouse.orchestration.tags import Owner, Tag
from health_warehouse.services.airflow_pools import POOLS
from parsed_dags import PROJECT, ParsedDag, ParsedTask, parse

DAGS = parse().dags
TASKS = [(dag, task) for dag in DAGS for task in dag.tasks]
VERBS = (
    "ingest",
    "build",
    "transform",
    "validate",
    "publish",
    "maintain",
    "backfill",
    "reingest",
    "watch",
)
TASK_VERBS = (
    "list",
    "load",
    "check",
    "report",
    "prepare",
    "build",
    "audit",
    "publish",
    "has",
    "trim",
    "remove",
    "clean",
    "analyze",
)

FACTORIES = {f"ingest_{feed}": "ingest_feeds.py" for feed in built_in()}

every_dag = pytest.mark.parametrize("dag", DAGS, ids=[dag.dag_id for dag in DAGS])
every_task = pytest.mark.parametrize(
    ("dag", "task"), TASKS, ids=[f"{dag.dag_id}.{task.task_id}" for dag, task in TASKS]
)


def test_there_is_something_to_check() -> None:
    assert DAGS
    assert TASKS


@every_dag
def test_dag_is_named_like_its_file(dag: ParsedDag) -> None:
    assert dag.file_name == FACTORIES.get(dag.dag_id, f"{dag.dag_id}.py"), (
        f"rename the file to {dag.dag_id}.py"
    )
    assert dag.dag_id.partition("_")[0] in VERBS, f"begin the name with one of {VERBS}"


@every_dag
def test_dag_has_tags_of_the_closed_set(dag: ParsedDag) -> None:
    unknown = set(dag.tags) - {tag.value for tag in Tag}
    assert not unknown, f"add {unknown} to orchestration/tags.py, or use one that is there"
    impact = [tag for tag in dag.tags if tag.startswith("impact/")]
    assert len(impact) == 1, f"give exactly one impact/* tag of orchestration/tags.py; has {impact}"


@every_dag
def test_dag_runs_one_at_a_time_and_does_not_catch_up(dag: ParsedDag) -> None:
    assert dag.max_active_runs == 1, "use **DAG_ARGS: the ledger is the work list, not the run"
    assert not dag.catchup, "use **DAG_ARGS: a missed minute needs no run of its own"


@every_dag
def test_dag_docstring_is_a_manual(dag: ParsedDag) -> None:
    for part in ("What it does", "Safe to rerun", "Parameters", "Example", "When it fails"):
        assert f"**{part}" in dag.doc_md, f"the docstring of {dag.file_name} needs **{part}**"
    for name in dag.params:
        assert f"`{name}`" in dag.doc_md, f"explain the parameter `{name}` in the docstring"
    runbooks = re.findall(r"`(docs/runbooks/\w+\.md)`", dag.doc_md)
    assert runbooks, "name a runbook as `docs/runbooks/<symptom>.md` under When it fails"
    missing = [path for path in runbooks if not (PROJECT / path).exists()]
    assert not missing, f"write {missing}"


@every_dag
def test_dag_params_are_typed_and_described(dag: ParsedDag) -> None:
    for name, schema in dag.params.items():
        assert schema.get("type"), f"give the Param {name} a type"
        assert schema.get("description"), f"give the Param {name} a description"


@every_task
def test_task_has_an_owner_and_a_pool_that_exists(dag: ParsedDag, task: ParsedTask) -> None:
    assert task.owner in {owner.value for owner in Owner}, "use DEFAULT_ARGS, or add to tags.Owner"
    assert task.pool in {pool.name for pool in POOLS}, (
        f"pool {task.pool} is not in services/airflow_pools.py: the task would never start"
    )


@every_task
def test_task_ends_in_time_and_backs_off(dag: ParsedDag, task: ParsedTask) -> None:
    assert task.timeout_seconds, "give the task an execution_timeout"
    assert 0 < task.retries <= 5, "use DEFAULT_ARGS; `told_plainly` ends what a retry cannot help"
    assert task.exponential_backoff, "use DEFAULT_ARGS: retry_exponential_backoff"


@every_task
def test_task_is_named_and_explained(dag: ParsedDag, task: ParsedTask) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", task.task_id), "name the task verb_noun"
    assert task.task_id.partition("_")[0] in TASK_VERBS, f"begin the name with one of {TASK_VERBS}"
    assert task.doc_md, "give the task function a docstring (of a mapped task: pass doc_md)"
    if task.is_mapped:
        assert task.map_index_template, "give the mapped task a map_index_template people can read"


@every_task
def test_task_is_given_nothing_that_airflow_gives(dag: ParsedDag, task: ParsedTask) -> None:
    """It would fail, and only when it runs: "reserved" (airflow.sdk, determine_kwargs)."""
    reserved = set(Context.__annotations__) & set(task.given)
    assert not reserved, (
        f"call the parameter {reserved} otherwise: Airflow has a value of that name"
    )


def test_what_tasks_are_given_is_found() -> None:
    given = {task.task_id: task.given for _, task in TASKS}
    assert given["load_batch"] == ["batch"]
    assert given["remove_alerts"] == ["record_id", "step"]


def test_every_task_tells_its_failures_plainly() -> None:
    """A task without the decorator would print the chain of errors, values of patients included."""
    folder = PROJECT / "plugins/health_warehouse/orchestration"
    for path in sorted(folder.glob("*_tasks.py")):
        text = path.read_text(encoding="utf-8")
        tasks = re.findall(r"^@task.*?^def (\w+)", text, re.DOTALL | re.MULTILINE)
        plain = re.findall(r"^@told_plainly\ndef (\w+)", text, re.MULTILINE)
        assert tasks
        assert tasks == plain, (
            f"{path.name}: put @told_plainly under @task of {set(tasks) - set(plain)}"
        )


def test_only_orchestration_and_dags_import_airflow() -> None:
    found = [
        str(path.relative_to(PROJECT))
        for path in (PROJECT / "plugins").rglob("*.py")
        if re.search(r"^\s*(from|import) airflow\b", path.read_text(encoding="utf-8"), re.MULTILINE)
        and Path("plugins/health_warehouse/orchestration") not in path.relative_to(PROJECT).parents
    ]
    assert not found, f"move what needs Airflow into orchestration/: {found}"
