"""The lock of settling, and what is noted in the log though no other version counts."""

from __future__ import annotations

from sqlalchemy import Connection, text

from health_warehouse.database.turns import take

_NOTE = text(
    """
    insert into ops.document_changes (
        feed, partition_key, document_key, sender_id,
        old_file_id, old_position, new_file_id, new_position
    )
    select
        c.feed, c.partition_key, c.document_key, v.sender_id,
        c.file_id, c.position, c.file_id, c.position
    from ops.current_documents as c
    inner join ops.document_versions as v using (feed, file_id, position, partition_key)
    where c.feed = :feed and c.file_id = :file_id and not c.is_withdrawal
    order by v.sender_id, v.document_name, c.partition_key, c.document_key
    """
)


def lock_settling(connection: Connection) -> None:
    """Let nobody else settle until the open transaction ends: what counts now goes on counting."""
    take(connection, "settling")


def note_received_earlier(connection: Connection, feed: str, file_id: int) -> None:
    """Note for the next build what counts of a file: rules look at when it was received, too.

    For whoever holds the settle lock.
    """
    connection.execute(_NOTE, {"feed": feed, "file_id": file_id})
