"""Which version of each document of a feed of rows counts; `document_settlement` decides it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from health_warehouse.feeds.contract import Contract
from health_warehouse.landing.document_settlement import SETTLE_DOCUMENTS
from health_warehouse.landing.versions import lock_settling

# Of tables that were just filled the planner knows nothing: it expects one row, joins by nested
# loops, and takes hours for a list of a town. Fewer than these it may join as it likes.
_MANY = 1_000
_COUNT = text(
    """
    select coalesce(sum(document_count), 0) from ops.delivery_partitions
    where
        feed = :feed
        and (
            file_id = any(:file_ids)
            or :is_snapshot and partition_key in (
                select partition_key from ops.delivery_partitions
                where feed = :feed and file_id = any(:file_ids)
            )
        )
    """
)


def settle_documents(connection: Connection, contract: Contract, file_ids: Sequence[int]) -> int:
    """Choose anew what counts of the documents that these files touch; how many changed content.

    As `versions.settle`: in the caller's transaction, READ COMMITTED, under the settle lock, which
    all feeds share, so that numbers of the log become visible in their order.
    """
    lock_settling(connection)
    values = {
        "feed": contract.feed,
        "file_ids": list(file_ids),
        "is_snapshot": contract.mode == "snapshot",
        "shrinks_by": contract.refuse.shrinks_by_more_than,
    }
    is_large = connection.execute(_COUNT, values).scalar_one() > _MANY
    if is_large:
        connection.execute(text("set local enable_nestloop = off"))
    changed = int(connection.execute(SETTLE_DOCUMENTS, values).scalar_one())
    if is_large:
        connection.execute(text("set local enable_nestloop = on"))
    return changed
