"""What lies in the inbox that the ledger does not know. Listed, not read."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, cast

from fsspec.implementations.local import LocalFileSystem

from health_warehouse.errors import ConfigurationError, SourceUnavailable
from health_warehouse.landing.clock import is_ahead, require_past
from health_warehouse.landing.delivery import Delivery, FileChanged, ReceivedAt
from health_warehouse.landing.file_kinds import is_claim_name, is_passed_over
from health_warehouse.landing.places import is_empty_prefix, open_place, reaching
from health_warehouse.landing.receipts import without_seen
from health_warehouse.settings import Settings

_CHUNK_BYTES = 1024**2
_MAX_NAME_BYTES = 400  # as `\\xNN` at most 1,600; an index entry of Postgres holds 2,704
_TIME_KEYS = ("mtime", "LastModified", "last_modified", "modified", "updated", "created")
_LATEST_TIME = datetime(9999, 12, 30, tzinfo=UTC).timestamp()  # any local time is a datetime still


@dataclass(frozen=True, slots=True)
class Listing:
    """Files without a receipt, oldest first; those `ahead` count as received at a time that is
    still to come, and so win over every genuine delivery until then."""

    new: list[Delivery]
    ahead: list[Delivery]


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
        listed = [d for place in locations for d in _list(*open_place(settings, place), place)]
        found = {delivery.uri: delivery for delivery in listed}.values()
        new = without_seen(settings, list(found), received_at)
    else:
        new = _new_and_quiet(settings, received_at)
    now = datetime.now(UTC)
    new = [replace(d, seen_at=now) for d in new]
    new.sort(key=lambda d: (d.modified_at, d.file_name, d.uri))
    return Listing(new, [d for d in new if received_at is None and is_ahead(d.modified_at)])


def seconds_until_quiet(settings: Settings) -> float:
    """How long until `list_new` takes up the youngest file of the inbox; 0 when none is too young.

    For a person who runs the path by hand right after dropping files. For an inbox elsewhere it is
    0: there `list_new` itself waits. Raises as `list_new` does.
    """
    filesystem, root = open_place(settings, settings.inbox)
    found = _list(filesystem, root, settings.inbox)
    if not found or not isinstance(filesystem, LocalFileSystem):
        return 0.0
    age = datetime.now(UTC) - max(delivery.modified_at for delivery in found)
    return max(0.0, settings.inbox_quiet_seconds - age.total_seconds())


def read_chunks(delivery: Delivery) -> Iterator[bytes]:
    """The bytes of a delivery; a local file only if it is still a file of its own, not a link.

    Raises FileChanged when it is gone, SourceUnavailable when reading fails on the way.
    """
    try:
        with reaching(delivery.shown, is_file=True), _open(delivery) as source:
            while chunk := source.read(_CHUNK_BYTES):
                yield chunk
    except FileNotFoundError:
        raise FileChanged(delivery.shown) from None


def describe(filesystem: Any, path: str) -> Delivery | None:
    """The object as it is now; None when it is gone or is not a regular file."""
    with reaching("a file of the inbox", is_file=True):
        filesystem.invalidate_cache()
        try:
            is_read = is_claim_name(path.rpartition("/")[2])
            return _delivery(filesystem, path, filesystem.info(path), is_read=is_read)
        except FileNotFoundError:
            return None


def printable(name: str) -> str:
    """A name that Postgres takes as text and as a key: odd bytes as `\\xNN`, no longer than fits an
    index (a longer one keeps its beginning, and the hash of the whole)."""
    data = name.replace("\0", "\\x00").encode("utf-8", "surrogateescape")
    if len(data) > _MAX_NAME_BYTES:
        data = data[:_MAX_NAME_BYTES] + b"~" + hashlib.sha256(data).hexdigest().encode()
    return data.decode("utf-8", "backslashreplace")


def _new_and_quiet(settings: Settings, received_at: ReceivedAt) -> list[Delivery]:
    """New files of the inbox that do not grow. A local one by its age. Elsewhere the clock may be
    another, or the time one that the sender set: so by a second look at size and time."""
    quiet = settings.inbox_quiet_seconds
    filesystem, root = open_place(settings, settings.inbox)
    new = without_seen(settings, _list(filesystem, root, settings.inbox), received_at)
    if not new or quiet == 0:
        return new
    if isinstance(filesystem, LocalFileSystem):
        now = datetime.now(UTC)
        # a sender's clock may run ahead of ours: such a file must not wait for our clock
        return [d for d in new if abs(now - d.modified_at) >= timedelta(seconds=quiet)]
    time.sleep(quiet)
    again = {d.uri: d for d in _list(filesystem, root, settings.inbox)}
    return [d for d in new if again.get(d.uri) == d]


def _open(delivery: Delivery) -> BinaryIO:
    if isinstance(delivery.filesystem, LocalFileSystem):
        descriptor = os.open(delivery.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        return os.fdopen(descriptor, "rb")
    return cast(BinaryIO, delivery.filesystem.open(delivery.path, "rb"))


def _list(filesystem: Any, root: str, location: str) -> list[Delivery]:
    """Every file at a place, known or not. `location` is its name in messages."""
    with reaching(location):
        filesystem.invalidate_cache()
        try:
            info = filesystem.info(root)
        except FileNotFoundError:
            if is_empty_prefix(filesystem, root):
                return []
            raise SourceUnavailable(f"{location} is neither a file nor a folder") from None
        if info["type"] != "directory":
            _require_regular(location, info)
            return [d for d in [_delivery(filesystem, root, info)] if d is not None]
        found = filesystem.find(root, detail=True)
    deliveries = (
        _delivery(filesystem, path, found[path], is_read=is_claim_name(path.rpartition("/")[2]))
        for path in sorted(found)
        if not is_passed_over(path[len(root) :].lstrip("/"))
    )
    return [delivery for delivery in deliveries if delivery is not None]


def _require_regular(location: str, info: dict[str, Any]) -> None:
    """In a folder such an object is passed over; who names it is told why it is not read."""
    if info.get("islink"):
        raise ConfigurationError(
            f"{location} is a symbolic link, and links are not followed: name the file itself"
        )
    if info["type"] != "file":
        raise ConfigurationError(
            f"{location} is a pipe, a socket or a device, which is not read: name a file or folder"
        )


def _delivery(
    filesystem: Any, path: str, info: dict[str, Any], *, is_read: bool = True
) -> Delivery | None:
    if info["type"] != "file" or info.get("islink"):
        return None
    return Delivery(
        uri=printable(filesystem.unstrip_protocol(path)),
        file_name=printable(path.rpartition("/")[2]),
        byte_count=int(info["size"]),
        modified_at=_modified_at(info),
        filesystem=filesystem,
        path=path,
        is_read=is_read,
    )


def _modified_at(info: dict[str, Any]) -> datetime:
    """Modification time to the microsecond, UTC: Postgres keeps no more."""
    value = next((info[key] for key in _TIME_KEYS if info.get(key) is not None), None)
    if isinstance(value, int | float):
        return datetime.fromtimestamp(min(max(value, 0), _LATEST_TIME), UTC)
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    raise ConfigurationError("this kind of location tells no modification time; use --received-at")
