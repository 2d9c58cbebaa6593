"""The hold on publishing that a roll-back sets and a person lifts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from health_warehouse.errors import ReleaseHeld
from health_warehouse.release.transaction import ReleaseCursor, reading_transaction
from health_warehouse.settings import Settings


@dataclass(frozen=True)
class Hold:
    reason: str
    held_at: datetime
    held_by: str

    def told(self) -> str:
        since = f"{self.held_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return f"publishing is on hold since {since} by {self.held_by} ({self.reason})"

    def as_dict(self) -> dict[str, Any]:
        return {
            "reason": self.reason,
            "held_at": self.held_at.isoformat(),
            "held_by": self.held_by,
            "message": f"{self.told()}; `warehouse publish --resume` ends it",
        }


def read_hold(settings: Settings) -> Hold | None:
    with reading_transaction(settings) as cursor:
        return current_hold(cursor)


def current_hold(cursor: ReleaseCursor) -> Hold | None:
    """None while anybody may publish."""
    row = cursor.execute(
        "select reason, held_at, held_by from ops.publish_hold where is_held"
    ).fetchone()
    return Hold(*row) if row else None


def require_no_hold(cursor: ReleaseCursor) -> None:
    """Raises ReleaseHeld that tells who holds publishing and why."""
    hold = current_hold(cursor)
    if hold is not None:
        raise ReleaseHeld(
            f"{hold.told()}: `warehouse publish --resume` lifts the hold and publishes"
        )


def set_hold(cursor: ReleaseCursor, reason: str, by: str) -> None:
    cursor.execute(
        "update ops.publish_hold set is_held = true, reason = %s, held_by = %s,"
        " held_at = clock_timestamp()",
        [reason, by],
    )


def lift_hold(cursor: ReleaseCursor) -> bool:
    """Whether there was one."""
    cursor.execute(
        "update ops.publish_hold set is_held = false, reason = null, held_by = null, held_at = null"
        " where is_held"
    )
    return cursor.rowcount > 0
