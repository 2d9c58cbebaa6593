"""Parts of a workbook that is a zip (xlsx, ods), unpacked within bounds."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO

from health_warehouse.errors import FileUnreadable

CHUNK_BYTES = 256 * 1024
MAX_PARTS = 10_000
# The directory of a zip is read in one piece; a hostile one would be as large as the file.
MAX_DIRECTORY_BYTES = 4 * 1024**2
MAX_RATIO = 200
_FREE_BYTES = 32 * 1024**2
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    OverflowError,
    EOFError,
    RuntimeError,
    NotImplementedError,
)


class ZipParts:
    """The parts by name; all together unpack to at most `max_bytes`, and not too tightly."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        with told():
            self._zip = zipfile.ZipFile(_Pieces(stream))
        self._infos = self._zip.infolist()
        if len(self._infos) > MAX_PARTS:
            raise FileUnreadable("F01", f"the workbook has more than {MAX_PARTS} parts")
        self._names = {one.filename.lstrip("/").lower(): one for one in self._infos}
        if len(self._names) != len(self._infos):
            raise FileUnreadable("F01", "the workbook has two parts of one name")
        self._left = max_bytes
        self._max_bytes = max_bytes
        self._require_bounds()

    def _require_bounds(self) -> None:
        unpacked = sum(one.file_size for one in self._infos)
        packed = sum(one.compress_size for one in self._infos)
        if unpacked > self._max_bytes:
            raise FileUnreadable("F01", f"unpacked larger than {self._max_bytes} bytes")
        if unpacked > max(_FREE_BYTES, MAX_RATIO * packed):
            raise FileUnreadable("F01", f"packed tighter than {MAX_RATIO} to 1")
        if any(one.flag_bits & 0x1 for one in self._infos):
            raise FileUnreadable("F01", "encrypted with a password; send it without")

    def names(self) -> list[str]:
        """In small letters."""
        return list(self._names)

    def has(self, name: str) -> bool:
        return name.lstrip("/").lower() in self._names

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """A part as a stream. Raises FileUnreadable when it is not there, or cannot be unpacked."""
        entry = self._names.get(name.lstrip("/").lower())
        if entry is None:
            raise FileUnreadable("F01", "a part of the workbook is missing: save it again")
        if entry.compress_type not in _METHODS:
            raise FileUnreadable("F01", f"packed by method {entry.compress_type}; save it again")
        with told(), self._zip.open(entry) as part:
            yield part

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part in pieces."""
        with self.opened(name) as part, told():
            while chunk := part.read(CHUNK_BYTES):
                yield chunk


@contextmanager
def told() -> Iterator[None]:
    """What a broken zip makes `zipfile` raise, as our error; its messages may hold names."""
    try:
        yield
    except _BROKEN as error:
        raise FileUnreadable("F01", "the workbook is damaged or cut off: save it again") from error


class _Pieces:
    """A stream of which no very large piece is read at once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int = -1) -> bytes:
        if size > MAX_DIRECTORY_BYTES:
            raise FileUnreadable("F01", "the directory of the workbook is too large")
        if size < 0:
            size = MAX_DIRECTORY_BYTES
        return self._stream.read(size)

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """Left to whoever opened the stream."""
