"""Gzip files as senders and attackers make them: one claim file within bounds, or a reason."""

from __future__ import annotations

import gzip
import random
import time
from io import BytesIO

import pytest

from health_warehouse.errors import FileUnreadable
from health_warehouse.landing.bundles import Bounds
from health_warehouse.landing.gzip_bundle import gzip_member

BOUNDS = Bounds(members=100, total_bytes=64 * 1024**2, file_bytes=32 * 1024**2, ratio=100)
XML = b"<GIAMDINHHS>" + bytes(range(32, 127)) * 5000 + b"</GIAMDINHHS>"
DAMAGED = "F01: not a gzip file, or damaged"
TRUNCATED = "F01: the gzip file is truncated"


def content(data: bytes, bounds: Bounds = BOUNDS, name: str = "x.xml.gz") -> bytes:
    return b"".join(gzip_member(BytesIO(data), name, len(data), bounds).chunks)


def refusal_of(data: bytes, bounds: Bounds = BOUNDS, name: str = "x.xml.gz") -> str:
    with pytest.raises(FileUnreadable) as caught:
        content(data, bounds, name)
    return str(caught.value)


def test_the_file_comes_whole_under_its_own_name() -> None:
    packed = gzip.compress(XML)
    member = gzip_member(BytesIO(packed), "a.xml.GZ", len(packed), BOUNDS)
    assert (member.name, b"".join(member.chunks)) == ("a.xml", XML)
    assert content(gzip.compress(b"")) == b""


def test_stretches_are_joined_and_padding_is_ignored() -> None:
    data = gzip.compress(XML) + gzip.compress(b"") + gzip.compress(b"more") + bytes(200_000)
    assert content(data) == XML + b"more"


def test_incompressible_bytes_pass() -> None:
    noise = random.Random(1).randbytes(3 * 1024**2)
    assert content(gzip.compress(noise)) == noise


def test_what_is_no_gzip_is_refused() -> None:
    assert refusal_of(b"") == TRUNCATED
    assert refusal_of(b"<GIAMDINHHS/>") == DAMAGED
    assert refusal_of(gzip.compress(XML) + b"rubbish") == DAMAGED


def test_an_archive_inside_is_refused() -> None:
    for name in ("x.zip.gz", "x.tar.gz", "x.xml.gz.gz"):
        assert "archive inside an archive" in refusal_of(gzip.compress(b"x"), name=name)


def test_a_truncated_file_is_refused() -> None:
    data = gzip.compress(XML)
    chance = random.Random(2)
    assert {refusal_of(data[: chance.randrange(len(data))]) for _ in range(50)} == {TRUNCATED}


def test_a_flipped_checksum_is_refused() -> None:
    data = gzip.compress(XML)
    assert refusal_of(data[:-8] + bytes([data[-8] ^ 1]) + data[-7:]) == DAMAGED


def test_a_bomb_is_refused_after_the_first_bytes() -> None:
    started = time.process_time()
    ratio = "F01: packed tighter than 100 to 1 (WAREHOUSE_MAX_COMPRESSION_RATIO)"
    assert refusal_of(gzip.compress(bytes(30 * 1024**2))) == ratio
    small = Bounds(members=100, total_bytes=10**6, file_bytes=1000, ratio=100)
    size = "F01: unpacked larger than 1000 bytes (WAREHOUSE_MAX_FILE_BYTES)"
    assert refusal_of(gzip.compress(XML), small) == size
    assert time.process_time() - started < 2


def test_a_million_empty_stretches_are_refused_at_once() -> None:
    started = time.process_time()
    assert "WAREHOUSE_MAX_BUNDLE_MEMBERS" in refusal_of(gzip.compress(b"") * 1_000_000)
    assert time.process_time() - started < 2


def test_an_endless_name_in_the_header_costs_nothing() -> None:
    """`gzip` of Python reads it byte by byte: 20 s measured for this one."""
    plain = gzip.compress(b"<x/>")
    named = plain[:3] + b"\x08" + plain[4:10] + b"n" * 50_000_000 + b"\0" + plain[10:]
    started = time.process_time()
    assert content(named) == b"<x/>"
    assert time.process_time() - started < 2


def test_no_mutation_does_worse_than_being_refused() -> None:
    data = gzip.compress(XML)
    chance = random.Random(3)
    refused = 0
    for _ in range(1000):
        mutant = bytearray(data)
        mutant[chance.randrange(len(mutant))] = chance.randrange(256)
        try:
            assert content(bytes(mutant)) == XML
        except FileUnreadable:
            refused += 1
    assert refused > 500
