"""Bytes that came before, come again: a list that did not change is a delivery of its new month."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from health_warehouse.feeds.contract import Contract
from health_warehouse.landing.partitions import spoken_of_receipt

_SPOKEN = text(
    """
    select partition_key, as_of, received_at from ops.delivery_partitions
    where
        feed = :feed and file_id = :file_id and as_of_source in ('file_name', 'receipt_month')
    order by as_of
    """
)
_EARLIER = text(
    """
    update ops.delivery_partitions set received_at = :received_at
    where
        feed = :feed and file_id = :file_id and received_at > :received_at
        and (coalesce(as_of_source, 'column') in ('column', 'title') or as_of = :as_of)
    """
)
_PARTITIONS = text(
    """
    insert into ops.delivery_partitions (
        feed, file_id, partition_key, sender_id, as_of, as_of_source, received_at, is_complete,
        document_count
    )
    select
        feed, file_id, cast(:partition_key as text), sender_id, :as_of, :source, :received_at,
        is_complete, document_count
    from ops.delivery_partitions
    where feed = :feed and file_id = :file_id and partition_key = :former_key
    """
)
_VERSIONS = text(
    """
    insert into ops.document_versions (
        feed, file_id, position, partition_key, sender_id, document_key, content_hash, order_key,
        refers_to_key, is_withdrawal, verdict
    )
    select
        feed, file_id, position, cast(:partition_key as text), sender_id, document_key,
        content_hash, order_key, refers_to_key, is_withdrawal, verdict
    from ops.document_versions
    where feed = :feed and file_id = :file_id and partition_key = :former_key
    """
)


def note_receipt(
    connection: Connection, contract: Contract, file_id: int, path: str, received_at: datetime
) -> bool:
    """What a further receipt of a delivery changes: whether what counts must be chosen anew.

    `path` is that of the receipt below the inbox. Where the receipt gives a list its day, by its
    name or its month, another day is another partition. Otherwise only the earliest receipt of a
    partition counts.
    """
    told = spoken_of_receipt(contract, path, received_at)
    day = None if told is None else told.day
    values = {"feed": contract.feed, "file_id": file_id, "received_at": received_at}
    spoken = connection.execute(_SPOKEN, values).all()
    changed = connection.execute(_EARLIER, {**values, "as_of": day}).rowcount > 0
    if told is None or not spoken or any(one.as_of == day for one in spoken):
        return changed
    place = contract.partition.index("as_of")
    for former in [one for one in spoken if one.as_of == spoken[0].as_of]:
        parts = former.partition_key.split("/")
        parts[place] = told.day.isoformat()
        new = {
            **values,
            "as_of": day,
            "source": told.source,
            "former_key": former.partition_key,
            "partition_key": "/".join(parts),
        }
        connection.execute(_PARTITIONS, new)
        connection.execute(_VERSIONS, new)
    return True
