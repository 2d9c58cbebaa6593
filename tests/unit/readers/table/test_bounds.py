"""Small files that grow: every one is refused, or read within bounds, and soon."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.table_reader import Table
from lists import BOUNDS, CONTRACT, HEADS, person, read, text, workbook

MIB = 1024**2
FILES = Path(__file__).parents[3] / "data" / "lists"


def with_part(content: bytes, name: str, pieces: Iterable[bytes]) -> bytes:
    """The workbook with a part of these pieces."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry), zipfile.ZIP_DEFLATED)
        with new.open(name, "w") as part:
            for piece in pieces:
                part.write(piece)
    return buffer.getvalue()


GOOD = workbook([HEADS, person()])
SHEET = "xl/worksheets/sheet1.xml"
OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TEXTS = "xl/sharedStrings.xml"
OPEN_TEXTS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
CONTENT = (
    b'<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><o:body><o:spreadsheet><t:table>'
)
END = b"</t:table></o:spreadsheet></o:body></o:document-content>"
CELL = b'<t:table-cell o:value-type="float" o:value="1" t:number-columns-repeated="%d"/>'


def ods(*pieces: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", b"".join((CONTENT, *pieces, END)))
    return buffer.getvalue()


BOMBS = {
    "zeros": (with_part(GOOD, SHEET, [b" " * MIB] * 60), "packed tighter"),
    "larger than the bound": (with_part(GOOD, SHEET, [bytes(range(256)) * 4096] * 70), "larger"),
    "one endless row": (
        with_part(GOOD, SHEET, [OPEN, b"<row>", *[b"<c><v>1</v></c>" * 60_000] * 20]),
        "element of the workbook is larger",
    ),
    "one endless text": (
        with_part(GOOD, TEXTS, [OPEN_TEXTS, b"<si><t>", *[b"ab" * MIB] * 10]),
        "broken XML|element of the workbook is larger",
    ),
    "many cells in a row": (
        with_part(
            GOOD, SHEET, [OPEN, b"<row>", b"<c><v>1</v></c>" * 17_000, b"</row></sheetData>"]
        ),
        "out of order|no row has the headings",
    ),
    "repeated cells": (ods(b"<t:table-row>", CELL % 9_999_999, b"</t:table-row>"), "16384 cells"),
    "repeated rows": (
        ods(b'<t:table-row t:number-rows-repeated="9999999">', CELL % 1, b"</t:table-row>"),
        "repeated 9999999 times",
    ),
    "repeated rows of repeated cells": (
        ods(*[b'<t:table-row t:number-rows-repeated="900">', CELL % 9_000, b"</t:table-row>"] * 9),
        "repeated cells",
    ),
    "a laugh": (
        with_part(
            GOOD,
            TEXTS,
            [
                b'<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
                OPEN_TEXTS + b"<si><t>&b;</t></si></sst>",
            ],
        ),
        "a text that the workbook has not|no row has the headings",
    ),
    "one endless line": (b"a;b;c" + b"x" * (18 * MIB), "a line is longer"),
    "many columns": (b";".join(b"%d" % at for at in range(17_000)) + b"\n", "16384 values"),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name: str) -> None:
    content, told_why = BOMBS[name]
    with pytest.raises(FileUnreadable, match=told_why):
        list(read(content))


def damaged(content: bytes, random: Random) -> bytes:
    """Some bytes of it otherwise, gone or more."""
    found = bytearray(content)
    for _ in range(random.choice([1, 1, 3, 10])):
        at = random.randrange(len(found))
        kind = random.randrange(3)
        if kind == 0:
            found[at] = random.randrange(256)
        elif kind == 1:
            del found[at : at + random.randrange(1, 30)]
        else:
            found[at:at] = random.randbytes(random.randrange(1, 8))
    return bytes(found)


def damaged_inside(content: bytes, random: Random) -> bytes:
    """One part of a workbook so."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {entry.filename: book.read(entry) for entry in book.infolist()}
    name = random.choice([name for name, data in parts.items() if data])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        for part, data in parts.items():
            book.writestr(part, damaged(data, random) if part == name else data)
    return buffer.getvalue()


@pytest.mark.parametrize("path", sorted(FILES.glob("*.*s*")), ids=lambda path: path.name)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(path: Path) -> None:
    random = Random(path.name)
    whole = path.read_bytes()
    ends = {"read": 0, "refused": 0}
    for number in range(60):
        is_zip = whole.startswith(b"PK") and number % 3
        content = damaged_inside(whole, random) if is_zip else damaged(whole, random)
        try:
            list(read(content))
            ends["read"] += 1
        except FileUnreadable:
            ends["refused"] += 1
    assert ends["refused"] > 0
    assert sum(ends.values()) == 60


def test_a_list_larger_than_the_bound_is_refused() -> None:
    small = BOUNDS._replace(file_bytes=1000)
    content = text(HEADS, *[person(at) for at in range(1, 20)], sign=";")
    with pytest.raises(FileUnreadable, match="larger than 1000 bytes"):
        list(Table().read(io.BytesIO(content), CONTRACT, small))


def test_two_parts_of_one_name_and_passwords_are_refused() -> None:
    buffer = io.BytesIO(GOOD)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(buffer, "a") as book:
        book.writestr(SHEET, b"")
    with pytest.raises(FileUnreadable, match="two parts of one name"):
        list(read(buffer.getvalue()))
