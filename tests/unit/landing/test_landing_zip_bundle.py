"""Zips as senders and attackers make them: claim files within bounds, or a plain reason."""

from __future__ import annotations

import random
import stat
import struct
import time
import zipfile
from io import BytesIO

import pytest

from health_warehouse.errors import FileUnreadable
from health_warehouse.landing.bundles import Bounds
from health_warehouse.landing.zip_bundle import zip_members

BOUNDS = Bounds(members=100, total_bytes=64 * 1024**2, file_bytes=32 * 1024**2, ratio=100)
XML = b"<GIAMDINHHS>" + bytes(range(32, 127)) * 50 + b"</GIAMDINHHS>"
DIRECTORY_ENTRY = b"PK\x01\x02"
LOCAL_HEADER = b"PK\x03\x04"


def zipped(
    *files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content, method)
    return target.getvalue()


def contents(data: bytes, bounds: Bounds = BOUNDS) -> list[tuple[str, bytes | str]]:
    """Name and bytes of each claim file, or the reason why it was refused."""
    found: list[tuple[str, bytes | str]] = []
    for member in zip_members(BytesIO(data), len(data), bounds):
        try:
            found.append((member.name, b"".join(member.chunks)))
        except FileUnreadable as refusal:
            found.append((member.name, str(refusal)))
    return found


def refusal_of(data: bytes, bounds: Bounds = BOUNDS) -> str:
    with pytest.raises(FileUnreadable) as caught:
        contents(data, bounds)
    return str(caught.value)


def patched(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """`data` with a field of the first header of that kind overwritten."""
    place = data.index(signature) + offset
    return data[:place] + value + data[place + len(value) :]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_claim_files_come_whole_and_in_order(method: int) -> None:
    data = zipped(("b.xml", XML), ("month/a.XML", b"<a/>"), ("empty.xml", b""), method=method)
    assert contents(data) == [("b.xml", XML), ("month/a.XML", b"<a/>"), ("empty.xml", b"")]


def test_what_is_no_claim_file_is_passed_over() -> None:
    link = zipfile.ZipInfo("link.xml")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    others = [
        "Thumbs.db",
        "a.xml.part",
        "__MACOSX/._a.xml",
        "__MACOSX/b.xml",
        ".hidden.xml",
        "x.xml/",
    ]
    data = zipped(*[(name, b"") for name in others], (link, b"/etc/passwd"), ("a.xml", XML))
    assert contents(data) == [("a.xml", XML)]


def test_a_file_that_nobody_reads_is_told() -> None:
    told = "not taken: its name ends in .txt; read are .xml, .zip and .gz"
    assert contents(zipped(("README.txt", b"-"), ("a.xml", XML))) == [
        ("README.txt", told),
        ("a.xml", XML),
    ]


def test_a_name_is_data_whatever_it_says() -> None:
    names = [
        "../../etc/cron.d/x.xml",
        "/etc/x.xml",
        "..\\..\\x.xml",
        "C:\\x.xml",
        "a\nb.xml",
        "'.xml",
    ]
    data = zipped(*[(name, XML) for name in names])
    assert contents(data) == [(name, XML) for name in names]


@pytest.mark.parametrize("data", [b"", b"PK", b"<x/>", b"\0" * 100_000, b"PK\x05\x06" + b"\0" * 17])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    assert refusal_of(data) == "F01: not a zip file, or damaged"


@pytest.mark.parametrize("data", [zipped(), zipped(("README.txt", b"x"), ("folder/", b""))])
def test_a_zip_without_a_claim_file_is_refused(data: bytes) -> None:
    assert refusal_of(data) == "F01: holds no file that a feed takes"


@pytest.mark.parametrize("name", ["inner.zip", "inner.xml.GZ", "a/inner.7z", "inner.rar", "x.tar"])
def test_an_archive_inside_is_refused_and_its_neighbours_are_not(name: str) -> None:
    (first, refused, last) = contents(zipped(("a.xml", XML), (name, zipped()), ("b.xml", XML)))
    assert (first, last) == (("a.xml", XML), ("b.xml", XML))
    assert refused == (
        name,
        "F01: an archive inside an archive is not opened; send it by itself",
    )


def test_an_encrypted_file_is_refused_and_its_neighbours_are_not() -> None:
    data = zipped(("secret.xml", XML), ("a.xml", XML))
    data = patched(patched(data, LOCAL_HEADER, 6, b"\1"), DIRECTORY_ENTRY, 8, b"\1")
    assert contents(data) == [
        ("secret.xml", "F01: encrypted with a password; send it without"),
        ("a.xml", XML),
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_pack_without_bound_are_refused(method: int) -> None:
    ((_, reason),) = contents(zipped(("a.xml", XML), method=method))
    assert reason == f"F01: packed by method {method}; only deflate and stored are read"


def test_a_bomb_is_refused_unopened_and_its_neighbours_are_not() -> None:
    data = zipped(("a.xml", XML), ("bomb.xml", bytes(30 * 1024**2)), ("b.xml", XML))
    started = time.process_time()
    assert contents(data) == [
        ("a.xml", XML),
        ("bomb.xml", "F01: packed tighter than 100 to 1 (WAREHOUSE_MAX_COMPRESSION_RATIO)"),
        ("b.xml", XML),
    ]
    assert time.process_time() - started < 1


def test_a_file_beyond_its_size_is_refused() -> None:
    small = Bounds(members=100, total_bytes=10**6, file_bytes=1000, ratio=100)
    assert contents(zipped(("a.xml", XML), ("b.xml", b"<b/>")), small) == [
        ("a.xml", "F01: unpacked larger than 1000 bytes (WAREHOUSE_MAX_FILE_BYTES)"),
        ("b.xml", b"<b/>"),
    ]


def test_too_much_together_is_refused_as_a_whole() -> None:
    few = Bounds(members=100, total_bytes=2 * len(XML), file_bytes=10**6, ratio=100)
    two = [("a.xml", XML), ("b.xml", XML)]
    assert len(contents(zipped(*two), few)) == 2
    assert "WAREHOUSE_MAX_BUNDLE_BYTES" in refusal_of(zipped(*two, ("c.xml", b"x")), few)


def test_too_many_files_are_refused_as_a_whole() -> None:
    assert len(contents(zipped(*[(f"{n}.xml", b"") for n in range(100)]))) == 100
    reason = refusal_of(zipped(*[(f"{n}.xml", b"") for n in range(101)]))
    assert reason == "F01: holds more than 100 files (WAREHOUSE_MAX_BUNDLE_MEMBERS)"


def test_a_huge_directory_is_refused_before_it_is_read() -> None:
    """Half a million entries, of each of which `zipfile` would make an object: 15 s measured."""
    count = 500_000
    entry = DIRECTORY_ENTRY + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"x"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(entry) * count, 0, 0)
    started = time.process_time()
    assert "its directory is too large for 100 files" in refusal_of(entry * count + end)
    assert time.process_time() - started < 1


def test_files_that_overlap_are_refused() -> None:
    """As in https://www.bamsoftware.com/hacks/zipbomb/: many entries, one piece of data."""
    data = zipped(("a.xml", bytes(random.Random(1).randbytes(20_000))))
    start, end = data.index(DIRECTORY_ENTRY), data.index(b"PK\x05\x06")
    directory = data[start:end] * 50
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, len(directory), start, 0)
    assert "overlap" in refusal_of(data[:start] + directory + tail)


def test_a_size_that_lies_opens_no_door() -> None:
    data = zipped(("a.xml", bytes(20 * 1024**2)), ("b.xml", XML))
    short = patched(data, DIRECTORY_ENTRY, 24, struct.pack("<L", 1000))
    assert contents(short) == [("a.xml", "F01: damaged or truncated in the zip"), ("b.xml", XML)]
    long = patched(zipped(("a.xml", XML)), DIRECTORY_ENTRY, 24, struct.pack("<L", 10**6))
    assert contents(long) == [("a.xml", XML)]  # whole, by the checksum; the bounds saw more


def test_a_flipped_bit_is_found_by_the_checksum() -> None:
    data = zipped(("a.xml", XML), ("b.xml", XML), method=zipfile.ZIP_STORED)
    place = data.index(XML) + 100
    flipped = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    assert contents(flipped) == [("a.xml", "F01: damaged or truncated in the zip"), ("b.xml", XML)]


def test_a_truncated_zip_gives_nothing() -> None:
    data = zipped(("a.xml", XML), ("b.xml", XML))
    chance = random.Random(2)
    for length in {chance.randrange(len(data)) for _ in range(50)}:
        assert refusal_of(data[:length]) == "F01: not a zip file, or damaged"


def test_no_mutation_does_worse_than_being_refused() -> None:
    """What passes the checksums is what was packed; all else is refused, nothing escapes."""
    data = zipped(("a.xml", XML), ("b.xml", b"<b/>"), ("c.txt", b"text"))
    chance = random.Random(3)
    outcomes = set()
    for _ in range(2000):
        mutant = bytearray(data)
        for _ in range(chance.randrange(1, 4)):
            mutant[chance.randrange(len(mutant))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
        try:
            found = contents(bytes(mutant))
        except FileUnreadable:
            outcomes.add("refused")
            continue
        for _, content in found:
            assert isinstance(content, str) or content in (XML, b"<b/>", b"text")
            outcomes.add("member refused" if isinstance(content, str) else "unpacked")
    assert outcomes == {"refused", "member refused", "unpacked"}
