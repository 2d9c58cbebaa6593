"""Which version of each document counts; `document_settlement` decides it, for every feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from health_warehouse.feeds.contract import Contract
from health_warehouse.landing.document_settlement import statement
from health_warehouse.landing.settling import lock_settling
from health_warehouse.privacy.key_state import require_whole_keys

NO_TOLERANCE = timedelta(0)

# Of tables that were just filled the planner knows nothing: it expects one row, joins by nested
# loops, and takes hours for a list of a town. Fewer than these it may join as it likes; and where
# many times as many documents are there already, it knows them, and must not read them all.
_MANY = 1_000
_TIMES_AS_MANY = 10
_COUNT = text(
    """
    select
        coalesce(sum(document_count) filter (
            where
                file_id = any(:file_ids)
                or :is_snapshot and partition_key in (
                    select partition_key from ops.delivery_partitions
                    where feed = :feed and file_id = any(:file_ids)
                )
        ), 0) as touched,
        coalesce(sum(document_count), 0) as all_there
    from ops.delivery_partitions
    where feed = :feed
    """
)


def settle_documents(
    connection: Connection,
    contract: Contract,
    file_ids: Sequence[int],
    tolerance: timedelta = NO_TOLERANCE,
) -> int:
    """Choose anew what counts of the documents that these files touch; how many changed content.

    Runs in the caller's transaction, READ COMMITTED, and holds the settle lock, which all feeds
    share, to its end: change ids become visible in their order. A caller that also locks rows of
    ops.files does so before. `tolerance`: how much later a version may be seen than the one that
    beats it, before that is a finding, where the contract compares versions. Raises
    ConfigurationError while keys are made anew.
    """
    lock_settling(connection)
    require_whole_keys(connection)
    return choose(connection, contract, file_ids, tolerance)


def choose(
    connection: Connection,
    contract: Contract,
    file_ids: Sequence[int],
    tolerance: timedelta = NO_TOLERANCE,
) -> int:
    """As `settle_documents`, for whoever holds the settle lock, also while keys are made anew."""
    values = _values(contract, file_ids, tolerance)
    found = connection.execute(_COUNT, values).one()
    is_large = found.touched > _MANY and (
        values["is_snapshot"] or found.touched * _TIMES_AS_MANY > found.all_there
    )
    if is_large:
        connection.execute(text("set local enable_nestloop = off"))
    changed = int(connection.execute(statement(contract), values).scalar_one())
    if is_large:
        connection.execute(text("set local enable_nestloop = on"))
    return changed


def _values(contract: Contract, file_ids: Sequence[int], tolerance: timedelta) -> dict[str, Any]:
    values: dict[str, Any] = {
        "feed": contract.feed,
        "file_ids": list(file_ids),
        "is_snapshot": contract.mode == "snapshot",
        "shrinks_by": contract.refuse.shrinks_by_more_than,
    }
    asked = contract.replacement
    if asked is not None:
        table, (name,) = contract.tables[0], contract.document_key
        values |= {
            "same_person": asked.same_person,
            "same_days": bool(asked.same_days),
            "tolerance": tolerance,
            "table_name": table.name,
            "field": table.column(name).label,
        }
    return values
