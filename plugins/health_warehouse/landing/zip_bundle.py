"""The claim files of a `.zip`. What its directory declares is judged before anything is unpacked.

`zipfile` yields at most the declared size of a member and then compares the checksum, so declared
sizes bound the work, and one that is too small breaks the checksum.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import SEEK_CUR, SEEK_END, SEEK_SET
from typing import IO, BinaryIO, cast

from health_warehouse.errors import FileUnreadable
from health_warehouse.landing.bundles import (
    CHUNK_BYTES,
    Bounds,
    Member,
    base_name,
    is_nested,
    nested,
)
from health_warehouse.landing.file_kinds import is_claim_name, is_passed_over, not_taken

_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # bzip2 and LZMA pack 100,000 to 1 and more
_MAX_ENTRY_BYTES = 256  # of the directory, per file; a hostile one of 2 GiB would be read at once


class _OutsideFile(OSError):
    """zipfile looks for its end mark before the beginning of a short file, and expects OSError."""


_BROKEN = (
    _OutsideFile,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,  # names that are not text, and wrong offsets
    OverflowError,
    EOFError,
    RuntimeError,  # what zipfile does not know: kinds of encryption, versions
)


def zip_members(
    stream: BinaryIO,
    byte_count: int,
    bounds: Bounds,
    is_read: Callable[[str], bool] = is_claim_name,
) -> Iterator[Member]:
    """The files of a seekable `.zip` of `byte_count` bytes, in the order of its directory.

    `is_read` says of a name in it whether anybody reads such a file.
    Folders, links, hidden files and `__MACOSX` are passed over, as in a folder. An archive inside,
    and a file that nobody reads, comes as a member that cannot be read. Raises
    FileUnreadable before the first member when the bundle as a whole is broken or beyond a bound.
    """
    directory_bytes = max(bounds.members * _MAX_ENTRY_BYTES, 1024**2)
    with _told("not a zip file, or damaged"):
        archive = zipfile.ZipFile(
            cast(IO[bytes], _Guarded(stream, byte_count, directory_bytes, bounds.members))
        )
    entries = archive.infolist()
    bounds.require_members(len(entries))
    if sum(entry.compress_size for entry in entries) > byte_count:
        raise FileUnreadable("F01", "its files overlap: together they are larger than the zip")
    files = [entry for entry in entries if _is_file(entry)]
    if not any(is_read(entry.filename) or is_nested(entry.filename) for entry in files):
        raise FileUnreadable("F01", "holds no file that a feed takes")
    bounds.require_total(sum(e.file_size for e in files if _refusal(e, bounds, is_read) is None))
    for entry in files:
        refusal = _refusal(entry, bounds, is_read)
        yield Member(entry.filename, _chunks(archive, entry, bounds, refusal))


def _is_file(entry: zipfile.ZipInfo) -> bool:
    name = base_name(entry.filename)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    is_other = is_link or "__MACOSX" in entry.filename.split("/")
    return bool(name) and not is_other and not is_passed_over(name)


def _refusal(
    entry: zipfile.ZipInfo, bounds: Bounds, is_read: Callable[[str], bool]
) -> FileUnreadable | None:
    """Why this file is not unpacked, as far as the directory tells."""
    if is_nested(entry.filename):
        return nested()
    if not is_read(entry.filename):
        return not_taken(base_name(entry.filename))
    if entry.flag_bits & _ENCRYPTED:
        return FileUnreadable("F01", "encrypted with a password; send it without")
    if entry.compress_type not in _METHODS:
        return FileUnreadable(
            "F01", f"packed by method {entry.compress_type}; only deflate and stored are read"
        )
    try:
        bounds.require_size(entry.file_size, entry.compress_size)
    except FileUnreadable as refusal:
        return refusal
    return None


def _chunks(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    bounds: Bounds,
    refusal: FileUnreadable | None,
) -> Iterator[bytes]:
    if refusal is not None:
        raise refusal
    with _told("damaged or truncated in the zip"), archive.open(entry) as unpacked:
        packed = iter(lambda: unpacked.read(CHUNK_BYTES), b"")
        yield from bounds.watched(packed, entry.compress_size)


@contextmanager
def _told(reason: str) -> Iterator[None]:
    """Whatever a broken zip makes `zipfile` raise; its messages hold names, so they are dropped."""
    try:
        yield
    except _BROKEN as error:
        raise FileUnreadable("F01", reason) from error


class _Guarded:
    """A file for `zipfile` that reads no large piece at once and goes nowhere outside itself."""

    def __init__(self, stream: BinaryIO, byte_count: int, piece_bytes: int, members: int) -> None:
        self._stream = stream
        self._byte_count = byte_count
        self._piece_bytes = piece_bytes
        self._members = members

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            size = self._byte_count - self._stream.tell()
        if size > self._piece_bytes:  # only the directory is read in one piece
            raise FileUnreadable(
                "F01",
                f"its directory is too large for {self._members} files "
                "(WAREHOUSE_MAX_BUNDLE_MEMBERS)",
            )
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        start = {SEEK_SET: 0, SEEK_CUR: self._stream.tell(), SEEK_END: self._byte_count}[whence]
        target = start + offset
        if not 0 <= target <= self._byte_count:
            raise _OutsideFile
        return self._stream.seek(target)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """Left to whoever opened the stream."""
