"""Which part of the log of changes a build may still have to read."""

from __future__ import annotations

from sqlalchemy import Connection, text

# A build covers what changed since the current release; after roll-backs, since the oldest release
# to which they can lead. Before the first release: everything.
_OLDEST = text(
    """
    select coalesce(min(r.to_change_id), 0)
    from ops.releases as r
    where
        r.status = 'current'
        or r.release_id in (
            select n.base_release_id from ops.releases as n
            where n.replaced_rows = 'kept' and n.status in ('current', 'replaced')
        )
    """
)


def oldest_needed_change(connection: Connection) -> int:
    """Versions replaced by changes above this id are needed."""
    return int(connection.execute(_OLDEST).scalar_one())
