"""Versions of claims as an older version kept them move among the documents, and lose nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from claim_files import claim_file, dossier
from health_warehouse.database import former_dossiers
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings
from health_warehouse.upgrade.dossiers import move_dossiers
from health_warehouse.upgrade.plan import plan
from health_warehouse.upgrade.run import upgrade
from landing_steps import deliver, judge, load_all, query
from victims import finishes, kill_after, start
from warehouses import Cluster, new_warehouse

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
_SOMEBODY_ELSE = {
    "MA_BN": "BN-2", "HO_TEN": "Lê Thị Ba", "NGAY_SINH": "199001010000", "SO_CCCD": "096190000222",
    "MA_THE_BHYT": "HN2969600033344", "NGAY_VAO": "202501010800", "NGAY_RA": "202501011000",
}  # fmt: skip
_DUMPS = (
    "select * from ops.document_versions_claims order by file_id, position",
    "select * from ops.current_documents_claims order by file_id, position",
    "select * from ops.document_changes order by change_id",
    "select * from ops.log_end",
    "select receipt_number, file_id, dossiers_loaded, dossiers_quarantined, dossiers_superseded,"
    " dossiers_withdrawn, dossiers_pending, lines_loaded, lines_quarantined, lines_superseded"
    " from ops.ledger order by file_id, receipt_number",
)
# The tables of the version before, filled with what this one has.
_AS_BEFORE = (
    "create table ops.former_dossier_versions as select file_id, position, facility_id, dossier_id,"
    " is_withdrawal, line_count, verdict, has_rows, encounter_key, local_person_key,"
    " identifier_hashes, care_days, case when standing = 'pending' then 'pending'"
    " when verdict = 'accepted' and standing = 'quarantined' then 'refused' else 'open' end"
    " as standing from ops.dossier_versions",
    "create index on ops.former_dossier_versions (file_id, position)",
    "create table ops.former_current_dossiers as select * from ops.current_dossiers",
    "create index on ops.former_current_dossiers (file_id, position)",
    "create table ops.former_dossier_changes as select * from ops.dossier_changes",
    "truncate ops.document_versions_claims, ops.current_documents_claims",
    "delete from ops.document_changes where feed = 'claims'",
    f"insert into ops.upgrades (name) values ('{former_dossiers.NAME}')",
)


def fill(settings: Settings) -> None:
    """Versions that count, were replaced, withdrawn, held, quarantined, not judged."""
    for number in range(4):
        body = [dossier(f"A{n}", GHI_CHU=str(number)) for n in range(number, number + 3)]
        if number == 2:
            body.append(dossier("A1", MA_DOITUONG_KCB="8"))
            body.append(dossier("B1", HO_TEN="BAD"))
        if number == 3:
            body.append(dossier("A2", **_SOMEBODY_ELSE))
        deliver(settings, f"{number}.xml", claim_file(body), NOON + timedelta(hours=number))
        load_all(settings)
        judge(settings)
    deliver(settings, "late.xml", claim_file([dossier("A0"), dossier("L1")]))
    load_all(settings)


def dump(settings: Settings) -> list[list[tuple[Any, ...]]]:
    return [query(settings, statement) for statement in _DUMPS]


def as_before(settings: Settings) -> None:
    with engine(settings, OWNER).begin() as connection:
        for statement in _AS_BEFORE:
            connection.execute(text(statement))


def move_bit_by_bit(settings: Settings) -> None:
    move_dossiers(settings, lambda _line: None, batch_rows=1)


def nothing(settings: Settings) -> None:
    """Work of a first process, whose start takes as long as all imports."""
    assert settings.state


def test_what_is_moved_is_what_was_there(settings: Settings) -> None:
    fill(settings)
    expected = dump(settings)
    standings = {row[0] for row in query(settings, "select standing from ops.dossier_versions")}
    assert standings == {"loaded", "superseded", "withdrawn", "pending", "quarantined", None}
    as_before(settings)
    assert dump(settings) != expected
    due = plan(settings)
    assert (due.upgrades, due.dossiers_without_key) == ([former_dossiers.NAME], 0)

    said: list[str] = []
    assert upgrade(settings, said.append) is None, "no mart is made anew"

    assert dump(settings) == expected
    assert plan(settings).upgrades == []
    assert query(settings, "select to_regclass('ops.former_dossier_versions')") == [(None,)]
    assert judge(settings) == 2, "work goes on: A0 is replaced, L1 is new"
    [(log_end,)] = query(settings, "select change_id from ops.log_end")
    assert log_end > expected[3][0][0], "numbers of the log go on"


def test_what_differs_is_told_and_nothing_is_dropped(settings: Settings) -> None:
    fill(settings)
    as_before(settings)
    with engine(settings, OWNER).begin() as connection:
        while former_dossiers.move(connection) is not None:
            pass
        connection.execute(
            text(
                "update ops.document_versions_claims set line_count = line_count + 1"
                " where (file_id, position) = (1, 1)"
            )
        )

    with pytest.raises(ConfigurationError, match="1 versions were not moved as they were"):
        move_dossiers(settings, print)

    assert query(settings, "select count(*) > 0 from ops.former_dossier_versions") == [(True,)]


@pytest.mark.timeout(900)
def test_a_killed_move_is_finished_by_the_next(cluster: Cluster, tmp_path: Path) -> None:
    assert finishes(start(nothing, Settings(state=tmp_path)), 300), "what forks has started"
    random = Random(4)
    with new_warehouse(cluster, tmp_path / "state") as settings:
        fill(settings)
        expected = dump(settings)
        as_before(settings)
        hits = sum(
            kill_after(start(move_bit_by_bit, settings), random.uniform(0, 0.5)) for _ in range(6)
        )
        assert hits, "a kill came while it ran"
        assert finishes(start(move_bit_by_bit, settings), 300), "the next run ends it"
        assert dump(settings) == expected
        assert not plan(settings).dossiers_without_key
