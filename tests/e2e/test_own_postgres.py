"""A warehouse, Airflow's metadata included, on a server that somebody else runs.

Its owner may create roles and no more: what is asked of a server of your own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from story import deliver_a_province
from typer.testing import CliRunner

from health_warehouse.cli import app
from health_warehouse.database.connections import dispose_engines, dsn
from health_warehouse.services.airflow import Airflow
from health_warehouse.services.status import status
from health_warehouse.settings import Settings, get_settings
from live_warehouse import assert_equal, marts, running, until
from oracle.recount import read_folder, recount
from warehouses import Cluster

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]  # two minutes: Airflow starts once more


@pytest.fixture(scope="module")
def settings(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("own")
    with psycopg.connect(cluster.server.url(), autocommit=True) as connection:
        connection.execute("create role airflow_meta login password 'meta'")
        connection.execute("create database airflow_meta owner airflow_meta")
    settings = Settings(
        state=folder / "state",
        dsn=SecretStr(cluster.owner_url(cluster.create_empty_database())),
        airflow_dsn=SecretStr(cluster.server.url("airflow_meta", "airflow_meta", "meta")),
        role_prefix="east_",
        inbox_quiet_seconds=0,
    )
    deliver_a_province(settings.state / "inbox", folder / "outbox")
    return settings


@pytest.fixture(scope="module")
def warehouse(settings: Settings) -> Iterator[Airflow]:
    with running(settings) as airflow:
        yield airflow


def test_files_become_a_release_there(warehouse: Airflow) -> None:
    found = until(warehouse, lambda: marts(warehouse.settings))
    assert_equal(found, recount(read_folder(warehouse.settings.state / "inbox")))


def test_no_server_of_ours_is_started(warehouse: Airflow) -> None:
    assert "postgres" not in [one["name"] for one in status(warehouse.settings)["services"]]
    assert not (warehouse.settings.state / "postgres").exists()


def test_the_roles_have_the_prefix(warehouse: Airflow) -> None:
    assert dsn(warehouse.settings, "bi_reader").startswith("postgresql://east_bi_reader:")


def test_a_second_warehouse_on_that_server_gives_the_same_marts(
    warehouse: Airflow, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same files, without Airflow, under another prefix."""
    first = warehouse.settings
    second = Settings(
        state=tmp_path / "west",
        dsn=SecretStr(cluster.owner_url(cluster.create_empty_database())),
        role_prefix="west_",
        inbox_quiet_seconds=0,
    )
    shutil.copytree(first.state / "inbox", second.state / "inbox")
    for name, value in second.as_environment().items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    try:
        for typed in ("migrate", "run"):
            done = CliRunner().invoke(app, [typed], catch_exceptions=False)
            assert done.exit_code == 0, done.output
        ours, theirs = marts(first), marts(second)
    finally:
        get_settings.cache_clear()
        dispose_engines()
    assert ours is not None
    assert theirs is not None
    assert ours.facility_months == theirs.facility_months
