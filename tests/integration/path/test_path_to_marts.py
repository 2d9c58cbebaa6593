"""Twelve orders of the deliveries, each taken to the published marts: every row the same."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from deliveries import Sent, batches, read_province, rearrange
from marts_content import marts_content
from path_work import release

from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.landing.ledger import entries
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options
from warehouses import Cluster, new_warehouse

ORDERS = 12


def _send(settings: Settings, sent: list[Sent], folder: Path) -> None:
    folder.mkdir()
    ingest(settings, list_new(settings, [str(file.put(folder)) for file in sent]))


@pytest.fixture(scope="session")
def province_to_marts(tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    folder = tmp_path_factory.mktemp("province")
    generate(folder, Options(facilities=3, days=5, dossiers=70, seed=21, defects=0.1))
    return read_province(folder)


@pytest.fixture(scope="session")
def natural_marts(
    cluster: Cluster, province_to_marts: list[Sent], tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, list[str]], frozenset[str]]:
    """The marts of the natural order, and the names of the files that loaded."""
    folder = tmp_path_factory.mktemp("natural")
    with new_warehouse(cluster, folder / "state") as settings:
        _send(settings, province_to_marts, folder / "sent")
        release(settings)
        loaded = frozenset(
            e["file"] for e in entries(settings, with_names=True) if e["status"] == "loaded"
        )
        return marts_content(settings), loaded


@pytest.mark.parametrize("order", range(ORDERS))
def test_marts_are_the_same_in_any_order(
    order: int,
    released: Settings,
    province_to_marts: list[Sent],
    natural_marts: tuple[dict[str, list[str]], frozenset[str]],
    tmp_path: Path,
) -> None:
    """The natural order is one full build. These are increments, one or (every sixth) two."""
    expected, loaded = natural_marts
    random = Random(1000 + order)
    sent = rearrange(province_to_marts, loaded, random)
    releases = 2 if order % 6 == 0 else 1
    cut = batches(sent, random, most=2)
    for number, batch in enumerate(cut):
        _send(released, batch, tmp_path / str(number))
        if releases == 2 or number == len(cut) - 1:
            release(released)
    content = marts_content(released)
    assert {mart: len(rows) for mart, rows in content.items()} == {
        mart: len(rows) for mart, rows in expected.items()
    }
    assert content == expected
    assert len(expected["marts.fct_encounters"]) > 20, "there is something to compare"
