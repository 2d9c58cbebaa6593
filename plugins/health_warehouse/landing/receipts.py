"""What was received before: told by place, size and modification time, without reading it again."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.landing.delivery import Delivery, ReceivedAt
from health_warehouse.settings import Settings

# A receipt at the same place, size and time is the same delivery. With a fixed or declared time of
# receipt only a receipt at that very time is: the same object may be received again at another.
_SEEN = text(
    """
    with listed as (
        select d.uri, d.byte_count, d.modified_at, d.is_read
        from unnest(
            cast(:uris as text[]), cast(:sizes as bigint[]), cast(:times as timestamptz[]),
            cast(:read as boolean[])
        ) as d (uri, byte_count, modified_at, is_read)
    )

    select d.uri
    from listed as d
    inner join ops.file_receipts as r using (uri, byte_count, modified_at)
    inner join ops.files as f using (file_id)
    where not (d.is_read and f.kind = 'unknown_file') and case :mode
        when 'fixed' then r.received_at = cast(:received_at as timestamptz)
        when 'declared' then r.received_at
            = f.declared_date::date::timestamp at time zone 'Asia/Ho_Chi_Minh'
        else true
    end
    union
    select d.uri
    from listed as d
    inner join ops.bundles as b using (uri, byte_count, modified_at)
    where :mode = 'modified' or b.received_as = :received_as
    """
)

_INSERT_BUNDLE = text(
    """
    insert into ops.bundles
        (uri, byte_count, modified_at, received_as, sha256, file_name, member_count)
    values
        (:uri, :byte_count, :modified_at, :received_as, :sha256, :file_name, :member_count)
    on conflict do nothing
    """
)


def without_seen(
    settings: Settings, deliveries: list[Delivery], received_at: ReceivedAt
) -> list[Delivery]:
    """Those that have no receipt yet, or came before there was a contract for them; of the bundles,
    those that were not taken to the end."""
    parameters = {
        "uris": [d.uri for d in deliveries],
        "sizes": [d.byte_count for d in deliveries],
        "times": [d.modified_at for d in deliveries],
        "read": [d.is_read for d in deliveries],
        "mode": "fixed" if isinstance(received_at, datetime) else received_at or "modified",
        "received_at": received_at if isinstance(received_at, datetime) else None,
        "received_as": _received_as(received_at),
    }
    with engine(settings, "loader").connect() as connection:
        seen: set[str] = set(connection.execute(_SEEN, parameters).scalars())
    return [delivery for delivery in deliveries if delivery.uri not in seen]


def remember_bundle(
    settings: Settings,
    delivery: Delivery,
    sha256: str,
    member_count: int,
    received_at: ReceivedAt,
) -> None:
    """Note that every file of a bundle is in the ledger. Until then it is taken up again."""
    values = {
        "uri": delivery.uri,
        "byte_count": delivery.byte_count,
        "modified_at": delivery.modified_at,
        "received_as": _received_as(received_at),
        "sha256": sha256,
        "file_name": delivery.file_name,
        "member_count": member_count,
    }
    with engine(settings, "loader").begin() as connection:
        connection.execute(_INSERT_BUNDLE, values)


def _received_as(received_at: ReceivedAt) -> str:
    if isinstance(received_at, datetime):
        return received_at.astimezone(UTC).isoformat()
    return received_at or "modified"
