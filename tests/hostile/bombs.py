"""Small files that grow: entities, depth, marks, forests. Each within 5 s and 512 MB."""

from __future__ import annotations

import gzip
from pathlib import Path

from hostile_case import (
    Case,
    DossierMaker,
    FileMaker,
    altered,
    between,
    changed,
    loaded,
    quarantined,
    refused,
    with_bytes,
    with_content,
    with_field,
    with_parts,
)

from claim_files import hoso, part
from good_dossiers import good

MIB = 1024 * 1024
SECRET = Path(__file__).with_name("secret.txt")
"""A file that hostile files point at; nothing of it may turn up anywhere."""


def _laughs(root: str) -> str:
    """Ten to the tenth times `ha`."""
    entities = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
    return f'<!DOCTYPE {root} [<!ENTITY a "ha">{entities}]>'


def _quadratic(root: str) -> str:
    return f'<!DOCTYPE {root} [<!ENTITY a "{"x" * 60_000}">]>'


def _external(root: str, kind: str = "") -> str:
    return f'<!DOCTYPE {root} [<!ENTITY {kind}a SYSTEM "{SECRET.as_uri()}">{"%a;" * bool(kind)}]>'


def _before_root(prolog: str) -> FileMaker:
    return altered("<GIAMDINHHS>", f"{prolog}<GIAMDINHHS>")


def _laughing(encoding: str) -> DossierMaker:
    """The good dossier, with entities that grow in an XML1 of that encoding."""

    def encode(text: str) -> bytes:
        return f"{_laughs('TONG_HOP')}{_with_note(text, '&j;')}".encode(encoding)

    return with_bytes("XML1", encode)


def _beside_tables(more: str, *, before: str = "") -> DossierMaker:
    """The good dossier, with more inside its HOSO."""
    return with_parts(lambda t: before + "".join(part(n, x) for n, x in t.items()) + more)


def _document(prolog: str, use: str) -> DossierMaker:
    """The good dossier with a prolog before its XML1, and `use` in its note."""
    return with_bytes("XML1", lambda text: _with_note(prolog + text, use).encode())


def _with_note(text: str, markup: str) -> str:
    return text.replace("</TONG_HOP>", f"<DU_PHONG>{markup}</DU_PHONG></TONG_HOP>")


def _row_of(elements: str) -> bytes:
    return f"<TONG_HOP>{elements}</TONG_HOP>".encode()


def _attributes(count: int) -> str:
    return " ".join(f'a{n}=""' for n in range(count))


ENTITIES = [
    refused("billion laughs", _before_root(_laughs("GIAMDINHHS")), "DOCTYPE"),
    refused(
        "quadratic blow-up",
        lambda n: _before_root(_quadratic("GIAMDINHHS"))(n).replace(
            b"<NGAYLAP>", b"<NGAYLAP>" + b"&a;" * 60_000
        ),
        "DOCTYPE",
    ),
    refused("external entity", _before_root(_external("x")), "DOCTYPE"),
    refused("parameter entity", _before_root(_external("x", "% ")), "DOCTYPE"),
    refused("external DTD", _before_root(f'<!DOCTYPE x SYSTEM "{SECRET.as_uri()}">'), "DOCTYPE"),
    refused(
        "DTD from the net",
        _before_root('<!DOCTYPE x PUBLIC "-//W3C//DTD" "http://127.0.0.1:9/">'),
        "DOCTYPE",
    ),
    refused("DTD without use", _before_root("<!DOCTYPE GIAMDINHHS>"), "DOCTYPE"),
    refused("DTD behind comments", _before_root("<!-- - --><?a?> <!DOCTYPE x>"), "DOCTYPE"),
    refused("DTD in small letters", _before_root("<!doctype x>"), "DOCTYPE"),
    refused(
        "DTD in UTF-16",
        lambda n: f"{_laughs('x')}{between(good)(n).decode()[39:]}".encode("utf-16"),
        "DOCTYPE",
    ),
    quarantined("billion laughs inside", _document(_laughs("TONG_HOP"), "&j;"), "DOCTYPE"),
    quarantined(
        "quadratic blow-up inside", _document(_quadratic("TONG_HOP"), "&a;" * 60_000), "DOCTYPE"
    ),
    quarantined("external entity inside", _document(_external("TONG_HOP"), "&a;"), "DOCTYPE"),
    quarantined("laughs in UTF-16 without a mark", _laughing("utf-16-le"), "DOCTYPE"),
    quarantined("laughs in big-endian UTF-16", _laughing("utf-16-be"), "DOCTYPE"),
    quarantined("laughs in UTF-32", _laughing("utf-32-le"), "NUL"),
    quarantined(
        "laughs in CDATA",
        with_content("XML1", lambda _: f"<![CDATA[{_laughs('TONG_HOP')}<TONG_HOP/>]]>"),
        "DOCTYPE",
    ),
    quarantined(
        "gzip bomb inside",
        with_bytes("XML1", lambda _: gzip.compress(bytes(50 * MIB), mtime=0)),
        "not an XML document",
    ),
]

FORESTS = [
    refused("10,000 levels", altered("<NGAYLAP>", "<a>" * 10_000), "not well-formed"),
    quarantined("10,000 levels inside", changed("XML1", "<STT>", "<a>" * 10_000), "not well-"),
    quarantined(
        "1,900 levels inside",
        changed("XML1", "<STT>", f"{'<a>' * 1900}{'</a>' * 1900}<STT>"),
        "elements inside a value",
    ),
    loaded(
        "1,900 levels of an unknown table",
        _beside_tables(part("XML99", f"{'<a>' * 1900}{'</a>' * 1900}")),
    ),
    refused(
        "300,000 dossiers at the wrong depth",
        altered("<NGAYLAP>", f"{'<a>' * 1900}{'<HOSO/>' * 300_000}{'</a>' * 1900}<NGAYLAP>"),
        "out of their place",
        is_heavy=True,
    ),
    refused(
        "a million attributes of the root",
        altered("<GIAMDINHHS>", f"<GIAMDINHHS {_attributes(1_000_000)}>"),
        "too many elements or attributes",
        is_heavy=True,
    ),
    refused(
        "a million attributes of a dossier",
        altered("<HOSO>", f"<HOSO {_attributes(1_000_000)}>"),
        "too many elements or attributes",
        is_heavy=True,
    ),
    quarantined(
        "a million attributes inside",
        changed("XML1", "<STT>", f"<STT {_attributes(1_000_000)}>"),
        "too many elements or attributes",
        is_heavy=True,
    ),
    quarantined(
        "as many attributes as are read",
        changed("XML1", "<STT>", f"<STT {_attributes(190_000)}>"),
        "written as an attribute",
        field="STT",
        is_heavy=True,
    ),
    refused(
        "two million elements of different names",
        between(lambda _: hoso("".join(f"<b{n}/>" for n in range(2_000_000)))),
        "too many elements or attributes",
        is_heavy=True,
    ),
    quarantined(
        "two million elements inside",
        with_bytes("XML1", lambda _: b"<TONG_HOP>%b</TONG_HOP>" % (b"<b/>" * 2_000_000)),
        "too many elements or attributes",
        is_heavy=True,
    ),
    quarantined(
        "as many elements as are read",
        with_bytes("XML1", lambda _: _row_of("".join(f"<b{n}/>" for n in range(990_000)))),
        "more than 300 elements",
        is_heavy=True,
    ),
    quarantined(
        "half a million lines",
        changed("XML2", "</DSACH", "<CHI_TIET_THUOC/>" * 500_000 + "</DSACH"),
        "more than 20000 lines",
        table="XML2",
        is_heavy=True,
    ),
    quarantined(
        "unknown table of 400,000 dossiers",
        _beside_tables(
            part("XML17", f"<X>{''.join(f'<MA_LK>{n}</MA_LK>' for n in range(400_000))}</X>")
        ),
        "MA_LK is not that of XML1",
        rule="F04",
        table="XML17",
        is_heavy=True,
    ),
    refused(
        "a million empty dossiers",
        altered("<HOSO>", "<HOSO/>" * 1_000_000 + "<HOSO>"),
        "more than 10000 HOSO cannot be taken",
        rule="F03",
        is_heavy=True,
    ),
    refused(
        "a million lists of an empty dossier",
        altered(
            "</DANHSACHHOSO>",
            "</DANHSACHHOSO>" + "<DANHSACHHOSO><HOSO/></DANHSACHHOSO>" * 1_000_000,
        ),
        "more than 10000 HOSO cannot be taken",
        rule="F03",
        is_heavy=True,
    ),
    quarantined(
        "100,000 namespaces",
        with_bytes(
            "XML1",
            lambda _: _row_of("".join(f'<b xmlns="urn:{n}"/>' for n in range(100_000))),
        ),
        "more than 300 elements",
        is_heavy=True,
    ),
]

GIANTS = [
    loaded(
        "payload of 12 MB",
        with_field("XML1", "GHI_CHU", "x" * 12 * MIB),
        GHI_CHU="x" * 12 * MIB,
        is_heavy=True,
    ),
    loaded(
        "payload of wide letters",  # one of them, and Python holds all in four bytes
        with_field("XML1", "GHI_CHU", "x" * 22 * MIB + "𝔘"),
        GHI_CHU="x" * 22 * MIB + "𝔘",
        is_heavy=True,
    ),
    loaded(
        "payload decomposed",
        with_field("XML1", "GHI_CHU", "e\u0302\u0301" * MIB),
        GHI_CHU="ế" * MIB,
        is_heavy=True,
    ),
    loaded(
        "letters that grow in NFC",
        with_field("XML1", "GHI_CHU", "\U0001d160" * MIB),
        GHI_CHU="\U0001d158\U0001d165\U0001d16e" * MIB,
        is_heavy=True,
    ),
    loaded(
        "value of 300,000 pieces",
        with_field("XML1", "GHI_CHU", "<![CDATA[a]]>" * 300_000),
        GHI_CHU="a" * 300_000,
        is_heavy=True,
    ),
    loaded(
        "comment of 20 MB", _beside_tables("", before=f"<!--{'x' * 20 * MIB}-->"), is_heavy=True
    ),
    loaded(
        "blanks by reference",
        with_content("XML1", lambda body: "&#32;" * 2_000_000 + body),
        is_heavy=True,
    ),
    quarantined(
        "tower of four million marks",
        with_field("XML1", "GHI_CHU", "a" + "\u0300\u0323" * 2 * MIB),
        "combining marks",
        field="GHI_CHU",
        is_heavy=True,
    ),
    quarantined(
        "name of 9 MB",
        changed("XML1", "<STT>", f"<{'n' * 9_000_000}/><STT>"),
        "a name of more than 200",
        is_heavy=True,
    ),
    refused(
        "dossier beyond the bound",
        between(lambda _: hoso(part("XML1", "x" * 60 * MIB))),
        "a HOSO larger than",
        is_heavy=True,
    ),
]

CASES: list[Case] = [*ENTITIES, *FORESTS, *GIANTS]
