"""The ledger as people read it: one entry per receipt of a file, counts as of now.

Without names of files, which are personal values; `vault_reader` adds them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.privacy.shown import hashes_of, shown
from health_warehouse.settings import Settings

STATES = (
    *("received", "loaded", "quarantined", "duplicate", "superseded", "withdrawn", "ended"),
    "pending",
)
LINE_STATES = (*STATES, "blank")
STATUSES = ("loaded", "refused", "not_taken", "duplicate")

_ENTRIES = text(
    """
    select *
    from ops.ledger
    where
        (cast(:status as text) is null or status = :status)
        and (cast(:hashes as text[]) is null or exists (
            select from unnest(cast(:hashes as text[])) as wanted (beginning)
            where starts_with(sha256, beginning)
        ))
    order by received_at, sha256, receipt_number
    """
)
_NAMES = text(
    """
    select file_id, receipt_number, file_name as file, uri
    from vault.delivery_names
    """
)


def entries(
    settings: Settings,
    status: str | None = None,
    file: str | None = None,
    *,
    with_names: bool = False,
) -> list[dict[str, Any]]:
    """What `warehouse ledger --json` shows, by time received; both filters are optional.

    `file` is a delivery as it is shown, a hash, or the name or location that the sender gave it.
    `lines` counts XML2 and XML3 rows, check-ins, or the rows of another feed as received;
    `blank_rows` by table the rows that tell of no event. `is_signed` says that there is a
    signature, which nobody verifies. `with_names` adds `file` and `uri`.
    """
    hashes = None if file is None else hashes_of(settings, file)
    with engine(settings, "ops_reader").connect() as connection:
        rows = connection.execute(_ENTRIES, {"status": status, "hashes": hashes}).mappings().all()
    names = _names(settings) if with_names else {}
    return [
        {
            "delivery": shown(row["facility_id"], row["received_at"], row["sha256"]),
            **names.get((row["file_id"], row["receipt_number"]), {}),
            "sha256": row["sha256"],
            "facility": row["facility_id"],
            "kind": row["kind"],
            "status": row["status"],
            "reason": row["reason"],
            "received_at": row["received_at"].isoformat(),
            "dossiers": {state: int(row[f"dossiers_{state}"]) for state in STATES},
            "lines": int(row["lines_received"]),
            "line_states": {state: int(row[f"lines_{state}"]) for state in LINE_STATES},
            "blank_rows": row["blank_counts"],
            "is_signed": row["is_signed"],
        }
        for row in rows
    ]


def _names(settings: Settings) -> dict[tuple[int, int], dict[str, str]]:
    """`file` and `uri` of every receipt, by file and number of the receipt."""
    with engine(settings, "vault_reader").connect() as connection:
        return {
            (row.file_id, row.receipt_number): {"file": row.file, "uri": row.uri}
            for row in connection.execute(_NAMES)
        }
