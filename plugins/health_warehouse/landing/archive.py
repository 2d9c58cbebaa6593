"""The bytes of every file, unchanged, under their own hash: signatures can be checked years on."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from health_warehouse.errors import SourceUnavailable
from health_warehouse.landing.inbox import Delivery, describe, open_source
from health_warehouse.settings import Settings

CHUNK_BYTES = 1024 * 1024


class FileChanged(Exception):
    """The file changed or went while it was copied; it is left for the next time."""


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """`is_stored` is False for a file beyond max_file_bytes: hashed for the ledger, not kept."""

    sha256: str
    byte_count: int
    is_stored: bool


def store(settings: Settings, delivery: Delivery) -> ArchivedFile:
    """Copy a delivery into the archive, once per content. Memory: one chunk.

    Raises FileChanged, and SourceUnavailable when inbox or archive cannot be reached.
    """
    filesystem, root = fsspec.url_to_fs(settings.archive)
    is_stored = delivery.byte_count <= settings.max_file_bytes
    draft = f"{root}/.incoming/{secrets.token_hex(16)}"
    try:
        if is_stored:
            filesystem.makedirs(f"{root}/.incoming", exist_ok=True)
        sha256, byte_count = _copy(delivery, filesystem if is_stored else None, draft)
        _require_unchanged(delivery, byte_count)
        if is_stored:
            _keep(filesystem, draft, _path(root, sha256))
    except FileNotFoundError:
        raise FileChanged(delivery.uri) from None
    except OSError as error:
        raise SourceUnavailable(f"copying to the archive failed: {error.strerror}") from error
    finally:
        if is_stored:
            with suppress(FileNotFoundError):
                filesystem.rm_file(draft)
    return ArchivedFile(sha256, byte_count, is_stored)


def open_archived(settings: Settings, sha256: str) -> BinaryIO:
    """The kept bytes, seekable. Raises SourceUnavailable."""
    filesystem, root = fsspec.url_to_fs(settings.archive)
    try:
        return cast(BinaryIO, filesystem.open(_path(root, sha256), "rb"))
    except OSError as error:
        raise SourceUnavailable(f"{sha256} is not in the archive {settings.archive}") from error


def _path(root: str, sha256: str) -> str:
    return f"{root}/{sha256[:2]}/{sha256}.xml"


def _copy(delivery: Delivery, target: Any, draft: str) -> tuple[str, int]:
    digest = hashlib.sha256()
    byte_count = 0
    with open_source(delivery) as source:
        if target is None:
            for chunk in _chunks(source):
                digest.update(chunk)
                byte_count += len(chunk)
            return digest.hexdigest(), byte_count
        with target.open(draft, "wb") as copy:
            for chunk in _chunks(source):
                digest.update(chunk)
                byte_count += len(chunk)
                copy.write(chunk)
            if isinstance(target, LocalFileSystem):
                copy.flush()
                os.fsync(copy.fileno())
    return digest.hexdigest(), byte_count


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    while chunk := source.read(CHUNK_BYTES):
        yield chunk


def _require_unchanged(delivery: Delivery, byte_count: int) -> None:
    now = describe(delivery.filesystem, delivery.path)
    if now is None or byte_count != delivery.byte_count or now.modified_at != delivery.modified_at:
        raise FileChanged(delivery.uri)


def _keep(filesystem: Any, draft: str, path: str) -> None:
    """Give the copy its name. Two loaders of the same bytes put the same content there."""
    if filesystem.exists(path):
        return
    folder = path.rpartition("/")[0]
    filesystem.makedirs(folder, exist_ok=True)
    if not isinstance(filesystem, LocalFileSystem):
        filesystem.mv(draft, path)  # object stores show an object whole or not at all
        return
    Path(draft).chmod(0o440)
    Path(draft).rename(path)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)  # the name must survive a power cut, for the ledger will claim it
    finally:
        os.close(descriptor)
