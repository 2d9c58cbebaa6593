"""What forks tasks imports dbt and Great Expectations once; no other process of Airflow does.

Empty packages stand for both, which take 10 s to import; the real ones are imported by the
scheduler of `tests/e2e` and by the worker of `tests/deployment`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from health_warehouse.settings import PROJECT_DIR

_MODULES = ("dbt/__init__.py", "dbt/cli/__init__.py", "dbt/cli/main.py", "great_expectations.py")
_TELL = """
import sys
sys.argv[1:] = {arguments}
import airflow_local_settings
print({{"dbt", "great_expectations"}} <= set(sys.modules), airflow_local_settings.__all__)
"""


@pytest.mark.parametrize(
    ("executor", "arguments", "is_ready"),
    [
        ("LocalExecutor", ["scheduler", "--skip-serve-logs"], True),
        ("CeleryExecutor", ["scheduler"], False),
        ("CeleryExecutor", ["celery", "worker"], True),
        ("CeleryExecutor", ["celery", "flower"], False),
        ("LocalExecutor", ["dag-processor"], False),
        ("LocalExecutor", [], False),
    ],
)
def test_only_what_forks_tasks_imports_what_tasks_need(
    executor: str, arguments: list[str], is_ready: bool, tmp_path: Path
) -> None:
    for module in _MODULES:
        (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / module).touch()
    done = subprocess.run(
        [sys.executable, "-c", _TELL.format(arguments=arguments)],
        env=os.environ
        | {
            "AIRFLOW__CORE__EXECUTOR": executor,
            "PYTHONPATH": os.pathsep.join((str(tmp_path), str(PROJECT_DIR / "plugins"))),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[-2] == f"{is_ready} []"
