"""A real Postgres per test process, a fresh migrated database per test.

`WAREHOUSE_TEST_POSTGRES_VERSION` chooses 16 or 18 (default 18).
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from health_warehouse.settings import Settings
from warehouses import Cluster, new_cluster, new_warehouse

# Airflow, dbt and Great Expectations are millions of objects that live on: to look through them as
# often as is usual takes a tenth of the processor's time.
gc.set_threshold(50_000, 20, 50)
os.environ.update(DO_NOT_TRACK="1", GX_ANALYTICS_ENABLED="false")
# Airflow reads its home when first imported, and leaves folders there: never the developer's own.
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="warehouse-test-airflow-")
atexit.register(shutil.rmtree, os.environ["AIRFLOW_HOME"], ignore_errors=True)


_TOGETHER = ("/e2e/", "/privacy/", "/answers/")


class _OneFolderOneProcess(LoadFileScheduling):
    """One file to one process, and folders that share what takes long to make to one, too."""

    def _split_scope(self, nodeid: str) -> str:
        shared = [folder for folder in _TOGETHER if folder in nodeid]
        return shared[0] if shared else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    return _OneFolderOneProcess(config, log)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with new_cluster() as shared:
        yield shared


@pytest.fixture
def settings(cluster: Cluster, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty warehouse: its own database and its own state folder."""
    with new_warehouse(cluster, tmp_path / "state") as settings:
        yield settings


@pytest.fixture
def released(cluster: Cluster, tmp_path: Path) -> Iterator[Settings]:
    """As `settings`, after a first release of nothing: the next build is an increment."""
    with new_warehouse(cluster, tmp_path / "state", is_released=True) as settings:
        yield settings


@pytest.fixture(scope="module")
def module_released(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """As `released`, shared by the tests of one module."""
    folder = tmp_path_factory.mktemp("module")
    with new_warehouse(cluster, folder / "state", is_released=True) as settings:
        yield settings


@pytest.fixture(scope="module")
def module_settings(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """As `settings`, shared by the tests of one module: for what takes long to set up."""
    with new_warehouse(cluster, tmp_path_factory.mktemp("module") / "state") as settings:
        yield settings
