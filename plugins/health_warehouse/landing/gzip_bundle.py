"""The claim file in a `.gz`: one file, possibly in several compressed stretches.

By zlib itself, because Python's `gzip` reads a name in the header byte by byte, however long it is.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from health_warehouse.errors import FileUnreadable
from health_warehouse.landing.bundles import (
    CHUNK_BYTES,
    Bounds,
    Member,
    base_name,
    is_nested,
    nested,
)

_GZIP = 31  # zlib's wbits: header and checksum of gzip, the largest window
_SUFFIX = ".gz"


def gzip_member(stream: BinaryIO, file_name: str, byte_count: int, bounds: Bounds) -> Member:
    """The one file of a `.gz`, named after it; the name in its header is ignored, as `gunzip` does.

    Whatever it is named, it is taken for a claim file: a sender put it into the inbox by itself.
    """
    name = base_name(file_name)[: -len(_SUFFIX)]
    return Member(name, _content(stream, name, byte_count, bounds))


def _content(stream: BinaryIO, name: str, byte_count: int, bounds: Bounds) -> Iterator[bytes]:
    if is_nested(name):
        raise nested()
    yield from bounds.watched(_chunks(stream, bounds), byte_count)


def _chunks(stream: BinaryIO, bounds: Bounds) -> Iterator[bytes]:
    """Stretch after stretch (RFC 1952 §2.2); each checks its CRC. Zeros may follow the last."""
    packed = stream.read(CHUNK_BYTES)
    stretches = 0
    while packed or not stretches:
        stretches += 1
        bounds.require_members(stretches)  # a million empty stretches are small and take minutes
        engine = zlib.decompressobj(_GZIP)
        yield from _stretch(engine, packed, stream)
        packed = engine.unused_data.lstrip(b"\0")
        while not packed and (more := stream.read(CHUNK_BYTES)):
            packed = more.lstrip(b"\0")


def _stretch(engine: zlib._Decompress, packed: bytes, stream: BinaryIO) -> Iterator[bytes]:
    while not engine.eof:
        try:
            chunk = engine.decompress(packed, CHUNK_BYTES)
        except zlib.error as error:
            raise FileUnreadable("F01", "not a gzip file, or damaged") from error
        if chunk:
            yield chunk
        packed = engine.unconsumed_tail
        if not packed and not chunk and not engine.eof:  # zlib holds nothing back any more
            packed = stream.read(CHUNK_BYTES)
            if not packed:
                raise FileUnreadable("F01", "the gzip file is truncated")
