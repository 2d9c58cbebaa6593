"""Workers and the server killed (-9) at random instants of load, build and publish: the same marts.

A tenth of the kills in `make test`, all of them in `make soak`; the instants follow from a seed.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from deliveries import Sent, read_province
from marts_content import marts_content
from path_work import load, release, run
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, dispose_engines, engine
from health_warehouse.landing.ledger import entries
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options
from victims import finishes, kill_after, start
from warehouses import Cluster, new_cluster, new_warehouse

STATES = ("loaded", "quarantined", "duplicate", "superseded", "withdrawn", "pending")
"""Where a dossier that was received can be; their sum is all that was received."""
Work = Callable[[Settings], None]
Kill = Callable[[Settings, Work, float], None]
PATIENCE_SECONDS = 300


@pytest.fixture(scope="module")
def killed_province(tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    folder = tmp_path_factory.mktemp("province")
    generate(folder, Options(facilities=3, days=5, dossiers=70, seed=21, defects=0.1))
    return read_province(folder)


@pytest.fixture(scope="module")
def undisturbed(
    cluster: Cluster, killed_province: list[Sent], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str]]:
    state = tmp_path_factory.mktemp("calm") / "state"
    with new_warehouse(cluster, state, is_released=True) as settings:
        for batch in _halves(killed_province):
            _deliver(settings, batch)
            run(settings)
        return marts_content(settings)


def _halves(sent: list[Sent]) -> tuple[list[Sent], list[Sent]]:
    return sent[: len(sent) // 2], sent[len(sent) // 2 :]


def _deliver(settings: Settings, sent: list[Sent]) -> None:
    for file in sent:
        file.put(settings.state / "inbox")


def _kill_worker(settings: Settings, work: Work, seconds: float) -> None:
    kill_after(start(work, settings), seconds)


def _disturb(settings: Settings, sent: list[Sent], kills: int, random: Random, kill: Kill) -> None:
    """Both halves of the deliveries, with `kills` kills spread over load and release, then calm."""
    span = {load: 3.0, release: 8.0}
    for number, batch in enumerate(_halves(sent)):
        _deliver(settings, batch)
        share = kills // 2 + (kills % 2 if number else 0)
        for attempt in range(share):
            work = load if attempt * 2 < share else release
            kill(settings, work, random.uniform(0, span[work]))
        started = time.monotonic()
        assert finishes(start(run, settings), PATIENCE_SECONDS), "the next run finishes the work"
        span[release] = max(3.0, time.monotonic() - started)


def _assert_conserved(settings: Settings) -> None:
    ledger = entries(settings, with_names=True)
    assert ledger
    for entry in ledger:
        counts = entry["dossiers"]
        assert counts["received"] == sum(counts[state] for state in STATES), entry["file"]
    with engine(settings, OWNER).connect() as connection:
        orphans = connection.execute(
            text(
                "select count(*) from raw.claims_xml2 l "
                "where not exists (select from ops.dossier_versions v "
                "where (v.file_id, v.position) = (l.file_id, l.position))"
            )
        ).scalar_one()
    assert orphans == 0


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.soak)])
@pytest.mark.timeout(3600)
def test_killed_workers_leave_the_same_marts(
    kills: int,
    cluster: Cluster,
    killed_province: list[Sent],
    undisturbed: dict[str, list[str]],
    tmp_path: Path,
) -> None:
    """Few kills meet increments, many a first build, too (as those of the server do)."""
    with new_warehouse(cluster, tmp_path / "state", is_released=kills < 100) as settings:
        _disturb(settings, killed_province, kills, Random(7), _kill_worker)
        assert marts_content(settings) == undisturbed
        _assert_conserved(settings)


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Cluster]:
    """A server of its own, for it will be killed."""
    with new_cluster() as own:
        yield own


@pytest.mark.parametrize("kills", [3, pytest.param(25, marks=pytest.mark.soak)])
@pytest.mark.timeout(3600)
def test_killed_server_leaves_the_same_marts(
    kills: int,
    own_cluster: Cluster,
    killed_province: list[Sent],
    undisturbed: dict[str, list[str]],
    tmp_path: Path,
) -> None:
    def kill_server(settings: Settings, work: Work, seconds: float) -> None:
        child = start(work, settings)
        time.sleep(seconds)  # the instant is the point; nothing is waited for
        pid = own_cluster.server.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        finishes(child, PATIENCE_SECONDS)  # it fails, or was done before
        dispose_engines()
        own_cluster.server.start()

    with new_warehouse(own_cluster, tmp_path / "state") as settings:
        _disturb(settings, killed_province, kills, Random(8), kill_server)
        assert marts_content(settings) == undisturbed
        _assert_conserved(settings)
