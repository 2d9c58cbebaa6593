"""What lies in the inbox that the ledger does not know. Listed, not read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem
from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.errors import ConfigurationError, SourceUnavailable
from health_warehouse.settings import Settings

ReceivedAt = datetime | Literal["declared"] | None
"""When files count as received: a fixed instant, their NGAYLAP, or None: the modification time."""

_MAX_NAME_BYTES = 400  # as `\\xNN` at most 1,600; an index entry of Postgres holds 2,704
_TIME_KEYS = ("mtime", "LastModified", "last_modified", "modified", "updated", "created")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One object at one place, as it was when listed. `path` is its name to `filesystem`."""

    uri: str
    file_name: str
    byte_count: int
    modified_at: datetime
    filesystem: Any
    path: str


def list_new(
    settings: Settings, locations: Sequence[str] = (), received_at: ReceivedAt = None
) -> list[Delivery]:
    """Claim files in `locations` (default: the inbox) that have no receipt yet, oldest first.

    A location is a file, a folder (searched recursively) or a URL of fsspec. Hidden names, `.part`
    and `.tmp`, symbolic links and what is not a regular file are passed over. In the inbox so is a
    file modified within the last `inbox_quiet_seconds`; a location that a person names is taken as
    it is. Raises SourceUnavailable, ConfigurationError.
    """
    quiet = timedelta(seconds=0 if locations else settings.inbox_quiet_seconds)
    now = datetime.now(UTC)
    found = {
        delivery.uri: delivery
        for location in locations or (settings.inbox,)
        for delivery in _list(location)
        # a sender's clock may run ahead of ours: such a file must not wait for our clock
        if abs(now - delivery.modified_at) >= quiet
    }
    seen = _seen(settings, found.values(), received_at)
    new = (d for d in found.values() if d.uri not in seen)
    return sorted(new, key=lambda d: (d.modified_at, d.file_name, d.uri))


def seconds_until_quiet(settings: Settings) -> float:
    """How long until `list_new` takes up the youngest file of the inbox; 0 when none is too young.

    For a person who runs the path by hand right after dropping files. Raises as `list_new` does.
    """
    youngest = max((d.modified_at for d in _list(settings.inbox)), default=None)
    if youngest is None:
        return 0.0
    age = (datetime.now(UTC) - youngest).total_seconds()
    return max(0.0, settings.inbox_quiet_seconds - age)


def open_source(delivery: Delivery) -> BinaryIO:
    """Open for reading; a local file only if it is still a file of its own, not a link."""
    if isinstance(delivery.filesystem, LocalFileSystem):
        descriptor = os.open(delivery.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        return os.fdopen(descriptor, "rb")
    return cast(BinaryIO, delivery.filesystem.open(delivery.path, "rb"))


def describe(filesystem: Any, path: str) -> Delivery | None:
    """The object as it is now; None when it is gone or is not a regular file."""
    filesystem.invalidate_cache()
    try:
        return _delivery(filesystem, path, filesystem.info(path))
    except FileNotFoundError:
        return None


def _open_location(location: str) -> tuple[Any, str]:
    """Filesystem and path. What exists here is a path, whatever its name: in a URL fsspec reads
    `::` as an order to open another place, and a shell expands to names that senders chose."""
    if Path(location).exists():
        return LocalFileSystem(), str(Path(location).absolute())
    filesystem, root = fsspec.url_to_fs(location)
    filesystem.invalidate_cache()
    return filesystem, str(root)


def _list(location: str) -> Iterator[Delivery]:
    try:
        filesystem, root = _open_location(location)
        if filesystem.isfile(root):
            single = _delivery(filesystem, root, filesystem.info(root))
            if single is not None:
                yield single
            return
        if not filesystem.isdir(root):
            raise SourceUnavailable(f"{location} is neither a file nor a folder")
        found = filesystem.find(root, detail=True)
    except (OSError, ImportError, ValueError) as error:
        raise SourceUnavailable(f"{location} cannot be listed: {error}") from error
    for path in sorted(found):
        inside = path[len(root) :].lstrip("/")
        if _is_claim_name(inside):
            delivery = _delivery(filesystem, path, found[path])
            if delivery is not None:
                yield delivery


def _is_claim_name(path: str) -> bool:
    """`*.xml` in any case, no part hidden. Senders write `x.part` or `.x.xml`, then rename."""
    return path.lower().endswith(".xml") and not any(p.startswith(".") for p in path.split("/"))


def _delivery(filesystem: Any, path: str, info: dict[str, Any]) -> Delivery | None:
    if info["type"] != "file" or info.get("islink"):
        return None
    return Delivery(
        uri=_printable(filesystem.unstrip_protocol(path)),
        file_name=_printable(path.rpartition("/")[2]),
        byte_count=int(info["size"]),
        modified_at=_modified_at(info),
        filesystem=filesystem,
        path=path,
    )


def _printable(name: str) -> str:
    """A name that Postgres takes as text and as a key: odd bytes as `\\xNN`, no longer than fits an
    index (a longer one keeps its beginning, and the hash of the whole)."""
    data = name.encode("utf-8", "surrogateescape")
    if len(data) > _MAX_NAME_BYTES:
        data = data[:_MAX_NAME_BYTES] + b"~" + hashlib.sha256(data).hexdigest().encode()
    return data.decode("utf-8", "backslashreplace")


def _modified_at(info: dict[str, Any]) -> datetime:
    """Modification time to the microsecond, UTC: Postgres keeps no more."""
    value = next((info[key] for key in _TIME_KEYS if info.get(key) is not None), None)
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    raise ConfigurationError("this kind of location tells no modification time; use --received-at")


# A receipt at the same place, size and time is the same delivery. With a fixed or declared time of
# receipt only a receipt at that very time is: the same object may be received again at another.
_SEEN = text(
    """
    select distinct d.uri
    from unnest(cast(:uris as text[]), cast(:sizes as bigint[]), cast(:times as timestamptz[]))
        as d (uri, byte_count, modified_at)
    inner join ops.file_receipts as r using (uri, byte_count, modified_at)
    inner join ops.files as f using (file_id)
    where case :mode
        when 'fixed' then r.received_at = cast(:received_at as timestamptz)
        when 'declared' then r.received_at
            = f.declared_date::date::timestamp at time zone 'Asia/Ho_Chi_Minh'
        else true
    end
    """
)


def _seen(settings: Settings, deliveries: Iterable[Delivery], received_at: ReceivedAt) -> set[str]:
    listed = list(deliveries)
    mode = "fixed" if isinstance(received_at, datetime) else received_at or "modified"
    parameters = {
        "uris": [d.uri for d in listed],
        "sizes": [d.byte_count for d in listed],
        "times": [d.modified_at for d in listed],
        "mode": mode,
        "received_at": received_at if isinstance(received_at, datetime) else None,
    }
    with engine(settings, "loader").connect() as connection:
        return set(connection.execute(_SEEN, parameters).scalars())
