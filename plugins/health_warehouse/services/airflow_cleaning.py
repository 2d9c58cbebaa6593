"""Old rows of Airflow's metadata, removed by Airflow's own command.

In Airflow 3.3.2 `airflow db clean` goes by the start of runs and tasks, keeps the last scheduled
run of each DAG, and takes what belongs to a run with it. Even with `--skip-archive` it copies each
batch to a table `_airflow_deleted__…` first, which it drops at the end of the batch: one that a
kill left there is removed by `airflow db drop-archived`. Without `--error-on-cleanup-failure` it
exits 0 when tables could not be cleaned.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import datetime

from health_warehouse.child_environment import Child, passed_on
from health_warehouse.errors import WarehouseError
from health_warehouse.services.airflow import Airflow
from health_warehouse.services.airflow_environment import airflow_home

_BATCH_SIZE = 5_000
_FOUND = re.compile(r"^Found (\d+) rows meeting deletion criteria", re.MULTILINE)
_SECONDS = 900


def clean(service: Airflow, before: datetime, dry_run: bool = False) -> int:
    """Remove rows of before that instant; returns how many, or in a dry run how many would go.

    Raises WarehouseError naming the log when the command fails.
    """
    command = ["db", "clean", "--clean-before-timestamp", before.isoformat(), "--skip-archive",
               "--yes", "--error-on-cleanup-failure", "--batch-size", str(_BATCH_SIZE)]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "airflow", *command, *(["--dry-run"] if dry_run else [])],
        env={**passed_on(Child.AIRFLOW_SERVICE), **service.environment()},
        cwd=airflow_home(service.settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        umask=0o077,
        check=False,
    )
    log = service.log("clean")
    log.write_text(done.stdout + done.stderr, encoding="utf-8")
    log.chmod(0o600)
    if done.returncode:
        raise WarehouseError(f"`airflow db clean` failed; read {log}")
    return sum(map(int, _FOUND.findall(done.stdout)))
