"""Bring the release before back, row for row, from what the current one replaced."""

from __future__ import annotations

from dataclasses import dataclass

from health_warehouse.errors import ConfigurationError, ReleaseHeld
from health_warehouse.release import statements
from health_warehouse.release.catalogue import Table, read_mart, read_table
from health_warehouse.release.current import NAME as CURRENT_RELEASE
from health_warehouse.release.current import show_release
from health_warehouse.release.hold import set_hold
from health_warehouse.release.protection import verify
from health_warehouse.release.releases import Release, current_release, get_release
from health_warehouse.release.shadows import shadow_name
from health_warehouse.release.transaction import (
    ReleaseCursor,
    reading_transaction,
    release_transaction,
)
from health_warehouse.settings import Settings


@dataclass(frozen=True)
class TableReversal:
    """What a roll-back does to one mart, in rows."""

    mart: str
    rows_to_delete: int
    rows_to_restore: int


@dataclass(frozen=True)
class RolledBack:
    """What a roll-back did: which release went, which is up again, and the rows exchanged."""

    taken_back: Release
    release: Release
    reversals: list[TableReversal]


def plan_rollback(settings: Settings) -> tuple[Release, Release, list[TableReversal]]:
    """The release to take back, the one that returns, and the rows concerned. Writes nothing."""
    with reading_transaction(settings) as cursor:
        current, previous = _pair(cursor)
        return current, previous, _reversals(current)


def rollback(settings: Settings, reason: str, by: str) -> Release:
    """The release that is current after `roll_back`."""
    return roll_back(settings, reason, by).release


def roll_back(settings: Settings, reason: str, by: str) -> RolledBack:
    """Take the current release back and hold publishing.

    One transaction, so a reader sees the one or the other. Needs neither dbt nor its manifest. A
    column that the release added stays, null as it was before. Raises ConfigurationError when there
    is no release before, ReleaseHeld when `marts` is not what the release left.
    """
    with release_transaction(settings) as cursor:
        current, previous = _pair(cursor)
        reversals = _reversals(current)
        verify(cursor, settings, [*(one.mart for one in reversals), CURRENT_RELEASE])
        for reversal in reversals:
            _reverse(cursor, reversal, current.release_id)
        cursor.execute("set constraints all immediate")
        cursor.execute(
            "update ops.releases set status = 'rolled_back', rolled_back_at = clock_timestamp()"
            " where release_id = %s",
            [current.release_id],
        )
        cursor.execute(
            "update ops.releases set status = 'current' where release_id = %s",
            [previous.release_id],
        )
        show_release(cursor, previous.release_id)
        # whatever was audited on top of the release is void with it
        cursor.execute(
            "update ops.builds set status = 'superseded', message = %s where build_id = %s"
            " or (base_release_id = %s and status in ('built', 'passed', 'held'))",
            [
                f"release {current.release_id} was rolled back",
                current.build_id,
                current.release_id,
            ],
        )
        set_hold(cursor, reason, by)
        restored = get_release(cursor, previous.release_id)
        if restored is None:
            raise ConfigurationError(f"release {previous.release_id} has lost its record")
        return RolledBack(current, restored, reversals)


def _pair(cursor: ReleaseCursor) -> tuple[Release, Release]:
    current = current_release(cursor)
    if current is None:
        raise ConfigurationError("nothing is published yet: there is nothing to roll back")
    if current.replaced_rows != "kept":
        raise ConfigurationError(
            f"what release {current.release_id} replaced is no longer kept "
            "(WAREHOUSE_KEEP_REPLACED_DAYS): correct the cause, and `warehouse build --full`"
        )
    previous = (
        get_release(cursor, current.base_release_id)
        if current.base_release_id is not None
        else None
    )
    if previous is None:
        raise ConfigurationError(
            f"release {current.release_id} is the first one, or loaded the marts anew after an "
            "upgrade: no roll-back leads across it"
        )
    return current, previous


def _reversals(current: Release) -> list[TableReversal]:
    """Marts that the release touched. Foreign keys are deferred, so the order is free."""
    marts = sorted({*current.rows_deleted, *current.rows_inserted})
    plans = [
        TableReversal(mart, current.rows_inserted.get(mart, 0), current.rows_deleted.get(mart, 0))
        for mart in marts
    ]
    return [one for one in plans if one.rows_to_delete or one.rows_to_restore]


def _reverse(cursor: ReleaseCursor, reversal: TableReversal, release_id: int) -> None:
    table = read_mart(cursor, reversal.mart)
    shadow = read_table(cursor, "ops", shadow_name(reversal.mart))
    if table is None or shadow is None:
        raise ConfigurationError(f"mart {reversal.mart} or its shadow table is gone")
    statements.go_by_index(cursor)
    for verb, statement, planned in (
        (
            "deleted",
            statements.delete_inserted(reversal.mart, table.primary_key),
            reversal.rows_to_delete,
        ),
        (
            "restored",
            statements.restore_deleted(reversal.mart, _shared(table, shadow)),
            reversal.rows_to_restore,
        ),
    ):
        cursor.execute(statement, {"release_id": release_id})
        if cursor.rowcount != planned:
            raise ReleaseHeld(
                f"mart {reversal.mart}: {cursor.rowcount} rows were {verb} where "
                f"release {release_id} left {planned}; nothing was "
                "rolled back. Rebuild: `warehouse build --full`"
            )


def _shared(table: Table, shadow: Table) -> tuple[str, ...]:
    """Columns to restore: all that the mart had when the release replaced its rows."""
    return tuple(name for name in table.columns if name in shadow.columns)
