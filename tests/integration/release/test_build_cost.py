"""The cost of an increment follows the change: nothing in its build and in its audit reads history
from end to end."""

from __future__ import annotations

from collections.abc import Sequence

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
    "ops.document_versions_claims",
)


_OF_CHECK_INS = (
    "candidate.fct_claim_lines",
    "candidate.fct_waiting_times",
    "intermediate.int_check_ins__current_check_ins",
    "ops.current_documents_check_ins",
    "ops.document_versions_check_ins",
    "raw.check_ins",
    "raw.claims_xml2",
    "raw.claims_xml3",
)
_FILE_OF_CHECK_INS = text(
    """
    insert into ops.files (sha256, byte_count, received_at, file_name, status, judged_at, kind)
    values (repeat('0', 64), 1, now(), 'check_ins.xml', 'loaded', now(), 'check_ins')
    """
)
_CHECK_INS = tuple(
    f"""
    insert into {table} ({columns})
    select {values}
    from (
        select row_number() over (order by encounter_key) as place, encounter_key, facility_id
        from ops.dossier_versions
    ) as visit
    cross join (select max(file_id) as file from ops.files) as files
    """
    for table, columns, values in (
        (
            "raw.check_ins",
            "file_id, position, ma_cskcb, ngay_vao, ten_dich_vu, _person_key",
            "file, place, facility_id, '202401010800', 'Khám Nội', encounter_key",
        ),
        (
            "ops.document_versions",
            "feed, file_id, position, partition_key, sender_id, document_key, content_hash,"
            " refers_to_key, verdict, standing",
            "'check_ins', file, place, '', facility_id, encounter_key, encounter_key,"
            " encounter_key, 'accepted', 'loaded'",
        ),
        (
            "ops.current_documents",
            "feed, partition_key, document_key, file_id, position, is_withdrawal",
            "'check_ins', '', encounter_key, file, place, false",
        ),
        (
            "ops.document_changes",
            "feed, partition_key, document_key, new_file_id, new_position",
            "'check_ins', '', encounter_key, file, place",
        ),
    )
)
"""One of each visit."""


@pytest.fixture
def history(settings: Settings) -> Settings:
    """A published history, with the statistics that autovacuum gives it."""
    past = History(dossiers=4_000, lines=12, transfer_every=1)
    past.deliver_all(settings)
    note_published(settings, build(settings))
    vacuum(settings)
    dispose_engines()  # a session tells what it scanned when it ends, or with a later transaction
    return settings


@pytest.fixture
def checked_in(settings: Settings) -> Settings:
    """As `history`, and every visit was checked in."""
    History(dossiers=4_000, lines=12, transfer_every=1).deliver_all(settings)
    with engine(settings, OWNER).begin() as connection:
        for statement in (_FILE_OF_CHECK_INS, *map(text, _CHECK_INS)):
            connection.execute(statement)
    note_published(settings, build(settings))
    vacuum(settings)
    dispose_engines()
    return settings


def _rows_scanned(settings: Settings, names: Sequence[str] = _HISTORY) -> dict[str, int]:
    """Rows read by sequential scans so far, per relation of the history."""
    with engine(settings, OWNER).connect() as connection:
        connection.execute(text("select pg_stat_force_next_flush(), pg_stat_clear_snapshot()"))
        rows = connection.execute(
            text(
                "select schemaname || '.' || relname as relation, seq_tup_read"
                " from pg_stat_user_tables"
                " where schemaname || '.' || relname = any (:names)"
            ),
            {"names": list(names)},
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


def test_an_increment_scans_no_history_of_check_ins(checked_in: Settings) -> None:
    ledger = Ledger(checked_in)
    ledger.deliver("0101", Dossier("d1", drugs=[{}] * 3, check_in={}), Dossier("new"))
    ledger.check_in("0101", {"new": {}, "d3": {}})
    before = _rows_scanned(checked_in, _OF_CHECK_INS)
    assert set(before) == set(_OF_CHECK_INS)

    increment = build(checked_in)
    audit(checked_in, increment.build_id)

    assert not increment.is_full
    assert _rows_scanned(checked_in, _OF_CHECK_INS) == before
