"""Every file at a place. Listed, not read; what cannot be listed hides none of its neighbours."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fsspec.implementations.local import LocalFileSystem

from health_warehouse.errors import ConfigurationError, SourceUnavailable
from health_warehouse.landing.delivery import Delivery, printable
from health_warehouse.landing.file_kinds import is_claim_name, is_passed_over
from health_warehouse.landing.places import is_empty_prefix, reaching

_TIME_KEYS = ("mtime", "LastModified", "last_modified", "modified", "updated", "created")
_LATEST_TIME = datetime(9999, 12, 30, tzinfo=UTC).timestamp()  # any local time is a datetime still


@dataclass(frozen=True, slots=True)
class Found:
    """`unreadable`: what could not be listed, one reason each; names are senders' and not told."""

    deliveries: list[Delivery]
    unreadable: list[str] = field(default_factory=list)


def find_files(
    filesystem: Any,
    root: str,
    location: str,
    is_read: Callable[[str], bool] = is_claim_name,
) -> Found:
    """Every file at a place, known or not. `location` is its name in messages; `is_read` says of a
    path of `filesystem` whether anybody reads such a file.

    Links are not followed, to files or to folders. Raises SourceUnavailable, SourceDenied and
    ConfigurationError about the place as a whole.
    """
    with reaching(location):
        filesystem.invalidate_cache()
        try:
            info = filesystem.info(root)
        except FileNotFoundError:
            if is_empty_prefix(filesystem, root):
                return Found([])
            raise SourceUnavailable(f"{location} is neither a file nor a folder") from None
        if info["type"] != "directory":
            _require_regular(location, info)
            one = delivery_of(filesystem, root, info, is_read=True)
            return Found([one] if one is not None else [])
        troubles: list[OSError] = []
        if isinstance(filesystem, LocalFileSystem):
            infos = dict(_walk(root, troubles))
        elif filesystem.protocol == ("s3", "s3a"):  # one listing of all keys
            infos = filesystem.find(root, detail=True)
        else:
            infos = filesystem.find(root, detail=True, on_error=troubles.append)
            if troubles:
                filesystem.info(root)  # raises when the place itself is away
    found = (
        delivery_of(filesystem, path, infos[path], is_read=is_read(path))
        for path in sorted(infos)
        if not is_passed_over(path[len(root) :].lstrip("/"))
    )
    return Found(
        [delivery for delivery in found if delivery is not None],
        [_told(error) for error in troubles if not isinstance(error, FileNotFoundError)],
    )


def delivery_of(
    filesystem: Any, path: str, info: dict[str, Any], *, is_read: bool = True
) -> Delivery | None:
    """What `info` of fsspec tells of an object; None of what is no regular file."""
    if info["type"] != "file" or info.get("islink"):
        return None
    name = path.rpartition("/")[2]
    return Delivery(
        uri=printable(filesystem.unstrip_protocol(path)),
        file_name=printable(name),
        byte_count=int(info["size"]),
        modified_at=_modified_at(info),
        filesystem=filesystem,
        path=path,
        is_read=is_read,
    )


def _walk(root: str, troubles: list[OSError]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Regular files below a local folder, by path, as fsspec tells of them.

    Its own walk follows links to folders, and leaves out a whole folder for one bad entry in it.
    """
    with os.scandir(root):  # the place itself
        pass
    for folder, _folders, names in os.walk(root, onerror=troubles.append):
        for name in names:
            path = f"{folder.rstrip('/')}/{name}"
            try:
                found = os.lstat(path)
            except OSError as error:
                troubles.append(error)
                continue
            kind = "file" if stat.S_ISREG(found.st_mode) else "other"
            yield path, {"type": kind, "size": found.st_size, "mtime": found.st_mtime}


def _told(error: OSError) -> str:
    return f"something in it cannot be listed: {error.strerror or type(error).__name__}"


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


def _modified_at(info: dict[str, Any]) -> datetime:
    """Modification time to the microsecond, UTC: Postgres keeps no more."""
    value = next((info[key] for key in _TIME_KEYS if info.get(key) is not None), None)
    if isinstance(value, int | float):
        return datetime.fromtimestamp(min(max(value, 0), _LATEST_TIME), UTC)
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    raise ConfigurationError("this kind of location tells no modification time; use --received-at")
