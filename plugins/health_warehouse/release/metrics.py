"""Indicators as metrics: what MetricFlow (`mf`) answers from the published marts to a plain reader.

`mf` reads a project of dbt in the folder that it runs in, and a manifest at a fixed place in it. It
gets a folder of its own, STATE/dbt/metrics/<hash>: the project's two files of settings and the
manifest of target `readers`. Nothing is written into the project.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from sqlalchemy import text

from health_warehouse.child_environment import Child, passed_on
from health_warehouse.database.connections import engine, role_url
from health_warehouse.errors import ConfigurationError
from health_warehouse.indicators.semantic_models import refusal
from health_warehouse.release import dbt
from health_warehouse.release.dbt_login import login_environment
from health_warehouse.settings import Settings

_READER = "bi_reader"
_IS_PUBLISHED = text("select to_regclass('marts.current_release') is not null")
_ERROR = "ERROR: "
_MIDNIGHT = " 00:00:00"  # `mf` writes a day as an instant
_OLD_AFTER_SECONDS = 24 * 3600
_BEHIND_AN_ERROR = ("Log File", "If you think you found a bug")
"""What `mf` says to those who work on it."""


@dataclass(frozen=True)
class Asked:
    """What `mf query` takes: names of metrics, of what to group by, and of what to sort by (by the
    groups, when `order` is empty; a minus before a name for downwards). Each of `where` is a
    condition that holds names as {{ Dimension('…') }}."""

    metrics: Sequence[str]
    group_by: Sequence[str] = ()
    where: Sequence[str] = ()
    order: Sequence[str] = ()
    limit: int | None = None


@dataclass(frozen=True)
class Table:
    """Cells as text, as `mf` writes them; None where there is no value."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | None]]


def query(settings: Settings, asked: Asked) -> Table:
    """Ask the published marts by MetricFlow.

    Raises ConfigurationError before the first release, and with MetricFlow's reason when it cannot
    answer; also where a metric would have to merge values that are stored.
    """
    reason = refusal(asked.metrics, asked.group_by)
    if reason:
        raise ConfigurationError(reason)
    with TemporaryDirectory(prefix="warehouse-metrics-") as folder:
        answer = Path(folder) / "answer.csv"
        done = run_mf(settings, ["query", "--quiet", "--csv", str(answer), *_options(asked)])
        if done.returncode:
            raise ConfigurationError(f"no answer: {_reason(done.stdout + done.stderr)}")
        if not answer.exists():  # of no row `mf` writes no file
            return Table([*asked.group_by, *asked.metrics], [])
        with answer.open(encoding="utf-8", newline="") as lines:
            columns, *rows = csv.reader(lines)
    return Table(columns, [[cell.removesuffix(_MIDNIGHT) or None for cell in row] for row in rows])


def run_mf(
    settings: Settings, arguments: Sequence[str], *, is_shown: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run one command of `mf` on the shipped project, by the login of a plain reader; what it says
    is in the answer, or with `is_shown` at the terminal.

    Raises ConfigurationError before the first release, BuildFailed when the project does not parse.
    """
    project = _project(settings)
    return subprocess.run(
        [sys.executable, "-m", "health_warehouse.release.mf", *arguments],
        cwd=project,
        env=_environment(settings, project),
        capture_output=not is_shown,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )


def _options(asked: Asked) -> list[str]:
    listed = {
        "--metrics": ",".join(asked.metrics),
        "--group-by": ",".join(asked.group_by),
        "--order": ",".join(asked.order or asked.group_by),
        "--limit": "" if asked.limit is None else str(asked.limit),
    }
    named = [part for name, value in listed.items() if value for part in (name, value)]
    return [*named, *(part for one in asked.where for part in ("--where", one))]


def _environment(settings: Settings, project: Path) -> dict[str, str]:
    return (
        passed_on(Child.METRICS)
        | login_environment(settings, _READER)
        | {
            "DBT_TARGET": "readers",
            "DBT_PROFILES_DIR": str(project),
            "DBT_PROJECT_DIR": str(project),
            "DBT_LOG_PATH": str(project / "logs"),
            "DBT_LOG_LEVEL_FILE": "none",
            "PYTHONUTF8": "1",  # the answer is a file, whatever the locale
        }
    )


def _project(settings: Settings) -> Path:
    """The folder for the project as it lies here and the database; made when it is not there."""
    with engine(settings, _READER).connect() as connection:
        if not connection.execute(_IS_PUBLISHED).scalar_one():
            raise ConfigurationError("nothing is published yet: use `warehouse run`")
    database = role_url(settings, _READER).database
    content = repr((dbt.project_files(), database))
    folder = settings.state / "dbt" / "metrics" / hashlib.sha256(content.encode()).hexdigest()[:16]
    if not folder.exists():
        _make(settings, folder)
    return folder


def _make(settings: Settings, folder: Path) -> None:
    """Under its name it is whole: who is killed leaves another name; who is second uses it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _drop_old(folder.parent)
    made = Path(mkdtemp(dir=folder.parent, prefix=".making-"))
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copyfile(dbt.DBT_PROJECT_DIR / name, made / name)
    dbt.parse_for_readers(settings, _READER, made / "target")
    try:
        made.rename(folder)
    except OSError:
        if not folder.exists():
            raise
        shutil.rmtree(made, ignore_errors=True)


def _drop_old(folder: Path) -> None:
    """What other versions left; a command of one that still runs began today."""
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > _OLD_AFTER_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _reason(said: str) -> str:
    """The error, without what `mf` says behind it to those who work on it."""
    told = said.rpartition(_ERROR)[2]
    for begin in _BEHIND_AN_ERROR:
        told = told.partition(f"\n{begin}")[0]
    return told.strip() or "no reason given"
