"""Loaders killed at random instants: nothing lost, nothing twice, no person needed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from claim_files import claim_file, dossier, write
from health_warehouse.database import connections
from health_warehouse.settings import Settings
from landing_steps import deliver, empty, load_all, query

# every row without its file id, in one hash per table
CONTENT = """
select
    (select md5(string_agg(r::text, '|' order by r::text)) from (
        select f.sha256, x.position, x.ma_lk, x._person_key
        from raw.claims_xml1 as x left join ops.files as f using (file_id)) as r),
    (select md5(string_agg(r::text, '|' order by r::text)) from (
        select f.sha256, x.position, x.line, x.stt, x.so_luong
        from raw.claims_xml2 as x left join ops.files as f using (file_id)) as r),
    (select md5(string_agg(r::text, '|' order by r::text)) from (
        select f.sha256, v.position, v.dossier_id, v.line_count
        from ops.dossier_versions as v left join ops.files as f using (file_id)) as r),
    (select md5(string_agg(r::text, '|' order by r::text)) from vault.person_identifiers as r),
    (select count(*) from raw.claims_xml2),
    (select count(*) from ops.files),
    (select count(*) from ops.file_receipts)
"""


def fork_loader(settings: Settings) -> int:
    """A loader process at work, with connections of its own; its process id."""
    connections.dispose_engines()
    child = os.fork()
    if child:
        return child
    try:
        load_all(settings)
    finally:
        os._exit(0)  # not through pytest, which this process is a copy of


def kill_loop(settings: Settings, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(3):
        body = [dossier(f"A{number}-{n}", drugs=8, services=1) for n in range(250)]
        deliver(settings, f"{number}.xml", claim_file(body))
    started = time.monotonic()
    load_all(settings)
    seconds = time.monotonic() - started
    wanted = query(settings, CONTENT)
    assert wanted[0][-3:] == (6000, 3, 3)
    interrupted = 0
    for _ in range(kills):
        if query(settings, "select count(*) from ops.files")[0][0] == 3:
            empty(settings)
        child = fork_loader(settings)
        time.sleep(chance.uniform(0, seconds))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        interrupted += os.WIFSIGNALED(status)
    load_all(settings)
    assert interrupted > kills // 4, "the kills came too late to mean anything"
    assert query(settings, CONTENT) == wanted
    assert len(list((settings.state / "archive").rglob("*.xml"))) >= 3


def test_loaders_killed_at_random_leave_no_trace(settings: Settings) -> None:
    kill_loop(settings, kills=12, seed=1)


@pytest.mark.soak
def test_loaders_killed_a_hundred_times_leave_no_trace(settings: Settings) -> None:
    kill_loop(settings, kills=120, seed=2)


def test_an_orphan_and_its_retry_have_one_effect(settings: Settings) -> None:
    deliver(settings, "one.xml", claim_file([dossier(f"A{n}", drugs=20) for n in range(200)]))
    children = [fork_loader(settings) for _ in range(3)]
    for child in children:
        os.waitpid(child, 0)
    assert query(settings, CONTENT)[0][-3:] == (4000, 1, 1)


MEASURE = """
import re, sys
from pathlib import Path
from health_warehouse.landing.load import load
from health_warehouse.landing.archive import store
from health_warehouse.landing.inbox import list_new
from health_warehouse.settings import get_settings
settings = get_settings()
(delivery,) = list_new(settings)
def peak():  # not ru_maxrss: a child inherits that from pytest
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
before = peak()
result = load(settings, bytes(32), delivery, store(settings, delivery))
sys.stdout.write(f"{result.outcome} {result.dossier_count} {(peak() - before) // 1024}")
"""


def test_memory_does_not_grow_with_the_file(settings: Settings) -> None:
    one = dossier("A1", drugs=20, services=20, GHI_CHU="x" * 60_000)
    count = 150_000_000 // len(one)
    path = settings.state / "inbox" / "big.xml"
    write_big(path, one, count)
    assert path.stat().st_size > 140_000_000
    assert settings.dsn is not None
    environment = {
        "WAREHOUSE_STATE": str(settings.state),
        "WAREHOUSE_DSN": settings.dsn.get_secret_value(),
        "WAREHOUSE_INBOX_QUIET_SECONDS": "0",
    }
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    outcome, dossiers, mebibytes = done.stdout.split()
    assert (outcome, int(dossiers)) == ("loaded", count)
    assert int(mebibytes) < 80  # 37 when measured


def write_big(path: Path, one: str, count: int) -> None:
    whole = claim_file([one])
    head, tail = whole.split(one.encode())
    write(path.parent, path.name, head)
    with path.open("ab") as file:
        for _ in range(count):
            file.write(one.encode())
        file.write(tail)
