"""The bytes of every file, unchanged, under their own hash: signatures can be checked years on."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from health_warehouse.errors import FileUnavailable, FileUnreadable, SourceUnavailable
from health_warehouse.landing.bundles import BUNDLE_SUFFIXES, is_bundle
from health_warehouse.landing.delivery import Delivery, FileChanged
from health_warehouse.landing.file_kinds import not_taken
from health_warehouse.landing.inbox import describe, read_chunks
from health_warehouse.settings import Settings

_CLAIM_FILE = ".xml"
RECEIPTS = "receipts"
"""The folder of receipts (receipt_manifest.py), beside those of files."""
_NO_FILES = (".incoming", RECEIPTS)
_OF_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A file by its hash. `refusal` says why it is not to be read: it is then not always kept."""

    sha256: str
    byte_count: int
    suffix: str = _CLAIM_FILE
    refusal: FileUnreadable | None = None


def store(settings: Settings, delivery: Delivery) -> ArchivedFile:
    """Copy a delivery into the archive as it was sent, once per content. Memory: one chunk.

    A file beyond max_file_bytes, and one that nobody reads, is hashed for the ledger and not kept.
    Raises FileChanged, and
    SourceUnavailable when inbox or archive cannot be reached; then nothing is kept.
    """

    def require_unchanged(byte_count: int) -> None:
        now = describe(delivery.filesystem, delivery.path)
        seen = None if now is None else (byte_count, now.modified_at)
        if seen != (delivery.byte_count, delivery.modified_at):
            raise FileChanged(delivery.shown)

    suffix = (
        Path(delivery.file_name).suffix.lower() if is_bundle(delivery.file_name) else _CLAIM_FILE
    )
    refusal: FileUnreadable | None = None
    if not delivery.is_read:
        refusal = not_taken(delivery.file_name)
    elif delivery.byte_count > settings.max_file_bytes:
        refusal = FileUnreadable("F01", f"larger than {settings.max_file_bytes} bytes")
    if refusal is not None:
        sha256, byte_count = _digest(read_chunks(delivery))
        require_unchanged(byte_count)
        return ArchivedFile(sha256, byte_count, suffix, refusal)
    return _keep(settings, read_chunks(delivery), suffix, require_unchanged)


def store_chunks(
    settings: Settings, chunks: Iterator[bytes], suffix: str = _CLAIM_FILE
) -> ArchivedFile:
    """Keep the bytes of one file out of a bundle or a backup. Memory: one chunk.

    Raises what reading `chunks` raises, and SourceUnavailable; then nothing is kept.
    """
    return _keep(settings, chunks, suffix, lambda _byte_count: None)


def names(settings: Settings) -> dict[str, str]:
    """The suffix of every file that is kept, by its sha256. Raises SourceUnavailable."""
    filesystem, root = fsspec.url_to_fs(settings.archive)
    try:
        paths = [Path(path) for path in filesystem.find(root)]
    except OSError as error:
        raise SourceUnavailable(f"the archive {settings.archive} cannot be listed") from error
    return {path.stem: path.suffix for path in paths if path.parent.name not in _NO_FILES}


def store_receipts(settings: Settings, name: str, lines: bytes) -> None:
    """Keep lines of receipts under a name that stands for them. Raises SourceUnavailable."""
    filesystem, root = fsspec.url_to_fs(settings.archive)
    with _draft(filesystem, root) as draft:
        with filesystem.open(draft, "wb") as copy:
            copy.write(lines)
            _flush(filesystem, copy)
        _name(filesystem, draft, f"{root}/{RECEIPTS}/{name}.jsonl")


def is_kept(settings: Settings, sha256: str) -> bool:
    """Whether the bytes are there, as a claim file. Raises SourceUnavailable."""
    filesystem, root = fsspec.url_to_fs(settings.archive)
    try:
        return bool(filesystem.exists(_path(root, sha256, _CLAIM_FILE)))
    except OSError as error:
        raise SourceUnavailable(f"the archive {settings.archive} cannot be read") from error


def remove(settings: Settings, sha256: str) -> int:
    """Delete the bytes, whatever the suffix; returns how many. Nothing there is no error.

    Raises SourceUnavailable.
    """
    filesystem, root = fsspec.url_to_fs(settings.archive)
    byte_count = 0
    try:
        for suffix in (_CLAIM_FILE, *BUNDLE_SUFFIXES):
            with suppress(FileNotFoundError):
                path = _path(root, sha256, suffix)
                size = filesystem.size(path)
                filesystem.rm_file(path)
                byte_count += int(size or 0)
    except OSError as error:
        raise SourceUnavailable(f"{sha256} cannot be removed from the archive") from error
    return byte_count


@contextmanager
def open_archived(settings: Settings, archived: ArchivedFile) -> Iterator[BinaryIO]:
    """The kept bytes, seekable. Raises FileUnavailable, in the block too, where they are read."""
    filesystem, root = fsspec.url_to_fs(settings.archive)
    try:
        with filesystem.open(_path(root, archived.sha256, archived.suffix), "rb") as stream:
            yield cast(BinaryIO, stream)
    except OSError as error:
        if error.errno in _OF_WRITING:  # the block copies the bytes, and has no room for them
            raise
        told = error.strerror or type(error).__name__
        raise FileUnavailable(f"{archived.sha256[:12]} in the archive: {told}") from error


def require_archive(settings: Settings) -> None:
    """A file of it could not be read: raises SourceUnavailable when nothing of it can be."""
    filesystem, root = fsspec.url_to_fs(settings.archive)
    try:
        filesystem.invalidate_cache()
        filesystem.ls(root, detail=False)
    except OSError as error:
        raise SourceUnavailable(f"the archive {settings.archive} cannot be read") from error


def _path(root: str, sha256: str, suffix: str) -> str:
    return f"{root}/{sha256[:2]}/{sha256}{suffix}"


def _keep(
    settings: Settings, chunks: Iterator[bytes], suffix: str, confirm: Callable[[int], None]
) -> ArchivedFile:
    """Write a draft aside; name it once it is whole and `confirm(byte_count)` did not raise."""
    filesystem, root = fsspec.url_to_fs(settings.archive)
    with _draft(filesystem, root) as draft:
        with filesystem.open(draft, "wb") as copy:
            sha256, byte_count = _digest(chunks, copy)
            _flush(filesystem, copy)
        confirm(byte_count)
        _name(filesystem, draft, _path(root, sha256, suffix))
    return ArchivedFile(sha256, byte_count, suffix)


@contextmanager
def _draft(filesystem: Any, root: str) -> Iterator[str]:
    """The path of a draft, which is gone after the block. Raises SourceUnavailable."""
    draft = f"{root}/.incoming/{secrets.token_hex(16)}"
    try:
        filesystem.makedirs(f"{root}/.incoming", exist_ok=True)
        yield draft
    except OSError as error:  # what reads the bytes tells its own troubles otherwise
        told = error.strerror or type(error).__name__
        raise SourceUnavailable(f"copying to the archive failed: {told}") from error
    finally:
        with suppress(OSError):  # there is none, or the archive takes no changes any more
            filesystem.rm_file(draft)


def _flush(filesystem: Any, copy: Any) -> None:
    if isinstance(filesystem, LocalFileSystem):
        copy.flush()
        os.fsync(copy.fileno())


def _digest(chunks: Iterator[bytes], copy: BinaryIO | None = None) -> tuple[str, int]:
    """Hash and number of the bytes, written to `copy` on the way."""
    digest = hashlib.sha256()
    byte_count = 0
    for chunk in chunks:
        digest.update(chunk)
        byte_count += len(chunk)
        if copy is not None:
            copy.write(chunk)
    return digest.hexdigest(), byte_count


def _name(filesystem: Any, draft: str, path: str) -> None:
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
