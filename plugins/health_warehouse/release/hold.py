"""The hold on publishing that a roll-back sets and a person lifts."""

from __future__ import annotations

from health_warehouse.errors import ReleaseHeld
from health_warehouse.release.transaction import ReleaseCursor, fetch_row


def is_held(cursor: ReleaseCursor) -> bool:
    return bool(fetch_row(cursor, "select is_held from ops.publish_hold").is_held)


def require_no_hold(cursor: ReleaseCursor) -> None:
    """Raises ReleaseHeld that tells who holds publishing and why."""
    hold = fetch_row(cursor, "select is_held, reason, held_at, held_by from ops.publish_hold")
    if hold.is_held:
        raise ReleaseHeld(
            f"publishing is on hold since {hold.held_at:%Y-%m-%d %H:%M} UTC by {hold.held_by} "
            f"({hold.reason}): `warehouse publish --resume` lifts the hold and publishes"
        )


def set_hold(cursor: ReleaseCursor, reason: str, by: str) -> None:
    cursor.execute(
        "update ops.publish_hold set is_held = true, reason = %s, held_by = %s,"
        " held_at = clock_timestamp()",
        [reason, by],
    )


def lift_hold(cursor: ReleaseCursor) -> None:
    cursor.execute(
        "update ops.publish_hold set is_held = false, reason = null, held_by = null, held_at = null"
        " where is_held"
    )
