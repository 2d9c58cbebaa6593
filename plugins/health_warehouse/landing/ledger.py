"""The ledger as people read it: one entry per receipt of a file, counts as of now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.settings import Settings

STATES = ("received", "loaded", "quarantined", "duplicate", "superseded", "withdrawn")
STATUSES = ("loaded", "refused", "duplicate")

_ENTRIES = text(
    """
    select *
    from ops.ledger
    where
        (cast(:status as text) is null or status = :status)
        and (cast(:file as text) is null or file_name = :file or uri = :file)
    order by received_at, file_name collate "C", uri collate "C", file_id
    """
)


def entries(
    settings: Settings, status: str | None = None, file: str | None = None
) -> list[dict[str, Any]]:
    """What `warehouse ledger --json` shows, by time received; both filters are optional.

    `file` is a base name or a whole location. `lines` counts XML2 and XML3 rows as received.
    """
    with engine(settings, "ops_reader").connect() as connection:
        rows = connection.execute(_ENTRIES, {"status": status, "file": file}).mappings().all()
    return [
        {
            "file": row["file_name"],
            "uri": row["uri"],
            "sha256": row["sha256"],
            "facility": row["facility_id"],
            "status": row["status"],
            "reason": row["reason"],
            "received_at": row["received_at"].isoformat(),
            "dossiers": {state: int(row[f"dossiers_{state}"]) for state in STATES},
            "lines": int(row["lines_received"]),
            "line_states": {state: int(row[f"lines_{state}"]) for state in STATES},
        }
        for row in rows
    ]
