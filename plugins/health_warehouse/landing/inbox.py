"""What lies in the inbox that the ledger does not know. Listed, not read."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, cast

from fsspec.implementations.local import LocalFileSystem

from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.landing.clock import is_ahead, require_past
from health_warehouse.landing.delivery import Delivery, FileChanged, ReceivedAt
from health_warehouse.landing.places import open_place, reaching
from health_warehouse.landing.receipts import without_seen
from health_warehouse.landing.routing import is_read_name, path_below
from health_warehouse.landing.search import Found, delivery_of, find_files
from health_warehouse.settings import Settings

_CHUNK_BYTES = 1024**2


@dataclass(frozen=True, slots=True)
class Listing:
    """Files without a receipt, oldest first; those `ahead` count as received at a time that is
    still to come, and so win over every genuine delivery until then. `unreadable`: what could not
    be listed while the rest of the place could, one reason each, without names."""

    new: list[Delivery]
    ahead: list[Delivery]
    unreadable: list[str] = field(default_factory=list)


def list_new(
    settings: Settings, locations: Sequence[str] = (), received_at: ReceivedAt = None
) -> list[Delivery]:
    """The `new` ones of `look`."""
    return look(settings, locations, received_at).new


def look(
    settings: Settings, locations: Sequence[str] = (), received_at: ReceivedAt = None
) -> Listing:
    """Files in `locations` (default: the inbox) that have no receipt yet.

    A location is a file, a folder (searched recursively) or a URL of fsspec. Read are names that
    end in `.xml`, `.zip` or `.gz`; others are listed too, to be told in the ledger. Passed over are
    names of files that are still being written (`.part`, `.tmp`, …: file_kinds.py), hidden names,
    symbolic links and what is not a regular file. A file of the
    inbox that may still be growing is left alone; a location that a person names is taken as it is.
    Raises SourceUnavailable; ConfigurationError, also for a time of receipt in the future and for a
    named location that is a link, a pipe or a device.
    """
    require_past(received_at)
    if locations:
        found = [_find(settings, place, *open_place(settings, place)) for place in locations]
        listed = {d.uri: d for one in found for d in one.deliveries}.values()
        new = without_seen(settings, list(listed), received_at)
        unreadable = [reason for one in found for reason in one.unreadable]
    else:
        new, unreadable = _new_and_quiet(settings, received_at)
    now = datetime.now(UTC)
    new = [replace(d, seen_at=now) for d in new]
    new.sort(key=lambda d: (d.modified_at, d.file_name, d.uri))
    return Listing(
        new,
        [d for d in new if received_at is None and is_ahead(d.modified_at)],
        unreadable,
    )


def seconds_until_quiet(settings: Settings) -> float:
    """How long until `list_new` takes up the youngest file of the inbox; 0 when none is too young.

    For a person who runs the path by hand right after dropping files. For an inbox elsewhere it is
    0: there `list_new` itself waits. Raises as `list_new` does.
    """
    filesystem, root = open_place(settings, settings.inbox)
    found = _find(settings, settings.inbox, filesystem, root).deliveries
    if not found or not isinstance(filesystem, LocalFileSystem):
        return 0.0
    age = datetime.now(UTC) - max(delivery.modified_at for delivery in found)
    return max(0.0, settings.inbox_quiet_seconds - age.total_seconds())


def read_chunks(delivery: Delivery) -> Iterator[bytes]:
    """The bytes of a delivery; a local file only if it is still a file of its own, not a link.

    Raises FileChanged when it is gone, FileUnavailable when reading fails on the way.
    """
    try:
        with reaching(delivery.shown, is_file=True), _open(delivery) as source:
            while chunk := source.read(_CHUNK_BYTES):
                yield chunk
    except FileNotFoundError:
        raise FileChanged(delivery.shown) from None


def describe(filesystem: Any, path: str) -> Delivery | None:
    """The object as it is now; None when it is gone or is not a regular file.

    Raises FileUnavailable, SourceDenied.
    """
    with reaching("a file of the inbox", is_file=True):
        filesystem.invalidate_cache()
        try:
            return delivery_of(filesystem, path, filesystem.info(path))
        except FileNotFoundError:
            return None


def _new_and_quiet(settings: Settings, received_at: ReceivedAt) -> tuple[list[Delivery], list[str]]:
    """New files of the inbox that do not grow. A local one by its age. Elsewhere the clock may be
    another, or the time one that the sender set: so by a second look at size and time."""
    quiet = settings.inbox_quiet_seconds
    filesystem, root = open_place(settings, settings.inbox)
    found = _find(settings, settings.inbox, filesystem, root)
    new = without_seen(settings, found.deliveries, received_at)
    if not new or quiet == 0:
        return new, found.unreadable
    if isinstance(filesystem, LocalFileSystem):
        now = datetime.now(UTC)
        # a sender's clock may run ahead of ours: such a file must not wait for our clock
        rested = [d for d in new if abs(now - d.modified_at) >= timedelta(seconds=quiet)]
        return rested, found.unreadable
    time.sleep(quiet)
    again = {d.uri: d for d in _find(settings, settings.inbox, filesystem, root).deliveries}
    return [d for d in new if again.get(d.uri) == d], found.unreadable


def _find(settings: Settings, location: str, filesystem: Any, root: str) -> Found:
    contracts = catalogue(settings)

    def is_read(path: str) -> bool:
        below = path_below(settings, filesystem.unstrip_protocol(path))
        return is_read_name(contracts, below)

    return find_files(filesystem, root, location, is_read)


def _open(delivery: Delivery) -> BinaryIO:
    if isinstance(delivery.filesystem, LocalFileSystem):
        descriptor = os.open(delivery.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        return os.fdopen(descriptor, "rb")
    return cast(BinaryIO, delivery.filesystem.open(delivery.path, "rb"))
