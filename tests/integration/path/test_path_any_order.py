"""The order, the splitting and the repetition of deliveries never matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from deliveries import Sent, batches, read_province, rearrange
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.landing.ledger import entries
from health_warehouse.settings import Settings
from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options
from warehouses import Cluster, new_warehouse

# All in `make soak`; a tenth in `make test`, where the ledger alone takes 200 orders of its own
# (tests/integration/landing/test_landing_versions.py).
ORDERS = [
    order if order % 10 == 0 else pytest.param(order, marks=pytest.mark.soak)
    for order in range(200)
]
_TABLES = [f"claims_xml{number}" for number in (*range(1, 12), 13, 14, 15)]
_ROWS = """
(select jsonb_agg(to_jsonb(r) - 'file_id' - 'position' order by to_jsonb(r)->'line')
    from raw.{table} as r where (r.file_id, r.position) = (c.file_id, c.position))
"""
# The content of every current dossier, without the file that happened to bring it.
_CURRENT = text(
    f"""
    select c.facility_id, c.dossier_id, c.is_withdrawal, md5(concat_ws('/',
        {", ".join(_ROWS.format(table=table) for table in _TABLES)}
    ))
    from ops.current_dossiers as c
    order by 1, 2
    """
)
_FILLED = text(
    """
    select format('%I.%I', schemaname, tablename)
    from pg_tables
    where schemaname in ('raw', 'ops', 'quarantine', 'vault')
        and tablename not in ('schema_version', 'publish_hold', 'feeds')
    """
)


@dataclass(frozen=True)
class Natural:
    current: list[tuple[object, ...]]
    loaded: frozenset[str]


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    folder = tmp_path_factory.mktemp("province")
    generate(folder, Options(facilities=2, days=3, dossiers=32, seed=174, defects=0.15))
    # without the check-ins, which have no dossiers
    return [sent for sent in read_province(folder) if not sent.name.endswith("_0.xml")]


def _send(settings: Settings, sent: list[Sent], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    paths = [str(file.put(folder)) for file in sent]
    ingest(settings, list_new(settings, paths))


def _current(settings: Settings) -> list[tuple[object, ...]]:
    with engine(settings, OWNER).connect() as connection:
        return [tuple(row) for row in connection.execute(_CURRENT)]


@pytest.fixture(scope="session")
def reused(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One warehouse for all orders: emptying its tables is much cheaper than a new database."""
    with new_warehouse(cluster, tmp_path_factory.mktemp("reused") / "state") as settings:
        yield settings


@pytest.fixture
def emptied(reused: Settings) -> Settings:
    with engine(reused, OWNER).begin() as connection:
        filled = connection.execute(_FILLED).scalars().all()
        assert len(filled) > 10
        connection.execute(text(f"truncate {', '.join(filled)}"))
    return reused


@pytest.fixture(scope="session")
def natural(
    cluster: Cluster, province: list[Sent], tmp_path_factory: pytest.TempPathFactory
) -> Natural:
    """What the deliveries come to in their natural order."""
    folder = tmp_path_factory.mktemp("natural")
    with new_warehouse(cluster, folder / "state") as settings:
        _send(settings, province, folder / "sent")
        loaded = frozenset(
            e["file"] for e in entries(settings, with_names=True) if e["status"] == "loaded"
        )
        return Natural(_current(settings), loaded)


def test_the_province_has_what_can_go_wrong(natural: Natural, province: list[Sent]) -> None:
    assert len(natural.current) > 20
    assert any(is_withdrawal for _, _, is_withdrawal, _ in natural.current)
    assert 5 < len(natural.loaded) < len(province)


@pytest.mark.parametrize("order", ORDERS)
def test_current_dossiers_are_the_same_in_any_order(
    order: int, emptied: Settings, natural: Natural, province: list[Sent], tmp_path: Path
) -> None:
    random = Random(order)
    sent = rearrange(province, natural.loaded, random)
    # Most in one run of ingestion, for its checks cost most of a test; every fourth in several.
    cut = batches(sent, random, most=1 if order % 4 else 3)
    for number, batch in enumerate(cut):
        _send(emptied, batch, tmp_path / str(number))
    assert _current(emptied) == natural.current
