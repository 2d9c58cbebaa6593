"""Which version of each dossier counts. The only writer of current_dossiers and of `standing`.

The versions of a dossier are gone through in their order, from the oldest: each replaces the one
that counted before it. Newer = received later, then what the file declares, never when we happened
to process it. Two things are for a person to decide (ops.decisions):

- A version that has neither a person nor a day in common with what it would replace is *pending*:
  the key was used again for somebody else, and an earlier stay would be lost without a word.
- A version that lost though it was first seen after the one that beat it counts as received after
  all that were seen before it, once a person says so. A clock never decides that.

All of it is a function of the versions, their receipts and the decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, text

from health_warehouse.database.turns import take
from health_warehouse.landing.claims.settlement import SETTLE
from health_warehouse.privacy.key_state import require_whole_keys

NO_TOLERANCE = timedelta(0)

_NOTE = text(
    """
    insert into ops.dossier_changes (
        facility_id, dossier_id, encounter_key, old_file_id, old_position, new_file_id, new_position
    )
    select facility_id, dossier_id, encounter_key, file_id, position, file_id, position
    from ops.current_dossiers
    where file_id = :file_id and not is_withdrawal
    order by facility_id, dossier_id
    """
)


def lock_settling(connection: Connection) -> None:
    """Let nobody else settle until the open transaction ends: what counts now goes on counting."""
    take(connection, "settling")


def settle(
    connection: Connection, file_ids: Sequence[int], tolerance: timedelta = NO_TOLERANCE
) -> int:
    """Choose anew the current version of every dossier of these files; how many changed content.

    Runs in the caller's transaction, READ COMMITTED, and holds the settle lock to its end: change
    ids become visible in their order. A caller that also locks rows of ops.files does so before.
    `tolerance`: how much later a version may be seen than the one that beats it, before that is a
    finding. Raises ConfigurationError while keys are made anew.
    """
    lock_settling(connection)
    require_whole_keys(connection)
    return choose(connection, file_ids, tolerance)


def choose(
    connection: Connection, file_ids: Sequence[int], tolerance: timedelta = NO_TOLERANCE
) -> int:
    """As `settle`, for whoever holds the settle lock, also while keys are made anew."""
    values = {"file_ids": list(file_ids), "tolerance": tolerance}
    return int(connection.execute(SETTLE, values).scalar_one())


def note_received_earlier(connection: Connection, file_id: int) -> None:
    """Note for the next build what counts of a file: rules look at when it was received, too.

    For whoever holds the settle lock.
    """
    connection.execute(_NOTE, {"file_id": file_id})
