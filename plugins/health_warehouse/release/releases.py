"""The records of releases: what went in, which checks, who approved an exception, when."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from health_warehouse.release.hold import current_hold
from health_warehouse.release.transaction import ReleaseCursor, reading_transaction
from health_warehouse.settings import Settings

_COLUMNS = (
    "release_id, base_release_id, build_id, to_change_id, is_full, status, rows_deleted,"
    " rows_inserted, checks, notices, approvals, started_at, published_at, rolled_back_at,"
    " replaced_rows"
)


@dataclass(frozen=True)
class Release:
    """One publication. `rows_deleted` and `rows_inserted` count rows by mart; `replaced_rows` says
    whether what it replaced is still kept: kept, leaving or removed."""

    release_id: int
    base_release_id: int | None
    build_id: int
    to_change_id: int
    is_full: bool
    status: str
    rows_deleted: dict[str, int]
    rows_inserted: dict[str, int]
    checks: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    approvals: list[dict[str, Any]]
    started_at: datetime
    published_at: datetime
    rolled_back_at: datetime | None
    replaced_rows: str


def current_release(cursor: ReleaseCursor) -> Release | None:
    """The release that readers see; None before the first."""
    row = cursor.execute(f"select {_COLUMNS} from ops.releases where status = 'current'").fetchone()  # noqa: S608
    return Release(*row) if row else None


def get_release(cursor: ReleaseCursor, release_id: int) -> Release | None:
    row = cursor.execute(
        f"select {_COLUMNS} from ops.releases where release_id = %s",  # noqa: S608 - a constant
        [release_id],
    ).fetchone()
    return Release(*row) if row else None


def entries(settings: Settings) -> list[dict[str, Any]]:
    """All releases, newest first, as `warehouse releases --json` shows them. `hold` is of the
    current one: why nothing may be published over it, null while anything may."""
    with reading_transaction(settings) as cursor:
        hold = current_hold(cursor)
        rows = cursor.execute(
            f"select {_COLUMNS} from ops.releases order by release_id desc"  # noqa: S608 - a constant
        ).fetchall()
    found = [asdict(Release(*row)) for row in rows]
    return [
        one | {"hold": hold.as_dict() if hold and one["status"] == "current" else None}
        for one in found
    ]
