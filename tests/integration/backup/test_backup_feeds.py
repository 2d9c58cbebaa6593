"""A warehouse with feeds of its own is saved, lost, and comes back as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from saved import content, silent

from feed_steps import PERSONS, STAFF, deliver_rows, listed, province, staff, states
from health_warehouse.backup.restore import restore
from health_warehouse.backup.take import backup
from health_warehouse.database.connections import OWNER, dispose_engines, role_url
from health_warehouse.settings import Settings
from warehouses import Cluster, new_warehouse

JULY = datetime(2026, 7, 3, 3, tzinfo=UTC)


def test_feeds_come_back_and_go_on(cluster: Cluster, tmp_path: Path) -> None:
    with new_warehouse(cluster, tmp_path / "state") as first:
        lost = province(first, STAFF, PERSONS)
        deliver_rows(lost, "96001/staff.jsonl", [*staff("A", "B"), "{"])
        deliver_rows(lost, "96001/doses.jsonl", [{"dose_no": "1", "citizen": "001085000001"}])
        was, stood, counted = content(lost), states(lost), listed(lost)
        backup(lost, tmp_path / "kept", silent)
        lose(cluster, lost)
        settings = Settings(
            state=tmp_path / "again", dsn=lost.dsn, inbox_quiet_seconds=0, feeds=lost.feeds
        )
        restore(settings, tmp_path / "kept", silent)
        came_back = content(settings)
        for name in was:
            if name.startswith(
                ("raw.", "vault.", "quarantine.", "ops.document", "ops.current_doc")
            ):
                assert came_back[name] == was[name], name
        assert (states(settings), listed(settings)) == (stood, counted)
        deliver_rows(settings, "96001/staff2.jsonl", staff("A", "B", "C"), JULY)
        assert listed(settings)["96001/2026-07-31"] == ["A", "B", "C"]


def lose(cluster: Cluster, settings: Settings) -> None:
    database = sql.Identifier(str(role_url(settings, OWNER).database))
    dispose_engines()
    with psycopg.connect(cluster.server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(database))
        connection.execute(sql.SQL("create database {} owner wh_owner").format(database))
