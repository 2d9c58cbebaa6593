"""Loader and judge of feeds of rows, killed (-9) at any instant: nothing lost, nothing twice."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feed_steps import PERSONS, STAFF, forget, province, put, rows_of, staff, states
from health_warehouse.landing.archive import store
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.landing.load import load
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.settings import Settings
from victims import finishes, kill_after, start

NOON = datetime(2026, 6, 10, 5, tzinfo=UTC)
_CONTENT = (
    "select f.sha256, v.position, v.partition_key, v.document_key, v.content_hash, v.verdict,"
    " v.standing from ops.document_versions as v join ops.files as f using (file_id)",
    "select f.sha256, c.position, c.partition_key, c.document_key from ops.current_documents as c"
    " join ops.files as f using (file_id)",
    "select f.sha256, r.position, r.staff_no from raw.staff as r"
    " join ops.files as f using (file_id)",
    "select f.sha256, r.position, r.dose_no, r._person_key from raw.doses as r"
    " join ops.files as f using (file_id)",
    "select f.sha256, p.partition_key, p.received_at, p.is_complete, p.document_count, p.standing"
    " from ops.delivery_partitions as p join ops.files as f using (file_id)",
    "select f.sha256, q.position, q.rule_id, q.field, q.reason from quarantine.findings as q"
    " join ops.files as f using (file_id)",
    "select f.sha256, o.position, o.content from quarantine.originals as o"
    " join ops.files as f using (file_id)",
    "select * from vault.person_identifiers",
    # what somebody knows who reads the log alone
    "select partition_key, document_key, count(new_file_id) - count(old_file_id)"
    " from ops.document_changes group by 1, 2",
)


def take_in_all(settings: Settings) -> None:
    ingest(settings, list_new(settings))


def load_only(settings: Settings) -> None:
    key = agreed_person_key(settings)
    for delivery in list_new(settings):
        load(settings, key, delivery, store(settings, delivery))


def nothing(settings: Settings) -> None:
    """Work of a first process, whose start takes as long as all imports."""
    assert settings.state


def content(settings: Settings) -> list[list[str]]:
    return [sorted(str(tuple(row)) for row in rows_of(settings, one)) for one in _CONTENT]


def fill_inbox(settings: Settings) -> None:
    for number in range(3):
        rows: list[Any] = [
            {"dose_no": f"{number % 2}-{n}", "citizen": f"00108500{n:04}", "vaccine": str(number)}
            for n in range(1500)
        ]
        put(settings, f"96001/doses{number}.jsonl", [*rows, "{"], NOON + timedelta(hours=number))
        names = [f"N{n}" for n in range(800 + number)]
        listed = staff(*names, title_code="??" if number == 1 else "BS")
        put(settings, f"96001/staff{number}.jsonl", listed, NOON + timedelta(hours=number))


def is_all_judged(settings: Settings) -> bool:
    [row] = rows_of(settings, "select count(*) as n from ops.files where judged_at is not null")
    return bool(row.n == 6)


def kill_loop(settings: Settings, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    fill_inbox(settings)
    assert finishes(start(nothing, settings), 120)
    begun = time.monotonic()
    assert finishes(start(take_in_all, settings), 300)
    seconds = time.monotonic() - begun
    wanted, stood = content(settings), states(settings)
    assert is_all_judged(settings)
    assert len(wanted[0]) == 1500 * 3 + 800 + 801 + 802
    interrupted = 0
    for _ in range(kills):
        if is_all_judged(settings):
            forget(settings)
        interrupted += kill_after(start(take_in_all, settings), chance.uniform(0, seconds))
    assert finishes(start(take_in_all, settings), 300)
    assert interrupted > kills // 4, "the kills came too late to mean anything"
    assert content(settings) == wanted
    assert states(settings) == stood


@pytest.fixture
def warehouse(settings: Settings) -> Settings:
    return province(settings, STAFF, PERSONS)


def test_killed_at_random_they_leave_no_trace(warehouse: Settings) -> None:
    kill_loop(warehouse, kills=8, seed=1)


@pytest.mark.soak
def test_killed_at_random_they_leave_no_trace_however_often(warehouse: Settings) -> None:
    kill_loop(warehouse, kills=150, seed=2)


def test_two_loaders_of_the_same_bytes_load_them_once(warehouse: Settings) -> None:
    fill_inbox(warehouse)
    both = [start(load_only, warehouse), start(load_only, warehouse)]
    assert {finishes(process, 120) for process in both} == {True}
    take_in_all(warehouse)
    together = content(warehouse)
    assert len(rows_of(warehouse, "select * from ops.file_receipts")) == 6
    forget(warehouse)
    take_in_all(warehouse)
    assert content(warehouse) == together


def test_two_judges_of_the_same_files_judge_them_once(warehouse: Settings) -> None:
    fill_inbox(warehouse)
    load_only(warehouse)
    both = [start(take_in_all, warehouse), start(take_in_all, warehouse)]
    assert {finishes(process, 300) for process in both} == {True}
    together = content(warehouse)
    assert is_all_judged(warehouse)
    forget(warehouse)
    take_in_all(warehouse)
    assert content(warehouse) == together
