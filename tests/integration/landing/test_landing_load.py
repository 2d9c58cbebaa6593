"""One file into raw, in one transaction, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from claim_files import FACILITY, claim_file, dossier, write
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing.archive import store
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.load import LoadResult, load
from health_warehouse.privacy.person_key import load_person_key
from health_warehouse.settings import Settings


def load_all(settings: Settings) -> list[LoadResult]:
    key = load_person_key(settings)
    return [load(settings, key, d, store(settings, d)) for d in list_new(settings)]


def query(settings: Settings, statement: str) -> list[tuple[Any, ...]]:
    with engine(settings, OWNER).connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_a_file_arrives_whole(settings: Settings) -> None:
    content = claim_file([dossier("A1", drugs=2, services=3), dossier("A2", drugs=0, nested=True)])
    write(settings.state / "inbox", "one.xml", content)
    assert [r.outcome for r in load_all(settings)] == ["loaded"]
    assert query(
        settings,
        "select facility_id, declared_date, declared_count, dossier_count, xml1_count, xml2_count,"
        " xml3_count, status, judged_at from ops.files",
    ) == [(FACILITY, "20260802", 2, 2, 2, 2, 4, "loaded", None)]
    assert query(settings, "select ma_lk, ho_ten from raw.claims_xml1 order by position") == [
        ("A1", "Nguyễn Thị Thử"),
        ("A2", "Nguyễn Thị Thử"),
    ]
    assert query(
        settings, "select position, line, stt from raw.claims_xml3 order by position, line"
    ) == [(1, 1, "1"), (1, 2, "2"), (1, 3, "3"), (2, 1, "1")]
    assert query(settings, "select kind from vault.person_identifiers order by kind, value") == [
        (kind,) for kind in ("birth", "card", "insurance_number", "local_id", "local_id", "name")
    ]
    assert list_new(settings) == []
