"""Workers and the server killed (-9) at random instants of load, build and publish: the same marts.

A tenth of the kills in `make test`, all of them in `make soak`; the instants follow from a seed.
"""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from random import Random

import pytest
from deliveries import Sent, read_province
from marts_content import marts_content
from sqlalchemy import text
from victims import FINISHED, kill_after, run_in_child, wait_for

from health_warehouse.database.connections import OWNER, dispose_engines, engine
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.landing.ledger import entries
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build, pending_changes
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options
from warehouses import Cluster, new_cluster, new_warehouse

STATES = ("loaded", "quarantined", "duplicate", "superseded", "withdrawn")
"""Where a dossier that was received can be; their sum is all that was received."""
Kill = Callable[[Settings, Callable[[], object], float], None]


@pytest.fixture(scope="module")
def killed_province(tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    folder = tmp_path_factory.mktemp("province")
    generate(folder, Options(facilities=3, days=5, dossiers=70, seed=21, defects=0.1))
    return read_province(folder)


@pytest.fixture(scope="module")
def undisturbed(
    cluster: Cluster, killed_province: list[Sent], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str]]:
    # Children inherit these imports (15 s). The work itself is done in children only: a process
    # in which dbt or Great Expectations has run may hold threads, which a fork would lose.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("dbt.cli.main", "great_expectations"):
            import_module(name)
    with new_warehouse(cluster, tmp_path_factory.mktemp("calm") / "state") as settings:
        for batch in _halves(killed_province):
            _deliver(settings, batch)
            assert wait_for(run_in_child(lambda: _run(settings))) == FINISHED
        return marts_content(settings)


def _halves(sent: list[Sent]) -> tuple[list[Sent], list[Sent]]:
    return sent[: len(sent) // 2], sent[len(sent) // 2 :]


def _deliver(settings: Settings, sent: list[Sent]) -> None:
    for file in sent:
        file.put(settings.state / "inbox")


def _load(settings: Settings) -> None:
    ingest(settings, list_new(settings))


def _release(settings: Settings) -> None:
    if pending_changes(settings):
        built = build(settings)
        audit(settings, built.build_id)
        publish(settings, built.build_id)


def _run(settings: Settings) -> None:
    _load(settings)
    _release(settings)


def _kill_worker(settings: Settings, work: Callable[[], object], seconds: float) -> None:
    kill_after(run_in_child(work), seconds)


def _disturb(settings: Settings, sent: list[Sent], kills: int, random: Random, kill: Kill) -> None:
    """Both halves of the deliveries, with `kills` kills spread over load and release, then calm."""
    spans = {"load": 3.0, "release": 12.0}
    stages: dict[str, Callable[[Settings], None]] = {"load": _load, "release": _release}
    for number, batch in enumerate(_halves(sent)):
        _deliver(settings, batch)
        share = kills // 2 + (kills % 2 if number else 0)
        for attempt in range(share):
            stage = "load" if attempt * 2 < share else "release"
            kill(
                settings,
                lambda stage=stage: stages[stage](settings),
                random.uniform(0, spans[stage]),
            )  # type: ignore[misc]
        started = time.monotonic()
        child = run_in_child(lambda: _run(settings))
        assert wait_for(child) == FINISHED, "the next run must finish the work without a person"
        spans["release"] = max(3.0, time.monotonic() - started)


def _assert_conserved(settings: Settings) -> None:
    ledger = entries(settings)
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
    kills: int, settings: Settings, killed_province: list[Sent], undisturbed: dict[str, list[str]]
) -> None:
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
    def kill_server(settings: Settings, work: Callable[[], object], seconds: float) -> None:
        child = run_in_child(work)
        time.sleep(seconds)  # the instant is the point; nothing is waited for
        pid = own_cluster.server.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_for(child)
        dispose_engines()
        own_cluster.server.start()

    with new_warehouse(own_cluster, tmp_path / "state") as settings:
        _disturb(settings, killed_province, kills, Random(8), kill_server)
        assert marts_content(settings) == undisturbed
        _assert_conserved(settings)
