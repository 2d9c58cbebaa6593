"""Rows read by pattern are the rows of the parser, or none at all."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from health_warehouse.errors import FileUnreadable
from health_warehouse.sources.claims import plain_rows as plain
from health_warehouse.sources.claims.dossier import Row
from health_warehouse.sources.claims.hardened_xml import (
    PARSER_OPTIONS,
    HostileXml,
    parse_document,
)
from health_warehouse.sources.claims.losses import UnreadableTable
from health_warehouse.sources.claims.rows import MAX_LINES, read_rows
from health_warehouse.sources.claims.schema import TABLES, Table

XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
XSD = ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
VALUES = [
    "", "1", "0.50", "Khám bệnh nội trú", "a > b", "x" * 300, " hai\ndòng ", "tab\t", "''\"=",
    "Mạch\u0301", "e\u0323\u0302", "\U0001f600", "&amp;&lt;", "&#7845;&#x1EA5;", "&#13;",
]  # fmt: skip
SNIPPETS = [
    "<", ">", "&", "]]>", "/>", "<!-- -->", "<![CDATA[x]]>", "<?x y?>", "<DU_PHONG/>", "<LA/>",
    "<DU_PHONG></DU_PHONG>", '<STT xsi:nil="true"/>', " ", "\n", "\r\n", "\r", "\t", "\u00a0",
    "\x1e", "\x1f", "\0", "\ufffe", "\ufeff", "\u0301" * 31, "\u0338", "&#0;", "&#x1F;", "&#30;",
    "&lol;", "&#xD800;", "&#x110000;", "&#65", "&amp", ' a="b"', " xsi:nil='true'", "</STT>",
    "<STT>", "<x:STT>1</x:STT>", "<CHUKYDONVI/>", "<DSACH_X>", "</DSACH_X>", "=",
]  # fmt: skip


def _value(chance: random.Random) -> str:
    return chance.choice(VALUES) if chance.random() < 0.5 else ""


def _row(chance: random.Random, names: list[str], style: str) -> str:
    written = []
    for name in names:
        value = _value(chance)
        if value or style == "pair":
            written.append(f"<{name}>{value}</{name}>")
        elif style == "nil":
            written.append(f'<{name} xsi:nil="true" />')
        elif style == "self-closed" or (style == "mixed" and chance.random() < 0.5):
            written.append(f"<{name}/>")
    return chance.choice(["", "", "\n  "]).join(written)


def document(chance: random.Random, table: Table) -> str:
    """A table of up to three rows in one of the ways of writing."""
    names = [field.name for field in table.fields]
    if chance.random() < 0.2:
        place = chance.randrange(len(names) - 1)
        names[place], names[place + 1] = names[place + 1], names[place]
    style = chance.choice(["pair", "pair", "self-closed", "nil", "absent", "mixed"])
    attributes = chance.choice([XSI, XSI + XSD, XSD + XSI]) if style == "nil" else ""
    rows = [_row(chance, names, style) for _ in range(chance.randint(1, 3))]
    declaration = chance.choice(["", '<?xml version="1.0" encoding="UTF-8"?>\n'])
    if not table.has_lines:
        return f"{declaration}<{table.root}{attributes}>{rows[0]}</{table.root}>"
    body = "".join(f"<{table.row}>{row}</{table.row}>" for row in rows)
    if chance.random() < 0.7:
        body = f"<DSACH_ROWS>{body}</DSACH_ROWS>"
    return f"{declaration}<{table.root}{attributes}>{body}</{table.root}>"


def damaged(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    until = min(len(text), at + chance.randint(1, 60))
    return chance.choice(
        [
            text[:at] + chance.choice(SNIPPETS) + text[at:],
            text[:at] + text[until:],
            text[:until] + text[at:],
        ]
    )


def of_parser(table: Table, body: bytes) -> list[Row] | None:
    """What the tree gives; None when it is refused."""
    try:
        return read_rows(table, parse_document(body, etree.XMLParser(**PARSER_OPTIONS)))
    except (HostileXml, UnreadableTable, FileUnreadable):
        return None


def of_patterns(table: Table, body: bytes) -> list[Row] | None:
    text = plain.plain_text(body)
    return None if text is None else plain.plain_rows(table, text, MAX_LINES)


@pytest.mark.parametrize("name", TABLES)
def test_what_a_pattern_reads_is_what_the_parser_reads(name: str) -> None:
    table, chance = TABLES[name], random.Random(name)
    plainly = 0
    for _ in range(40):
        body = document(chance, table).encode()
        read = of_patterns(table, body)
        assert read is None or read == of_parser(table, body), body
        plainly += read is not None
    assert plainly > 25


@pytest.mark.parametrize("name", TABLES)
def test_damage_is_left_to_the_parser_or_read_like_the_parser(name: str) -> None:
    table, chance = TABLES[name], random.Random(f"{name} damaged")
    refused = plainly = 0
    for _ in range(150):
        text = damaged(chance, document(chance, table))
        if chance.random() < 0.3:
            text = damaged(chance, text)
        body = text.encode()
        wanted, read = of_parser(table, body), of_patterns(table, body)
        assert read is None or read == wanted, body
        refused += wanted is None
        plainly += read is not None
    assert refused > 30
    assert plainly > 3


@pytest.mark.parametrize("name", ["XML1", "XML2"])
def test_bytes_that_are_no_text_are_left_to_the_parser(name: str) -> None:
    table, chance = TABLES[name], random.Random(f"{name} bytes")
    for _ in range(300):
        body = bytearray(document(chance, table).encode())
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        read = of_patterns(table, bytes(body))
        assert read is None or read == of_parser(table, bytes(body)), body


def test_nested_elements_written_again_are_read_the_same() -> None:
    table, chance = TABLES["XML3"], random.Random(3)
    for _ in range(60):
        body = document(chance, table).encode()
        root = parse_document(body, etree.XMLParser(**PARSER_OPTIONS))
        again = etree.tostring(root, encoding="unicode", with_tail=False)
        read = plain.plain_rows(table, again, MAX_LINES)
        assert read is None or read == read_rows(table, root)


def test_all_ways_of_writing_an_empty_value_give_an_empty_value() -> None:
    table = TABLES["XML5"]
    written = (
        "<STT/>", "<STT />", '<STT xsi:nil="true"/>', '<STT xsi:nil="true" />', "<STT></STT>",
    )  # fmt: skip
    for stt in written:
        text = f"<{table.root}{XSI}><{table.row}><MA_LK>A</MA_LK>{stt}</{table.row}></{table.root}>"
        (row,) = plain.plain_rows(table, text, MAX_LINES) or [[]]
        assert row[:3] == ["A", "", None]


def test_a_namespace_that_only_looks_like_the_usual_one_is_left_to_the_parser() -> None:
    table = TABLES["XML5"]
    row = f'<{table.row}><MA_LK>A</MA_LK><STT xsi:nil="true"/></{table.row}>'
    for namespace in (XSI.replace("www.", "www*"), XSI.replace("xsi", "xsj"), ""):
        text = f"<{table.root}{namespace}>{row}</{table.root}>"
        assert plain.plain_rows(table, text, MAX_LINES) is None


def test_another_order_is_learnt_and_not_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    table = TABLES["XML14"]
    monkeypatch.setattr(plain, "_orders", _fresh_orders())
    names = [field.name for field in table.fields]
    for turn in range(1, 2 * plain.MAX_ORDERS):
        turned = names[turn:] + names[:turn]
        text = "".join(f"<{name}>{name.lower()}</{name}>" for name in turned)
        body = f"<{table.root}>{text}</{table.root}>".encode()
        assert of_patterns(table, body) is None
        plain.remember_order(table, turned)
        expected = of_parser(table, body) if turn <= plain.MAX_ORDERS else None
        assert of_patterns(table, body) == expected


def _fresh_orders() -> Callable[[str], Any]:
    """Orders that no other test has taught."""
    known = {name: [plain._Order(table, tuple(f.name for f in table.fields))]
             for name, table in TABLES.items()}  # fmt: skip
    return known.__getitem__


@pytest.mark.parametrize("between", ["", "\n" * 2_000])
def test_giving_up_takes_no_more_time_than_the_row_is_long(between: str) -> None:
    table = TABLES["XML3"]
    fields = [f"<{field.name}>{'x' * 2_000}</{field.name}>" for field in table.fields]
    for written in (fields, fields[::9], fields[:1]):
        row = between.join([*written, "<UNKNOWN/>"])
        text = f"<{table.root}><{table.row}>{row}</{table.row}></{table.root}>"
        started = time.process_time()
        assert plain.plain_rows(table, text, MAX_LINES) is None
        assert time.process_time() - started < 0.5
