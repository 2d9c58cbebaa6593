"""Findings, as marts, are a function of what was delivered, in any order and any batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from deliveries import Sent, batches
from sqlalchemy import text

from build_steps import note_published
from claim_files import check_in_file, claim_file
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.release.build import build
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.schema import CHECK_INS
from standard_dossiers import StandardDossier, discharge_paper, dossier, record_summary
from warehouses import Cluster, new_warehouse

ORDERS = [
    order if order % 50 == 0 else pytest.param(order, marks=pytest.mark.soak)
    for order in range(100)
]
_NOON = datetime(2026, 9, 1, 5, tzinfo=UTC)
_PERSON = (
    "MA_BN", "HO_TEN", "SO_CCCD", "NGAY_SINH", "GIOI_TINH", "MA_THE_BHYT", "MA_DKBD", "GT_THE_TU",
    "GT_THE_DEN",
)  # fmt: skip
_FINDINGS = text(
    """
    select f.sha256, a.part, a.position, a.line, a.table_name, a.field, a.facility_id, a.dossier_id,
        a.rule_id, a.severity, a.reason
    from quarantine.all_findings as a
    inner join ops.files as f using (file_id)
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
class World:
    """Files as they are sent, and when each was first seen."""

    files: Sequence[Sent]
    seen_at: dict[str, datetime]


def _stay(random: Random, facility: str) -> StandardDossier:
    """A stay of one of three persons on one of three days, under one of few keys."""
    care = random.choice(["01", "01", "03"])
    made = dossier(random.choice([1, 2, 3]), care)
    patient = dossier(random.choice([11, 12, 13]), care).header
    made.header.update({name: patient[name] for name in _PERSON})
    changes = {"MA_LK": random.choice(["A", "B", "C", "D", "E"]), "MA_CSKCB": facility}
    if random.random() < 0.15:
        changes["KET_QUA_DTRI"] = "5"
    if random.random() < 0.1:
        changes["MA_DOITUONG_KCB"] = "8"
    if random.random() < 0.15:
        changes["CAN_NANG"] = "5000"  # a finding of the door
    made.header.update(changes)
    for rows in made.tables.values():
        for row in rows:
            row["MA_LK"] = changes["MA_LK"]
    if care == "03":
        made.tables["XML7"][0].update(discharge_paper(made.header))
        made.tables["XML8"][0].update(record_summary(made.header))
    return made


def _check_in(stay: StandardDossier) -> dict[str, str]:
    names = [f.name for f in CHECK_INS.fields]
    return {name: stay.header.get(name, "").split(";")[0] for name in names} | {
        "MA_DICH_VU": "02.1896",
        "TEN_DICH_VU": "Khám Nội",
        "NGAY_YL": stay.header["NGAY_VAO"],
    }


def _world(seed: int) -> World:
    random = Random(seed)
    files: list[Sent] = []
    seen_at: dict[str, datetime] = {}
    for number in range(12):
        facility = random.choice(["96001", "96001", "96002"])
        stays = [_stay(random, facility) for _ in range(random.randint(1, 2))]
        if number % 4 == 3:
            content = check_in_file(map(_check_in, stays))
        else:
            content = claim_file([stay.xml() for stay in stays], facility, "20260901")
        received = _NOON + timedelta(hours=random.randint(0, 6), minutes=number)
        name = f"{number}.xml"
        files.append(Sent(name, content, int(received.timestamp()) * 10**9))
        seen_at[name] = _NOON + timedelta(days=1, hours=random.randint(0, 6))
    return World(files, seen_at)


@pytest.fixture(scope="session")
def reused(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with new_warehouse(cluster, tmp_path_factory.mktemp("findings") / "state") as settings:
        yield settings


def _outcome(
    settings: Settings, world: World, sent: Sequence[Sequence[Sent]], folder: Path
) -> list[str]:
    """Load and build batch by batch, in a warehouse that is empty; what is found in the end."""
    with engine(settings, OWNER).begin() as connection:
        filled = connection.execute(_FILLED).scalars().all()
        connection.execute(text(f"truncate {', '.join(filled)}"))
    for number, batch in enumerate(sent):
        inbox = folder / str(number)
        inbox.mkdir(parents=True)
        paths = [str(file.put(inbox)) for file in batch]
        listed = [
            replace(one, seen_at=world.seen_at[one.file_name]) for one in list_new(settings, paths)
        ]
        listed.sort(key=lambda one: paths.index(one.path))
        ingest(settings, listed)
        note_published(settings, build(settings))
    with engine(settings, OWNER).connect() as connection:
        return sorted(map(repr, map(tuple, connection.execute(_FINDINGS))))


_NATURAL: dict[int, list[str]] = {}


@pytest.mark.parametrize("order", ORDERS)
def test_findings_are_the_same_in_any_order(order: int, reused: Settings, tmp_path: Path) -> None:
    """Ten worlds, ten orders each, built after each of one to four batches."""
    seed = order // 10
    world = _world(seed)
    if seed not in _NATURAL:
        by_receipt = sorted(world.files, key=lambda file: file.received_ns)
        _NATURAL[seed] = _outcome(reused, world, [by_receipt], tmp_path / "natural")
    random = Random(order)
    shuffled = list(world.files)
    random.shuffle(shuffled)
    shuffled += random.sample(shuffled, k=1)
    cut = batches(shuffled, random, most=4)
    # a file is there once; sent again in the same batch it is the same file
    sent = [list({file.name: file for file in batch}.values()) for batch in cut]
    assert _outcome(reused, world, sent, tmp_path / "shuffled") == _NATURAL[seed]
    assert any("V0" in row for row in _NATURAL[seed])
