"""The filesystem behind a location, and its troubles in our own words.

Credentials are those of the inbox and go to the inbox's own server only.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import fsspec
from fsspec.implementations.local import LocalFileSystem

from health_warehouse.errors import (
    ConfigurationError,
    FileUnavailable,
    SourceDenied,
    SourceUnavailable,
)
from health_warehouse.landing.inbox_connection import InboxConnection, inbox_connection
from health_warehouse.settings import Settings

_SFTP = ("sftp", "ssh")
_TRANSPORTS = ("asyncssh", "botocore", "aiohttp")  # told by name: importing them takes a second
_GONE = ("SFTPNoSuchFile", "SFTPNoSuchPath")
_REFUSED = ("PermissionDenied", "SFTPPermissionDenied", "HostKeyNotVerifiable")
# A link where a file was listed, or a pipe: swapped since, so not what was listed.
_SWAPPED = (errno.ELOOP, errno.ENXIO)


def open_place(settings: Settings, location: str) -> tuple[Any, str]:
    """Filesystem of fsspec and path there. What exists here is a path, whatever its name: in a URL
    fsspec reads `::` as an order to open another place, and a shell expands to senders' names.

    Raises ConfigurationError for credentials that are missing or wrong in form, SourceUnavailable
    when the place does not answer, SourceDenied when it is not the one expected or refuses us.
    """
    if Path(location).exists():
        return LocalFileSystem(), str(Path(location).absolute())
    with reaching(location):
        scheme = location.partition("://")[0].rpartition("::")[2]
        if scheme in _SFTP or "ssh://" in location or "sftp://" in location:
            return _open_sftp(settings, location)
        if scheme == "s3":
            return _open_s3(settings, location)
        try:
            filesystem, root = fsspec.url_to_fs(location)
        except (ImportError, ValueError) as error:
            raise SourceUnavailable(f"{location} cannot be listed: {error}") from error
    return filesystem, str(root)


def is_empty_prefix(filesystem: Any, root: str) -> bool:
    """Whether a path that is not there may still be an inbox: a store of objects knows no folders,
    so one that nobody has filled yet, or that was cleared, is not there though its bucket is."""
    return filesystem.protocol == ("s3", "s3a") and bool(filesystem.exists(root.partition("/")[0]))


@contextmanager
def reaching(place: str, *, is_file: bool = False) -> Iterator[None]:
    """Whatever goes wrong within, between us and `place`, becomes one of our errors: of a file
    FileUnavailable, after which `require_place` tells whether others can be read.

    FileNotFoundError stays: callers know what it means. Secrets are in no message of these
    libraries; what comes from code that is not theirs passes. Of a file a server may quote the
    name, which may be a patient's: then the kind of the error is all that is told.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:
        name = type(error).__name__
        if name in _GONE or (isinstance(error, OSError) and error.errno in _SWAPPED):
            raise FileNotFoundError(place) from error
        if name in _REFUSED or isinstance(error, PermissionError):
            raise SourceDenied(f"{place}: {_reason(error, is_file)}") from error
        if isinstance(error, OSError) or _is_of_transport(error):
            kind = FileUnavailable if is_file else SourceUnavailable
            raise kind(f"{place}: {_reason(error, is_file)}") from error
        raise


def require_place(settings: Settings, filesystem: Any, path: str) -> None:
    """A file could not be read: raises SourceUnavailable when nothing at its place can be."""
    local = isinstance(filesystem, LocalFileSystem)
    inbox = Path(unquote(urlsplit(settings.inbox).path)) if local else Path("/")
    root = inbox if local and Path(path).is_relative_to(inbox) else Path(path).parent
    place = "the place of a file that cannot be read"
    try:
        with reaching(place):
            if local:
                with os.scandir(root) as entries:
                    next(entries, None)
            else:
                filesystem.invalidate_cache()
                filesystem.info(str(root))
    except FileNotFoundError:
        raise SourceUnavailable(f"{place} is gone") from None


def _is_of_transport(error: Exception) -> bool:
    return any(kind.__module__.partition(".")[0] in _TRANSPORTS for kind in type(error).__mro__)


def _reason(error: Exception, is_file: bool) -> str:
    if type(error).__name__ == "HostKeyNotVerifiable":
        return (
            "the server shows another host key than the connection names. Ask its owner over "
            "another channel whether the key was changed; only then enter the new one"
        )
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    name = type(error).__name__
    return name if is_file else str(error) or name


def _open_sftp(settings: Settings, location: str) -> tuple[Any, str]:
    from health_warehouse.landing.sftp_inbox import open_sftp

    if "::" in location:
        raise ConfigurationError(f"{location}: an SFTP server cannot stand in a chain of locations")
    url = urlsplit(location)
    connection = _connection_for(settings, url)
    if connection is None:
        raise ConfigurationError(
            f"{location}: only the server of WAREHOUSE_INBOX is known, by its host key; see "
            "docs/runbooks/inbox_elsewhere.md"
        )
    return open_sftp(url, connection), url.path or "/"


def _open_s3(settings: Settings, location: str) -> tuple[Any, str]:
    from health_warehouse.landing.s3_inbox import open_s3

    url = urlsplit(location)
    connection = _connection_for(settings, url)
    return open_s3(connection or InboxConnection()), f"{url.netloc}{url.path}".rstrip("/")


def _connection_for(settings: Settings, url: SplitResult) -> InboxConnection | None:
    inbox = urlsplit(settings.inbox)
    if (inbox.scheme, inbox.netloc) != (url.scheme, url.netloc):
        return None
    return inbox_connection(settings)
