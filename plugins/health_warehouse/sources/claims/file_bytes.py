"""The bytes of a file in pieces: in UTF-8 whatever they are in, and not more than a bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from health_warehouse.errors import FileUnreadable
from health_warehouse.sources.claims.character_encoding import (
    Encoding,
    Survey,
    UnreadableEncoding,
    find_encoding,
    survey_bytes,
    transcoded,
)
from health_warehouse.sources.claims.hardened_xml import PROLOG_BYTES


class FileBytes:
    """A seekable binary stream, read once. `head` is its beginning without white space before it;
    `encoding` is known when the first chunk comes."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        self.encoding = Encoding("utf-8", is_plain=True)
        self.head = stream.read(PROLOG_BYTES).lstrip(b" \t\r\n")
        self._stream = stream
        self._max_bytes = max_bytes

    def chunks(self, size: int) -> Iterator[bytes]:
        """The first is at most PROLOG_BYTES, then `size`. Raises FileUnreadable (F01) when there
        are more than `max_bytes`, or the bytes are in no encoding that is read."""
        try:
            self.encoding = find_encoding(self.head, lambda: self._survey(size))
            pieces: Iterable[bytes] = self._pieces(size)
            yield from pieces if self.encoding.is_plain else transcoded(pieces, self.encoding)
        except UnreadableEncoding as error:
            raise FileUnreadable("F01", str(error)) from None

    def _pieces(self, size: int) -> Iterator[bytes]:
        total = 0
        piece = self.head
        while piece:
            total += len(piece)
            if total > self._max_bytes:
                reason = f"larger than {self._max_bytes} bytes (WAREHOUSE_MAX_FILE_BYTES)"
                raise FileUnreadable("F01", reason)
            yield piece
            piece = self._stream.read(size)

    def _survey(self, size: int) -> Survey:
        """What all bytes of the file are; the stream is left where it was."""
        here = self._stream.tell()
        self._stream.seek(0)
        content = survey_bytes(iter(lambda: self._stream.read(size), b""))
        self._stream.seek(here)
        return content
