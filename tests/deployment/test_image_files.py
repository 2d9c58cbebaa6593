"""What the Dockerfile copies is enough: the package builds from it, imports, and loads its DAGs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from parsed_dags import PROJECT

_LOAD = """
from health_warehouse import cli
from health_warehouse.orchestration.roles import read_dags
from health_warehouse.settings import PROJECT_DIR
print(PROJECT_DIR, len(read_dags(PROJECT_DIR / "dags")))
"""


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The files of the image below /opt/warehouse."""
    folder = tmp_path / "warehouse"
    text = (PROJECT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    unwanted = shutil.ignore_patterns("__pycache__", "target", "logs", "dbt_packages")
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, flags=re.MULTILINE):
        *sources, target = line.split()
        for source in map(Path, sources):
            if (PROJECT / source).is_dir():
                shutil.copytree(PROJECT / source, folder / target, ignore=unwanted)
            else:
                (folder / target).mkdir(parents=True, exist_ok=True)
                shutil.copy2(PROJECT / source, folder / target / source.name)
    return folder


def test_package_builds_from_them(copied: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", tmp_path / "built"], cwd=copied, check=True)
    assert list((tmp_path / "built").glob("health_warehouse-*.whl"))


@pytest.mark.soak  # imports Airflow once more
def test_dags_load_from_them(copied: Path, tmp_path: Path) -> None:
    own = {"PYTHONPATH": f"{copied / 'plugins'}:{copied}", "AIRFLOW_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", _LOAD],
        env=os.environ | own,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    count = len(list((PROJECT / "dags").glob("*.py")))
    assert done.stdout.splitlines()[-1] == f"{copied} {count}"
