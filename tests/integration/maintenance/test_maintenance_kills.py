"""Maintenance killed (-9) at random instants: the next run leaves what an undisturbed one does."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from upkeep import NOON, age, archived, keeping, maintain_bit_by_bit, note_release

from claim_files import claim_file, dossier
from health_warehouse.landing.ledger import entries
from health_warehouse.settings import Settings
from landing_steps import deliver, judge, load_all, query
from victims import finishes, kill_after, start
from warehouses import Cluster, new_warehouse

_STATES = (
    "select archive_state, count(*) from ops.files group by 1 order by 1",
    "select facility_id, dossier_id, has_rows, count(*) from ops.dossier_versions"
    " group by 1, 2, 3 order by 1, 2, 3",
    "select ma_lk, ghi_chu from raw.claims_xml1 order by 1, 2",
    "select ma_lk, count(*) from raw.claims_xml2 group by 1 order by 1",
)


def _aged(settings: Settings) -> Settings:
    """Each of 30 files takes a dossier from the one before; only a few of them count any more."""
    for number in range(30):
        name = f"{number:02d}.xml"
        content = claim_file([dossier(f"A{one % 7}", GHI_CHU=name) for one in (number, number + 1)])
        deliver(settings, name, content, NOON + timedelta(hours=number))
    load_all(settings)
    judge(settings)
    note_release(settings)
    age(settings)
    return keeping(settings, archive=1, superseded=1)


def _left(settings: Settings) -> list[Any]:
    ledger = entries(settings)
    return [ledger, archived(settings), *(query(settings, one) for one in _STATES)]


@pytest.fixture(scope="module")
def undisturbed(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Any], float]:
    """What a run leaves, and the seconds that it takes."""
    with new_warehouse(cluster, tmp_path_factory.mktemp("calm") / "state") as settings:
        aged = _aged(settings)
        before = _left(aged)
        assert finishes(start(entries, aged), 300), "what forks the processes has started"
        started = time.monotonic()
        assert finishes(start(maintain_bit_by_bit, aged), 300)
        seconds = time.monotonic() - started
        left = _left(aged)
    assert left[0] == before[0], "of the ledger nothing goes"
    assert len(left[1]) < len(before[1]), "bytes of files went"
    assert len(left[4]) < len(before[4]), "and rows"
    return left, seconds


@pytest.mark.parametrize("rounds", [2, pytest.param(25, marks=pytest.mark.soak)])
@pytest.mark.timeout(1800)
def test_a_killed_run_is_finished_by_the_next(
    rounds: int, cluster: Cluster, undisturbed: tuple[list[Any], float], tmp_path: Path
) -> None:
    expected, seconds = undisturbed
    random = Random(5)
    hits = 0
    for number in range(rounds):
        with new_warehouse(cluster, tmp_path / f"state{number}") as settings:
            aged = _aged(settings)
            for _ in range(4):
                instant = random.uniform(0, seconds)
                hits += kill_after(start(maintain_bit_by_bit, aged), instant)
            assert finishes(start(maintain_bit_by_bit, aged), 300), "the next run ends it"
            assert _left(aged) == expected
            running = "select count(*) from ops.maintenance_steps where state = 'running'"
            assert query(aged, running) == [(0,)]
    assert hits >= rounds, "kills came while it ran, one in each round on average"
