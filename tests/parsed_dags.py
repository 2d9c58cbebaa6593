"""The DAGs as Airflow parses them, described; parsed in a process of its own with an empty home.

`parse()` serves the tests of the DAG files and the policy tests; as a script this parses.
A process of its own, because Airflow reads its home when first imported, and because only a
fresh interpreter can tell which modules a DAG file imports.
"""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
DAGS_FOLDER = PROJECT / "dags"


@dataclass(frozen=True)
class ParsedTask:
    task_id: str
    owner: str
    pool: str
    retries: int
    exponential_backoff: bool
    timeout_seconds: float | None
    doc_md: str | None
    map_index_template: str | None
    is_mapped: bool
    upstream: list[str]
    outlets: list[str]
    given: list[str]  # parameters of the function that the DAG file gives a value


@dataclass(frozen=True)
class ParsedDag:
    dag_id: str
    file_name: str
    tags: list[str]
    doc_md: str
    catchup: bool
    max_active_runs: int
    schedule: str
    params: dict[str, dict[str, Any]]
    tasks: list[ParsedTask]


@dataclass(frozen=True)
class Parsed:
    dags: list[ParsedDag]
    import_errors: dict[str, str]
    seconds: dict[str, float]
    modules: list[str]  # loaded once Airflow and the DAG files are


@cache
def parse() -> Parsed:
    """With our own contracts."""
    return parse_with(None)


def parse_with(feeds: Path | None) -> Parsed:
    """With a province's folder of contracts."""
    with tempfile.TemporaryDirectory(prefix="warehouse-airflow-") as home:
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "WAREHOUSE"))},
            "AIRFLOW_HOME": home,
            "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS_FOLDER),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGBAG_IMPORT_ERROR_TRACEBACK_DEPTH": "20",
            "WAREHOUSE_STATE": home,
            **({} if feeds is None else {"WAREHOUSE_FEEDS": str(feeds)}),
        }
        done = subprocess.run(
            [sys.executable, __file__], env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, f"Airflow cannot parse {DAGS_FOLDER}:\n{done.stderr[-4000:]}"
    found = json.loads(done.stdout.splitlines()[-1])
    dags = [
        ParsedDag(**{**dag, "tasks": [ParsedTask(**task) for task in dag["tasks"]]})
        for dag in found["dags"]
    ]
    return Parsed(dags, found["import_errors"], found["seconds"], found["modules"])


def _describe() -> dict[str, Any]:
    """Seconds are of the processor, so that a busy machine does not make a file slow."""
    from airflow.dag_processing.dagbag import DagBag

    dags, errors, seconds = [], {}, {}
    for file in sorted(DAGS_FOLDER.glob("*.py")):
        begin = time.process_time()
        bag = DagBag(file)
        seconds[file.name] = time.process_time() - begin
        dags += [_dag(bag.dags[name]) for name in sorted(bag.dags)]
        errors |= bag.import_errors
    return {
        "dags": dags,
        "import_errors": errors,
        "seconds": seconds,
        "modules": sorted(sys.modules),
    }


def _dag(dag: Any) -> dict[str, Any]:
    return {
        "dag_id": dag.dag_id,
        "file_name": Path(dag.fileloc).name,
        "tags": sorted(dag.tags),
        "doc_md": dag.doc_md or "",
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "schedule": _schedule(dag.timetable),
        "params": {
            name: {**param.schema, "default": param.value, "description": param.description}
            for name, param in dag.params.items()
        },
        "tasks": [_task(task) for task in dag.tasks],
    }


def _schedule(timetable: Any) -> str:
    """In words for docs/dags.md: the cron line, and the assets that ring."""
    clock = getattr(getattr(timetable, "timetable", timetable), "expression", None)
    if clock is None:
        return "by hand"
    condition = getattr(timetable, "asset_condition", None)
    rings = [asset.uri.rstrip("/") for asset in condition.objects] if condition else []
    return " or ".join([*(f"asset `{uri}`" for uri in rings), f"cron `{clock}` (UTC)"])


def _task(task: Any) -> dict[str, Any]:
    known = task.partial_kwargs if task.is_mapped else {}
    timeout = task.execution_timeout
    return {
        "task_id": task.task_id,
        "owner": task.owner,
        "pool": task.pool,
        "retries": task.retries,
        "exponential_backoff": bool(task.retry_exponential_backoff),
        "timeout_seconds": timeout.total_seconds() if timeout else None,
        "doc_md": known.get("doc_md") if task.is_mapped else task.doc_md,
        "map_index_template": task.map_index_template if task.is_mapped else None,
        "is_mapped": task.is_mapped,
        "upstream": sorted(task.upstream_task_ids),
        "outlets": [_outlet(asset) for asset in task.outlets],
        "given": _given(task),
    }


def _outlet(asset: Any) -> str:
    """Its address; an alias has a name only, and stands for assets that the task chooses."""
    uri: str | None = getattr(asset, "uri", None)
    return f"alias {asset.name}" if uri is None else uri.rstrip("/")


def _given(task: Any) -> list[str]:
    if task.is_mapped:
        return sorted({*task.partial_kwargs["op_kwargs"], *task.op_kwargs_expand_input.value})
    parameters = list(inspect.signature(task.python_callable).parameters)
    return sorted({*parameters[: len(task.op_args)], *task.op_kwargs})


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(_describe()))
