"""Passwords stay out of statements: even a server that logs every one never writes them down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from health_warehouse.database.connections import dsn, stored_secrets
from health_warehouse.database.migrate import migrate
from health_warehouse.database.reader_removal import drop_reader
from health_warehouse.database.readers import create_reader
from health_warehouse.settings import Settings
from warehouses import Cluster


@pytest.fixture
def talkative(cluster: Cluster) -> Iterator[Path]:
    """The log of the server while it writes every statement down."""
    with psycopg.connect(cluster.server.url(), autocommit=True) as superuser:
        superuser.execute("alter system set log_statement = 'all'")
        superuser.execute("select pg_reload_conf()")
        yield cluster.server.log
        superuser.execute("alter system reset log_statement")
        superuser.execute("select pg_reload_conf()")


def test_the_log_of_every_statement_has_no_password(talkative: Path, settings: Settings) -> None:
    begin = talkative.stat().st_size
    migrate(settings)
    create_reader(settings, "thong_ke")
    secrets = stored_secrets(settings)
    with psycopg.connect(dsn(settings, "thong_ke")) as reader:
        assert reader.execute("select current_user").fetchone() == ("thong_ke",)
    drop_reader(settings, "thong_ke", by="test")

    written = talkative.read_bytes()[begin:].decode("utf-8", "replace")
    assert 'alter role "loader" login password' in written
    assert 'create role "thong_ke" login password' in written
    told = {name for name, secret in secrets.items() if secret in written}
    assert not told
