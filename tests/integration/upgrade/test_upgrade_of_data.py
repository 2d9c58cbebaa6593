"""`warehouse upgrade`: data of an older version become those of this one, and it can be killed."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from claim_files import write
from claim_ledger import PAPERS, Dossier, Ledger
from health_warehouse.database.connections import OWNER, dispose_engines, dsn, engine
from health_warehouse.database.reader_removal import drop_reader
from health_warehouse.database.readers import create_reader, find_reader
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import load_deliveries
from health_warehouse.privacy.scopes import grant_scope
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.release.rollback import rollback
from health_warehouse.settings import Settings
from health_warehouse.upgrade.plan import plan
from health_warehouse.upgrade.run import upgrade
from warehouses import Cluster, new_warehouse

_CONTENT = "select md5(string_agg(t::text, chr(10) order by t::text)) from {} as t"
_TABLES = ("marts.fct_encounters", "closed.fct_encounters", "marts.rpt_facility_months")
_processes = multiprocessing.get_context("fork")


@pytest.fixture
def old(cluster: Cluster, tmp_path: Path) -> Iterator[Settings]:
    """Data as an older version left them: no keys, marts of another shape."""
    with new_warehouse(cluster, tmp_path / "state") as settings:
        ledger = Ledger(settings)
        ledger.deliver(
            "96001",
            Dossier("a", "A", papers=PAPERS),
            *(Dossier(f"b{n}", f"B{n}") for n in range(50)),
        )
        built = build(settings)
        audit(settings, built.build_id)
        publish(settings)
        create_reader(settings, "hospital")
        grant_scope(settings, "hospital", "Lan", facility_id="96001")
        age(settings)
        yield settings
        drop_reader(settings, "hospital", "Lan")


def age(settings: Settings) -> None:
    with engine(settings, OWNER).begin() as connection:
        for statement in (
            "update ops.document_versions_claims set local_person_key = null,"
            " document_key = cast(md5(sender_id || ' ' || document_name) as uuid)",
            "update ops.current_documents_claims as c set document_key = v.document_key"
            " from ops.document_versions_claims as v"
            " where (v.file_id, v.position) = (c.file_id, c.position)",
            "update ops.document_changes as c set document_key = v.document_key"
            " from ops.document_versions_claims as v"
            " where (v.file_id, v.position) = (c.new_file_id, c.new_position)",
            "insert into ops.rekeyings (kind) values ('upgrade')",
            "insert into ops.upgrades (name) values ('closed store and keys')",
            "grant facility_reader to hospital",
        ):
            connection.execute(text(statement))
    with engine(settings, "publisher").begin() as connection:
        connection.execute(
            text("drop view hiv.fct_births, facility.fct_births, facility_hiv.fct_births")
        )
        connection.execute(text("drop table closed.fct_births"))
        connection.execute(text("alter table marts.fct_encounters add column dossier_id text"))


def content(settings: Settings) -> list[str]:
    with engine(settings, "publisher").connect() as connection:
        return [connection.execute(text(_CONTENT.format(name))).scalar_one() for name in _TABLES]


def test_until_the_upgrade_nothing_is_loaded_or_built(old: Settings, tmp_path: Path) -> None:
    assert plan(old).upgrades == ["closed store and keys"]
    assert plan(old).dossiers_without_key == 51
    with pytest.raises(ConfigurationError, match="warehouse upgrade"):
        build(old)
    with pytest.raises(ConfigurationError, match="warehouse upgrade"):
        load_deliveries(old, list_new(old, [str(write(tmp_path, "a.xml", b"<GIAMDINHHS/>"))]))


def test_an_upgrade_gives_the_marts_of_this_version(old: Settings) -> None:
    said: list[str] = []
    release = upgrade(old, said.append)
    assert release is not None
    assert any(line.startswith("readers are shut") for line in said)
    assert plan(old).upgrades == []
    with engine(old, "bi_reader").connect() as connection:
        seen = connection.execute(text("select count(*) from marts.fct_encounters")).scalar_one()
        assert seen == 50
    with engine(old, "hiv_reader").connect() as connection:
        births = connection.execute(text("select count(*) from hiv.fct_births")).scalar_one()
        assert births == 2
    assert find_reader(old, "hospital").group == "facility_reader"
    with psycopg.connect(dsn(old, "hospital")) as reader:
        assert reader.execute("select count(*) from facility.fct_encounters").fetchone() == (50,)
    with pytest.raises(ConfigurationError, match="no roll-back leads across it"):
        rollback(old, "tried", "Lan")
    assert upgrade(old, said.append) is None, "a second time there is nothing to do"


def test_views_of_others_stop_an_upgrade_before_anything_changes(old: Settings) -> None:
    with engine(old, OWNER).begin() as connection:
        connection.execute(text("create schema shared"))
        connection.execute(text("grant create, usage on schema shared to bi_reader"))
    with engine(old, "bi_reader").begin() as connection:
        connection.execute(text("create view shared.v as select * from marts.dim_dates"))
    dispose_engines()
    with pytest.raises(ConfigurationError, match=r"shared\.v.*--drop-views"):
        upgrade(old, print)
    with psycopg.connect(dsn(old, "bi_reader")) as reader:
        assert reader.execute("select count(*) > 0 from shared.v").fetchone() == (True,)
    dispose_engines()
    assert upgrade(old, lambda _line: None, drop_views=True) is not None


def test_an_upgrade_that_is_killed_goes_on_where_it_was(old: Settings) -> None:
    moments = random.Random(5)
    started = time.monotonic()
    for _ in range(4):
        dispose_engines()
        child = _processes.Process(target=upgrade, args=(old, lambda _line: None))
        child.start()
        child.join(moments.uniform(0.2, 12))
        child.kill()
        child.join()
    upgrade(old, lambda _line: None)
    assert plan(old).upgrades == []
    upgraded = content(old)
    assert all(upgraded)
    built = build(old, full=True)
    audit(old, built.build_id)
    publish(old)
    assert content(old) == upgraded
    with psycopg.connect(dsn(old, "bi_reader")) as reader:
        assert reader.execute("select count(*) from marts.fct_encounters").fetchone() == (50,)
    assert time.monotonic() - started < 500
