"""New files of the inbox in batches: the unit that one task loads and checks.

A batch is handed from task to task as a description without names; its files are kept in the
warehouse (listings.py) and looked up again by who loads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from more_itertools import constrained_batches

from health_warehouse.errors import FileUnavailable
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.landing import listings
from health_warehouse.landing.arrivals import of_feed
from health_warehouse.landing.asked import Asked
from health_warehouse.landing.delivery import Delivery, ReceivedAt
from health_warehouse.landing.inbox import Listing, describe, look
from health_warehouse.landing.ingest import (
    IngestReport,
    ingest,
    load_deliveries,
    require_all_taken,
    unjudged_file_ids,
)
from health_warehouse.landing.places import open_place, require_place
from health_warehouse.landing.routing import lead_feed
from health_warehouse.settings import Settings

Item = TypeVar("Item")

# Importing Great Expectations costs a task ~9 s, so a batch should be worth it; it stays small
# enough that a retry repeats minutes, not hours, and that the list passed between tasks is small.
MAX_FILES = 200
MAX_BYTES = 256 * 1024**2
MAX_BATCHES = 10  # of one run; the next run, a minute later, takes the rest
# Of lists: as they come day by day, a task is of one facility and day. Where many come at once, as
# at the first filling, a start of a task for each would take longer than loading them.
SPREAD_UP_TO = 4
LISTS_AT_ONCE = 50


@dataclass(frozen=True)
class Arrivals:
    """What is to be taken in now. `left_over`: files that a crash left unjudged."""

    listing: Listing
    left_over: int

    @property
    def is_any(self) -> bool:
        return bool(self.listing.new or self.left_over or self.listing.unreadable)


@dataclass
class Batch:
    """`listing` and `number` find its files again; `unreadable` says what the listing lacks."""

    title: str
    number: int
    listing: str = ""
    unreadable: list[str] = field(default_factory=list)


def arrivals(
    settings: Settings, received_at: ReceivedAt = None, asked: Asked | None = None
) -> Arrivals:
    """Look into the inbox and the ledger for what is asked; None: for all. Raises as `inbox.look`
    does. Files that a crash left unjudged are for a run that judges: not that of a feed of rows."""
    listing = look(settings, received_at=received_at)
    if asked is None:
        return Arrivals(listing, len(unjudged_file_ids(settings)))
    contracts = catalogue(settings)
    if asked.feed is not None and asked.feed not in contracts:
        return Arrivals(Listing([], []), 0)
    takes_the_rest = asked.feed in (None, lead_feed(contracts, ""))
    chosen = asked.choose(settings, listing.new)
    left_over = len(unjudged_file_ids(settings, of_rows=False)) if takes_the_rest else 0
    return Arrivals(of_feed(listing, chosen, takes_the_rest=takes_the_rest), left_over)


def plan(found: Arrivals, *, spread: bool = False) -> tuple[list[list[Delivery]], list[Batch]]:
    """The batches of this run, files and descriptions: an empty one where nothing is new and yet
    something is to be judged or told. `spread`: one file each, up to SPREAD_UP_TO."""
    at_most = {}
    if spread:
        is_few = len(found.listing.new) <= SPREAD_UP_TO
        at_most = {"max_files": 1 if is_few else LISTS_AT_ONCE}
    groups = group(found.listing.new, lambda file: file.byte_count, **at_most)[:MAX_BATCHES]
    if not groups and found.is_any:
        groups = [[]]
    batches = [
        Batch(
            title(number, len(groups), len(files), sum(file.byte_count for file in files)),
            number,
            unreadable=found.listing.unreadable if number == 1 else [],
        )
        for number, files in enumerate(groups, start=1)
    ]
    return groups, batches


def remember(settings: Settings, groups: list[list[Delivery]], batches: list[Batch]) -> list[Batch]:
    """Keep the files of a plan where `load` finds them."""
    if not batches:
        return []
    listing_id = str(listings.remember(settings, groups))
    return [replace(batch, listing=listing_id) for batch in batches]


def load(settings: Settings, batch: Batch, received_at: ReceivedAt = None) -> IngestReport:
    """Load and judge the files of a batch. Raises as `ingest` does."""
    deliveries, unreadable = listed_again(settings, batch)
    return ingest(settings, deliveries, received_at, unreadable=[*batch.unreadable, *unreadable])


def read(settings: Settings, batch: Batch, received_at: ReceivedAt = None) -> IngestReport:
    """Load the files of a batch; nothing is judged. Raises as `load_deliveries`, and WarehouseError
    for files that were not taken."""
    deliveries, unreadable = listed_again(settings, batch)
    report = load_deliveries(settings, deliveries, received_at)
    report.unreadable[:0] = [*batch.unreadable, *unreadable]
    require_all_taken(report)
    return report


def listed_again(settings: Settings, batch: Batch) -> tuple[list[Delivery], list[str]]:
    """The deliveries of a batch, and why some cannot be read now; one that changed or went since is
    left to the next run, and so are all when the listing was forgotten.

    Looked up by the filesystem's own name, never as a URL: fsspec reads `::` in a URL, and so in a
    name that a sender chose, as an order to open another place.
    """
    filesystem, _ = open_place(settings, settings.inbox)
    found, unreadable = [], []
    for listed in listings.recall(settings, UUID(batch.listing), batch.number):
        try:
            delivery = describe(filesystem, listed.path)
        except FileUnavailable as error:
            require_place(settings, filesystem, listed.path)
            unreadable.append(str(error))
            continue
        if delivery is not None and delivery.byte_count == listed.byte_count:
            found.append(replace(delivery, seen_at=listed.listed_at))
    return found, unreadable


def group(
    items: Iterable[Item],
    size: Callable[[Item], int],
    *,
    max_files: int = MAX_FILES,
    max_bytes: int = MAX_BYTES,
) -> list[list[Item]]:
    """Cut `items`, in their order, into batches of at most `max_files` and `max_bytes`.

    A file larger than `max_bytes` is a batch of its own.
    """
    found: Any = constrained_batches(items, max_bytes, max_files, get_len=size, strict=False)
    return [list(batch) for batch in found]


def title(number: int, count: int, files: int, byte_count: int) -> str:
    """What the Airflow UI calls a batch: `batch 1 of 3: 200 files, 12.5 MB`. No name of a file."""
    noun = "file" if files == 1 else "files"
    return f"batch {number} of {count}: {files} {noun}, {byte_count / 1024**2:.1f} MB"
