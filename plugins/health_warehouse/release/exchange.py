"""What a publication does to one mart: planned in rows, then done, and the rows counted again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from health_warehouse.errors import ReleaseHeld
from health_warehouse.marts.contracts import MartContract
from health_warehouse.release import schema, statements
from health_warehouse.release.transaction import ReleaseCursor, fetch_row


@dataclass(frozen=True)
class TablePlan:
    """What a publication does to one mart, in rows."""

    mart: str
    is_new: bool
    rows_to_delete: int
    rows_to_insert: int


def plan_exchange(
    cursor: ReleaseCursor,
    contracts: Sequence[MartContract],
    is_full: bool,
    widenings: Sequence[schema.Widening] = (),
) -> list[TablePlan]:
    """What differs now, mart by mart. Columns of `widenings`, which marts lack as yet, are null."""
    new = schema.new_marts(cursor, contracts)
    plans = []
    for contract in contracts:
        if contract.name in new:
            rows = fetch_row(cursor, statements.count_candidate(contract)).count
            plans.append(TablePlan(contract.name, True, 0, rows))
            continue
        statements.choose_plans(cursor, contract, is_full)
        lacking = [one.column for one in widenings if one.mart == contract.name]
        stale = fetch_row(cursor, statements.count_stale(contract, is_full, lacking)).count
        fresh = fetch_row(cursor, statements.count_fresh(contract, is_full, lacking)).count
        plans.append(TablePlan(contract.name, False, stale, fresh))
    return plans


def load(cursor: ReleaseCursor, contract: MartContract, table_plan: TablePlan) -> None:
    """Fill a mart for the first release. Raises ReleaseHeld, see `exchange`."""
    cursor.execute(statements.load_all(contract))
    _require_affected(table_plan.mart, "inserted", cursor.rowcount, table_plan.rows_to_insert)


def exchange(
    cursor: ReleaseCursor,
    contract: MartContract,
    table_plan: TablePlan,
    is_full: bool,
    release_id: int,
) -> None:
    """Do what is planned. Rows that change are counted twice in the plan: deleted and inserted.

    Raises ReleaseHeld when other numbers of rows were touched than planned.
    """
    is_full = is_full or table_plan.is_new
    statements.choose_plans(cursor, contract, is_full)
    values = {"release_id": release_id}

    def touch(statement: sql.Composed) -> int:
        return cursor.execute(statement, values).rowcount

    changed = 0
    if table_plan.rows_to_delete:
        kept = touch(statements.keep_stale(contract, is_full))
        _require_affected(table_plan.mart, "kept", kept, table_plan.rows_to_delete)
        if is_full:
            cursor.execute(statements.analyze_kept(contract))
        gone = touch(statements.delete_gone(contract))
        if contract.content_names:
            changed = touch(statements.update_changed(contract))
        done = gone + changed
        _require_affected(table_plan.mart, "deleted or changed", done, table_plan.rows_to_delete)
    if table_plan.rows_to_insert:
        added = touch(statements.insert_fresh(contract, is_full))
        done = changed + added
        _require_affected(table_plan.mart, "inserted or changed", done, table_plan.rows_to_insert)


def _require_affected(mart: str, verb: str, affected: int, planned: int) -> None:
    """Row security, a trigger or a rule can make a statement touch fewer rows without an error."""
    if affected != planned:
        raise ReleaseHeld(
            f"mart {mart}: {affected} rows were {verb} where {planned} were planned; nothing was "
            "published. Look for a policy, trigger or rule on the table"
        )
