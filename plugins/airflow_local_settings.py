"""Imported by each process of Airflow at its start, under this name, which Airflow prescribes.

The scheduler's workers, and Celery's, fork a process for each task. What they have imported no task
imports again: seconds of each build and of each check.
"""

from __future__ import annotations

import os
import sys

__all__: list[str] = []  # Airflow takes each name that it finds here for a setting

_command = sys.argv[1:]
_executor = os.environ.get("AIRFLOW__CORE__EXECUTOR", "")
if _command[:2] == ["celery", "worker"] or (
    _command[:1] == ["scheduler"] and _executor == "LocalExecutor"
):
    import dbt.cli.main  # noqa: F401
    import great_expectations  # noqa: F401
