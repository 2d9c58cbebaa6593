"""What waits to be taken in, feed by feed: noted by whoever lists the inbox, every minute.

`ops.arrivals` is told to people and is no list of work: that is the inbox against the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.landing.delivery import Delivery
from health_warehouse.landing.inbox import Listing, look
from health_warehouse.landing.routing import lead_feed, path_of
from health_warehouse.settings import Settings

# Since when a feed waits stays while it waits; a list that is as before writes nothing.
_NOTE = text(
    """
    insert into ops.arrivals as known (feed, file_count, byte_count, oldest_at, waits_since)
    select a.feed, a.file_count, a.byte_count, a.oldest_at, now()
    from unnest(
        cast(:feeds as text[]), cast(:counts as integer[]), cast(:sizes as bigint[]),
        cast(:oldest as timestamptz[])
    ) as a (feed, file_count, byte_count, oldest_at)
    on conflict (feed) do update set
        file_count = excluded.file_count,
        byte_count = excluded.byte_count,
        oldest_at = excluded.oldest_at,
        waits_since = case when known.file_count = 0 then now() else known.waits_since end
    where
        (known.file_count, known.byte_count, known.oldest_at)
        is distinct from (excluded.file_count, excluded.byte_count, excluded.oldest_at)
    """
)
_NOTHING = text(
    """
    update ops.arrivals set file_count = 0, byte_count = 0, oldest_at = null, waits_since = null
    where feed <> all(cast(:feeds as text[])) and file_count > 0
    """
)
# Not judged: loaded just now, or left over by a crash.
_UNJUDGED = text(
    """
    select
        coalesce(
            bool_or(kind not in (select feed from ops.feeds where is_of_rows)), false
        ) as is_of_several_tables,
        coalesce(
            bool_or(kind in (select feed from ops.feeds where is_of_rows)), false
        ) as is_of_rows
    from ops.files
    where judged_at is null
    """
)
_WAITING = text(
    """
    select feed, file_count, byte_count, oldest_at, waits_since from ops.arrivals
    where file_count > 0 order by feed
    """
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """`feed` has `file_count` files in the inbox; `oldest_at`: when the oldest was received,
    `waits_since`: when the feed was first seen to wait."""

    feed: str
    file_count: int
    byte_count: int
    oldest_at: datetime
    waits_since: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """`by_feed`: the new files by the feed whose run takes them. `unreadable`: reasons why the list
    lacks something. `rows_unjudged`: files of feeds of rows were read and wait to be judged."""

    by_feed: Mapping[str, list[Delivery]]
    unreadable: list[str]
    rows_unjudged: bool = False

    @property
    def count(self) -> int:
        return sum(map(len, self.by_feed.values()))


def look_for_all(settings: Settings) -> Seen:
    """List the inbox once, for every feed, and note what waits. Raises as `inbox.look` does.

    What could not be listed, and files of claims that a crash left unjudged, are for the run that
    takes what nobody reads: its feed is then named without a file.
    """
    listing = look(settings)
    contracts = catalogue(settings)
    by_feed: dict[str, list[Delivery]] = {}
    for delivery in listing.new:
        by_feed.setdefault(lead_feed(contracts, path_of(settings, delivery)), []).append(delivery)
    note(settings, by_feed)
    with engine(settings, "loader").connect() as connection:
        left_over = connection.execute(_UNJUDGED).one()
    if listing.unreadable or left_over.is_of_several_tables:
        by_feed.setdefault(lead_feed(contracts, ""), [])
    return Seen(by_feed, listing.unreadable, bool(left_over.is_of_rows))


def note(settings: Settings, by_feed: Mapping[str, Iterable[Delivery]]) -> None:
    """Write how many files of each feed wait; of the others none does."""
    waiting = {feed: list(found) for feed, found in sorted(by_feed.items())}
    values = {
        "feeds": list(waiting),
        "counts": [len(found) for found in waiting.values()],
        "sizes": [sum(one.byte_count for one in found) for found in waiting.values()],
        "oldest": [
            min((one.modified_at for one in found), default=None) for found in waiting.values()
        ],
    }
    with engine(settings, "loader").begin() as connection:
        connection.execute(_NOTHING, values)
        if waiting:
            connection.execute(_NOTE, values)


def waiting(settings: Settings) -> list[Waiting]:
    """What waited when the inbox was listed last, by feed."""
    with engine(settings, "ops_reader").connect() as connection:
        return [Waiting(**row) for row in connection.execute(_WAITING).mappings()]


def of_feed(listing: Listing, chosen: Iterable[Delivery], *, takes_the_rest: bool) -> Listing:
    """A listing without the files that are not chosen; what could not be listed is told by one."""
    new = list(chosen)
    uris = {delivery.uri for delivery in new}
    ahead = [delivery for delivery in listing.ahead if delivery.uri in uris]
    return Listing(new, ahead, listing.unreadable if takes_the_rest else [])
