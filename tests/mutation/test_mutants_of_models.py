"""dbt's unit tests notice changes of the models and of their macros.

A mutant is one changed file in a copy of the project. Of a model its own unit tests run, of a macro
all. Some mutants of each file are drawn, always the same ones, as far as the time allows.
"""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest

from health_warehouse.errors import BuildFailed
from health_warehouse.release import dbt
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from mutation.sql_mutator import Mutant, mutants
from mutation.survivors import Tally, check

_PER_MODEL, _PER_MACRO = 2, 2
_MINUTES = 25
# What tunes a model and leaves its rows as they are.
_TUNING = re.compile(r"\{\{\s*config\(.*?\)\s*\}\}|materialized|limit 1", re.DOTALL)
_MACROS = ("values.sql", "closed_text.sql", "audiences.sql", "keys.sql")
"""The others write comments, statistics and statements of builds; unit tests do not run them."""


@pytest.fixture(scope="module")
def project(
    module_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A copy of the dbt project; the candidate, whose types unit tests read, is built once."""
    build(module_settings)
    copy = tmp_path_factory.mktemp("mutated") / "dbt_project"
    shutil.copytree(dbt.DBT_PROJECT_DIR, copy)
    return copy


def _drawn(path: Path, count: int) -> list[Mutant]:
    found = sorted(
        mutants(path.read_text(encoding="utf-8"), _TUNING), key=lambda each: each.lot(path.name)
    )
    return found[:count]


def _is_killed(settings: Settings, selection: str) -> bool | None:
    """None when the mutant is no SQL, or is of a model without unit tests."""
    try:
        runs = dbt.invoke(settings, ["test", "--select", selection, "--fail-fast"])
    except BuildFailed:
        return None
    statuses = {run.status for run in runs}
    if not statuses:
        return None
    return bool(statuses - {"pass"})


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_the_unit_tests_kill_the_mutants_of_models_and_macros(
    module_settings: Settings, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dbt, "DBT_PROJECT_DIR", project)
    subjects = [(project / "macros" / name, _PER_MACRO) for name in _MACROS]
    subjects += [(path, _PER_MODEL) for path in sorted((project / "models").rglob("*.sql"))]
    tally = Tally()
    ends_at = time.monotonic() + _MINUTES * 60
    for path, count in subjects:
        original = path.read_text(encoding="utf-8")
        selection = (
            "test_type:unit" if path.parent.name == "macros" else f"{path.stem},test_type:unit"
        )
        for mutant in _drawn(path, count):
            if time.monotonic() > ends_at:
                break
            path.write_text(mutant.text, encoding="utf-8")
            is_killed = _is_killed(module_settings, selection)
            if is_killed:
                tally.killed += 1
            elif is_killed is False:
                tally.survivors.append((path.stem, mutant.what))
        path.write_text(original, encoding="utf-8")
    check(tally)
