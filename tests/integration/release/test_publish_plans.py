"""The cost of a publication follows what changed, not the size of history.

The facts have 200,000 lines here, a million in `make soak`, so a plan that scans them is seen.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import sql
from release_star import LINES_PER_VISIT, Star
from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.marts.contracts import MartContract
from health_warehouse.marts.manifest import load_contracts
from health_warehouse.release import statements
from health_warehouse.release.publish import publish
from health_warehouse.release.rollback import rollback
from health_warehouse.release.transaction import ReleaseCursor, reading_transaction
from health_warehouse.settings import Settings

CHANGED = 1_000
FACTS = {"fct_visits", "fct_lines"}
WAL_PER_CHANGED_BYTE = 4.0


def create_lines(settings: Settings, visits: int) -> Star:
    star = Star(settings)
    star.create(shops=40, goods=500, visits=visits)
    star.run("analyze candidate.fct_visits; analyze candidate.fct_lines")
    publish(star.settings, star.build(is_full=True))
    lines = star.value("select count(*) from marts.fct_lines", "publisher")
    assert lines == visits * LINES_PER_VISIT
    for fact in sorted(FACTS):  # its scans and its bytes would be counted with ours
        star.run(f"alter table candidate.{fact} set (autovacuum_enabled = off)")
        star.run(f"alter table marts.{fact} set (autovacuum_enabled = off)", "publisher")
    return star


def visits_of(stamp: int) -> range:
    """The visits that a change touches."""
    return range(CHANGED * 10 * stamp, CHANGED * 10 * stamp + CHANGED)


def change_some(star: Star, stamp: int) -> None:
    star.start_stretch()
    star.change_visits(visits_of(stamp), stamp)
    star.build()


def scans(plan: Any) -> Iterator[str]:
    """Names of the relations that a plan reads from end to end."""
    if isinstance(plan, dict):
        if plan.get("Node Type") == "Seq Scan":
            yield plan["Relation Name"]
        plan = list(plan.values())
    if isinstance(plan, list):
        for part in plan:
            yield from scans(part)


def explain(cursor: ReleaseCursor, statement: sql.Composed) -> Any:
    cursor.execute(sql.SQL("explain (format json) ") + statement, {"release_id": 1})
    return cursor.fetchone()[0]


def statements_of(contract: MartContract) -> dict[str, sql.Composed]:
    """Every statement that an incremental publication and its roll-back run on a mart."""
    return {
        "count_stale": statements.count_stale(contract, is_full=False),
        "count_fresh": statements.count_fresh(contract, is_full=False),
        "keep_stale": statements.keep_stale(contract, is_full=False),
        "delete_gone": statements.delete_gone(contract),
        "update_changed": statements.update_changed(contract),
        "insert_fresh": statements.insert_fresh(contract, is_full=False),
        "delete_inserted": statements.delete_inserted(contract.name, contract.primary_key),
        "restore_deleted": statements.restore_deleted(contract.name, contract.column_names),
    }


def sequential_scans(star: Star) -> dict[str, int]:
    """Scans from end to end that Postgres counted, of every session.

    Sessions report when they are idle, at most once a second.
    """
    time.sleep(1.2)
    with engine(star.settings, "publisher").connect() as connection:
        connection.execute(text("select pg_stat_force_next_flush()"))
    rows = star.rows(
        "select schemaname || '.' || relname, seq_scan from pg_stat_user_tables"
        " where schemaname in ('marts', 'candidate') and relname in ('fct_visits', 'fct_lines')",
        "publisher",
    )
    return {row[0]: row[1] for row in rows}


def changed_bytes(star: Star) -> float:
    """Bytes of the rows that a publication of the affected visits deletes and inserts, and of what
    it keeps in the shadow tables: the deleted rows again, and of new ones the key (44 bytes).
    """
    total = 0.0
    for fact in sorted(FACTS):
        size, count = star.rows(
            f"select sum(pg_column_size(f.*)), count(*) from candidate.{fact} as f"
            " join intermediate.affected_visits using (shop_key, visit_key)"
        )[0]
        total += 3 * float(size) + 44 * count
    return total


def check_plans(star: Star, visits: int) -> None:
    """Every statement of an incremental publication and of its roll-back goes by index, although
    the statistics of the scope are of a night on which every visit was affected.
    """
    facts = [one for one in load_contracts(star.settings) if one.name in FACTS]
    star.touch(range(1, visits + 1))
    star.run("analyze intermediate.affected_visits")
    seen, found_freely = 0, set[str]()
    with reading_transaction(star.settings) as cursor:
        for contract in facts:
            for name, statement in statements_of(contract).items():
                statements.go_freely(cursor)
                found_freely |= set(scans(explain(cursor, statement)))
                statements.choose_plans(cursor, contract, is_full=False)
                scanned = set(scans(explain(cursor, statement)))
                assert not scanned & FACTS, f"{name} of {contract.name} scans {scanned & FACTS}"
                seen += 1
    assert seen == 16
    assert found_freely >= FACTS  # left to itself the planner does scan: the check can fail


def check_publication(star: Star, stamp: int) -> float:
    """Publish and roll back a small change; returns bytes written per byte changed."""
    change_some(star, stamp)
    due = changed_bytes(star)
    scans_before = sequential_scans(star)
    wal = star.value("select pg_current_wal_insert_lsn()::text", "publisher")
    started = time.monotonic()
    release = publish(star.settings)
    assert time.monotonic() - started <= 5
    written = star.value(
        "select pg_current_wal_insert_lsn() - cast(:start as pg_lsn)", "publisher", start=wal
    )
    assert release.rows_inserted["fct_lines"] == CHANGED * LINES_PER_VISIT
    started = time.monotonic()
    rollback(star.settings, "wrong", "pytest")
    assert time.monotonic() - started <= 5
    assert sequential_scans(star) == scans_before  # the triggers of foreign keys included
    star.start_stretch()
    star.touch(visits_of(stamp))
    star.build()
    publish(star.settings, resume=True)
    return float(written) / due


@pytest.mark.parametrize("visits", [67_000, pytest.param(334_000, marks=pytest.mark.soak)])
def test_a_publication_into_many_lines_costs_what_changed(settings: Settings, visits: int) -> None:
    star = create_lines(settings, visits)
    check_plans(star, visits)
    change_some(star, 1)
    publish(star.settings)
    # the least of three: a checkpoint in between makes Postgres write whole pages once
    ratios = [check_publication(star, stamp) for stamp in (2, 3, 4)]
    assert min(ratios) <= WAL_PER_CHANGED_BYTE, ratios
    scans_before = sequential_scans(star)
    star.rows("select count(*) from marts.fct_lines", "publisher")
    assert sequential_scans(star) != scans_before  # the counters do count
