"""The cost of an increment follows the change: nothing in its build and in its audit reads history
from end to end."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from benchmarks.history import History, vacuum
from build_steps import note_published
from claim_ledger import Dossier, Ledger
from health_warehouse.database.connections import OWNER, dispose_engines, engine
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.settings import Settings

_HISTORY = (
    "candidate.bridge_encounters_diagnoses",
    "candidate.fct_appointments",
    "candidate.fct_claim_lines",
    "candidate.fct_diagnostic_results",
    "candidate.fct_encounters",
    "candidate.fct_transfers",
    "intermediate.int_claims__current_versions",
    "raw.claims_xml1",
    "raw.claims_xml2",
    "raw.claims_xml3",
    "raw.claims_xml4",
    "raw.claims_xml13",
    "raw.claims_xml14",
    "ops.dossier_versions",
)


@pytest.fixture
def history(settings: Settings) -> Settings:
    """A published history, with the statistics that autovacuum gives it."""
    past = History(dossiers=4_000, lines=12, transfer_every=1)
    past.deliver_all(settings)
    note_published(settings, build(settings))
    vacuum(settings)
    dispose_engines()  # a session tells what it scanned when it ends, or with a later transaction
    return settings


def _rows_scanned(settings: Settings) -> dict[str, int]:
    """Rows read by sequential scans so far, per relation of the history."""
    with engine(settings, OWNER).connect() as connection:
        connection.execute(text("select pg_stat_force_next_flush(), pg_stat_clear_snapshot()"))
        rows = connection.execute(
            text(
                "select schemaname || '.' || relname as relation, seq_tup_read"
                " from pg_stat_user_tables"
                " where schemaname || '.' || relname = any (:names)"
            ),
            {"names": list(_HISTORY)},
        )
        return {row.relation: row.seq_tup_read for row in rows}


def test_an_increment_scans_no_history(history: Settings) -> None:
    ledger = Ledger(history)
    ledger.deliver("0101", Dossier("d1", drugs=[{}] * 3), Dossier("new"))
    ledger.deliver("0101", Dossier("d2", is_withdrawal=True))
    before = _rows_scanned(history)
    assert set(before) == set(_HISTORY)

    increment = build(history)

    assert not increment.is_full
    built = _rows_scanned(history)
    assert {name: built[name] - before[name] for name in _HISTORY} == dict.fromkeys(_HISTORY, 0)

    audit(history, increment.build_id)

    audited = _rows_scanned(history)
    assert {name: audited[name] - built[name] for name in _HISTORY} == dict.fromkeys(_HISTORY, 0)
