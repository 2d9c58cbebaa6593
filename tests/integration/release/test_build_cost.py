"""The cost of an increment follows the change: no statement reads history from end to end."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from build_steps import note_published
from claim_ledger import Dossier, Ledger
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.release.build import build
from health_warehouse.settings import Settings

_DOSSIERS = 4_000
_LINES = 12  # of each table, per dossier
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
_GENERATE = (
    """
    insert into ops.files (sha256, byte_count, received_at, file_name, status, judged_at)
    values (repeat('a', 64), 1, '2026-01-01', 'history.xml', 'loaded', now())
    """,
    """
    insert into ops.dossier_versions
    select 1, n, '010' || n % 40, 'd' || n, false, 2 * :lines, 'accepted'
    from generate_series(1, :dossiers) as n
    """,
    """
    insert into raw.claims_xml1 (
        file_id, position, _person_key, ma_benh_chinh, ma_benh_kt,
        ngay_vao, ngay_ra, ma_loai_kcb, t_bhtt
    )
    select
        1, n, md5((n % (:dossiers / 3))::text)::uuid, 'J' || n % 90, 'I10;E1' || n % 5,
        to_char(date '2024-01-01' + n % 700, 'YYYYMMDD') || '0800',
        to_char(date '2024-01-03' + n % 700, 'YYYYMMDD') || '0800', '03', n::text
    from generate_series(1, :dossiers) as n
    """,
    """
    insert into raw.claims_xml2 (file_id, position, line, ma_thuoc, ten_thuoc, ngay_yl, t_bhtt)
    select 1, n, l, '40.' || (n * 7 + l) % 300, 'drug', '202401010800', '1.5'
    from generate_series(1, :dossiers) as n, generate_series(1, :lines) as l
    """,
    """
    insert into raw.claims_xml3 (file_id, position, line, ma_dich_vu, ten_dich_vu, ngay_yl, t_bhtt)
    select 1, n, l, '02.' || (n * 5 + l) % 300, 'service', '202401010800', '1.5'
    from generate_series(1, :dossiers) as n, generate_series(1, :lines) as l
    """,
    """
    insert into raw.claims_xml4 (file_id, position, line, ten_chi_so, gia_tri)
    select 1, n, l, 'Glucose', '5.' || l
    from generate_series(1, :dossiers) as n, generate_series(1, :lines) as l
    """,
    """
    insert into raw.claims_xml13 (file_id, position, line, ma_noi_den)
    select 1, n, 1, '010' || (n + 1) % 40 from generate_series(1, :dossiers) as n
    """,
    """
    insert into raw.claims_xml14 (file_id, position, line, ngay_hen_kl)
    select 1, n, 1, to_char(date '2024-01-20' + n % 700, 'YYYYMMDD') || '0800'
    from generate_series(1, :dossiers) as n
    """,
    """
    insert into ops.current_dossiers
    select facility_id, dossier_id, file_id, position, false from ops.dossier_versions
    """,
    """
    insert into ops.dossier_changes (facility_id, dossier_id, new_file_id, new_position)
    select facility_id, dossier_id, file_id, position from ops.dossier_versions
    """,
)


@pytest.fixture
def history(settings: Settings) -> Settings:
    """A published history, with the statistics that autovacuum gives it."""
    sizes = {"dossiers": _DOSSIERS, "lines": _LINES}
    with engine(settings, OWNER).begin() as connection:
        for statement in _GENERATE:
            used = {name: size for name, size in sizes.items() if f":{name}" in statement}
            connection.execute(text(statement), used)
    note_published(settings, build(settings))
    with engine(settings, OWNER).execution_options(isolation_level="AUTOCOMMIT").connect() as owner:
        owner.execute(text("vacuum analyze"))
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
    ledger.deliver("0102", Dossier("d2", is_withdrawal=True))
    before = _rows_scanned(history)
    assert set(before) == set(_HISTORY)

    increment = build(history)

    assert not increment.is_full
    after = _rows_scanned(history)
    assert {name: after[name] - before[name] for name in _HISTORY} == dict.fromkeys(_HISTORY, 0)
