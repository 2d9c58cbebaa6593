"""One dossier at fault between two that are not: it is quarantined, they load."""

from __future__ import annotations

import base64
import gzip

from hostile_case import (
    Case,
    DossierMaker,
    changed,
    loaded,
    quarantined,
    with_bytes,
    with_content,
    with_field,
    with_parts,
)

from claim_files import part
from good_dossiers import tables

SECOND_DRUG = "</CHI_TIET_THUOC><CHI_TIET_THUOC>"


def _base64(text: str) -> bytes:
    return base64.b64encode(text.encode())


def _in_second_drug(old: str, new: str) -> DossierMaker:
    """The good dossier, with a change in the second line of XML2."""

    def make(name: str) -> str:
        first, second = tables(name)["XML2"].split(SECOND_DRUG)
        assert old in second
        text = first + SECOND_DRUG + second.replace(old, new, 1)
        return changed("XML2", tables(name)["XML2"], text)(name)

    return make


def _parts(texts: dict[str, str], *more: str, without: str = "") -> str:
    return "".join(part(n, text) for n, text in texts.items() if n != without) + "".join(more)


CONTENTS = [
    quarantined(
        "foreign letter in base64",
        with_content("XML1", lambda body: f"{body[:40]}*{body[41:]}"),
        "neither XML nor base64",
        "letters, digits, signs",
        table="XML1",
    ),
    quarantined("base64 cut short", with_content("XML2", lambda b: b[:-5]), "base64", table="XML2"),
    quarantined(
        "base64 cut at a full group",
        with_content("XML2", lambda body: body[: len(body) // 8 * 4]),
        "not well-formed",
        table="XML2",
    ),
    quarantined("base64 for addresses", with_content("XML3", lambda b: f"-_{b[2:]}"), "base64"),
    quarantined("words behind base64", with_content("XML1", lambda b: f"{b}==QUJD"), "base64"),
    quarantined("no content", with_content("XML1", lambda _: ""), "not made", table="XML1"),
    quarantined("blank content", with_content("XML1", lambda _: "\n \t"), "not made", table="XML1"),
    quarantined("only a mark", with_bytes("XML1", lambda _: b"\xef\xbb\xbf"), "not made"),
    quarantined("XML1 of nothing", with_bytes("XML1", lambda _: b"<TONG_HOP/>"), "not made"),
    quarantined(
        "XML1 of a key",
        with_bytes("XML1", lambda _: b"<TONG_HOP><MA_LK>9</MA_LK><STT>1</STT></TONG_HOP>"),
        "not made",
        table="XML1",
    ),
    quarantined("base64 twice", with_bytes("XML1", _base64), "not an XML document", table="XML1"),
    quarantined(
        "gzip in base64",
        with_bytes("XML1", lambda text: gzip.compress(text.encode(), mtime=0)),
        "not an XML document",
        table="XML1",
    ),
    quarantined("page in base64", with_bytes("XML3", lambda _: b"<html>500</html>"), "the root"),
    quarantined("word in base64", with_bytes("XML3", lambda _: b"null"), "not an XML document"),
    quarantined("NUL in base64", with_bytes("XML3", lambda _: bytes(300)), "NUL", table="XML3"),
    quarantined("content of another table", with_bytes("XML2", lambda _: b"<TONG_HOP/>"), "root"),
    quarantined(
        "words beside nested elements",
        with_content("XML1", lambda body: f"{body}<TONG_HOP/>"),
        "more than one element",
    ),
    quarantined(
        "two nested tables",
        with_content("XML3", lambda _: "<CHITIEU_CHITIET_DVKT_VTYT/>" * 2),
        "more than one element",
        table="XML3",
    ),
]

INNER_XML = [
    quarantined("cut inside", with_bytes("XML1", lambda t: t[:-20].encode()), "not well-formed"),
    quarantined("crossed tags inside", changed("XML1", "</STT>", "</HO_TEN>"), "not well-formed"),
    quarantined("bare ampersand inside", with_field("XML1", "DIA_CHI", "A & B"), "not well-formed"),
    quarantined("entity of HTML inside", with_field("XML2", "DON_VI_TINH", "&nbsp;"), "not well-"),
    quarantined("end of CDATA inside", with_field("XML1", "GHI_CHU", "a]]>b"), "not well-formed"),
    quarantined("control inside", with_field("XML1", "GHI_CHU", "a\x0bb"), "not well-formed"),
    quarantined(
        "reference to NUL inside", with_field("XML1", "GHI_CHU", "&#0;"), "not well-formed"
    ),
    quarantined(
        "invalid UTF-8 inside",
        with_bytes(
            "XML1", lambda text: text.encode().replace(b"<GHI_CHU>", b"", 1)[:-11] + b"\xff"
        ),
        "not well-formed",
    ),
    quarantined(
        "windows-1258 said to be UTF-8",
        with_bytes("XML1", lambda t: t.replace("BÍ MẬT", "Lê").encode("cp1258", "ignore")),
        "not well-formed",
        table="XML1",
    ),
    quarantined(
        "UTF-7 inside",
        with_bytes("XML1", lambda t: f'<?xml version="1.0" encoding="utf-7"?>{t}'.encode("utf-7")),
        "declared encoding",
    ),
    quarantined("UTF-32 inside", with_bytes("XML1", lambda t: t.encode("utf-32")), "NUL"),
    quarantined(
        "other root",
        with_bytes("XML2", lambda text: text.replace("CHITIEU_CHITIET_", "").encode()),
        "not CHITIEU_CHITIET_THUOC",
        table="XML2",
    ),
    quarantined(
        "root in lower case inside", with_bytes("XML1", lambda t: t.lower().encode()), "root"
    ),
]

STRUCTURE = [
    quarantined("empty dossier", with_parts(lambda _: ""), "no XML1", table="XML1"),
    quarantined(
        "no XML1",
        with_parts(lambda texts: _parts(texts, without="XML1")),
        "no XML1 in the HOSO",
        table="XML1",
    ),
    quarantined(
        "two XML1",
        with_parts(lambda texts: _parts(texts, part("XML1", texts["XML1"]))),
        "a second XML1",
        table="XML1",
    ),
    quarantined(
        "words between parts",
        with_parts(lambda texts: f"{_parts(texts)}UEZSUFRrZGY="),
        "text between the parts of the HOSO",
    ),
    quarantined(
        "words in a part",
        with_parts(lambda texts: _parts(texts).replace("<NOIDUNGFILE>", "ABC=<NOIDUNGFILE>", 1)),
        "not a FILEHOSO of one LOAIHOSO and one NOIDUNGFILE",
    ),
    quarantined("stray element", with_parts(lambda texts: _parts(texts, "<LA/>")), "FILEHOSO"),
    quarantined(
        "part without a name",
        with_parts(lambda texts: _parts(texts, part("", "<X/>"))),
        "LOAIHOSO is not the name of a table: blank",
    ),
    quarantined(
        "part named by a sentence",
        with_parts(lambda texts: _parts(texts, part("xin chào 1", "<X/>"))),
        "10 characters: letters, digits, spaces",
    ),
    quarantined(
        "part named by elements",
        with_parts(lambda texts: _parts(texts, part("XML9<b/>", "<X/>"))),
        "LOAIHOSO",
    ),
    quarantined(
        "part named twice",
        with_parts(lambda t: _parts(t).replace("<LOAIHOSO>", "<LOAIHOSO>A</LOAIHOSO><LOAIHOSO>")),
        "one LOAIHOSO and one NOIDUNGFILE",
    ),
    quarantined(
        "part with something else",
        with_parts(lambda t: _parts(t, "<FILEHOSO><LOAIHOSO>XML5</LOAIHOSO><LA/></FILEHOSO>")),
        "one LOAIHOSO and one NOIDUNGFILE",
    ),
    loaded(
        "parts without content",
        with_parts(
            lambda t: _parts(
                t,
                "<FILEHOSO><LOAIHOSO>XML6</LOAIHOSO></FILEHOSO><FILEHOSO/>",
                part("XML9", ""),
                part("XML10", " \n"),
                part("XML11", '<?xml version="1.0" encoding="utf-16"?>'),
                part("XML15", "<CHI_TIEU_DIEUTRI_BENHLAO/>"),
            )
        ),
    ),
    quarantined(
        "element twice in a row",
        _in_second_drug("<SO_LUONG>", "<SO_LUONG>1</SO_LUONG><SO_LUONG>"),
        "twice in the row",
        table="XML2",
        line=2,
        field="SO_LUONG",
    ),
    quarantined(
        "unknown element twice",
        changed("XML1", "<STT>", "<LA>1</LA><LA>2</LA><STT>"),
        "twice in the row",
        table="XML1",
        field="LA",
    ),
    quarantined(
        "element twice by prefix",
        changed("XML1", "<STT>", '<x:STT xmlns:x="urn:x">2</x:STT><STT>'),
        "twice in the row",
        table="XML1",
        field="STT",
    ),
    quarantined(
        "elements inside a value",
        _in_second_drug("<DON_GIA>", "<DON_GIA><b>1</b>"),
        "elements inside a value",
        table="XML2",
        line=2,
        field="DON_GIA",
    ),
    quarantined(
        "words between values",
        _in_second_drug("</DON_GIA>", "</DON_GIA>1500"),
        "text between elements",
        table="XML2",
        line=2,
        field="DON_GIA",
    ),
    quarantined(
        "words before the first line",
        changed("XML2", "<CHI_TIET_THUOC>", "x<CHI_TIET_THUOC>"),
        "text before the first element",
        table="XML2",
    ),
    quarantined(
        "value as attribute",
        changed("XML1", "<GIOI_TINH>", '<GIOI_TINH value="2">'),
        "written as an attribute",
        table="XML1",
        field="GIOI_TINH",
    ),
    quarantined(
        "row of attributes",
        changed("XML3", "<CHI_TIET_DVKT>", '<CHI_TIET_DVKT SO_LUONG="1"/><CHI_TIET_DVKT>'),
        "written as an attribute",
        table="XML3",
        line=1,
        field="CHI_TIET_DVKT",
    ),
    quarantined(
        "value as attribute, nested",
        with_content("XML3", lambda _: '<CHITIEU_CHITIET_DVKT_VTYT MA_LK="1"/>'),
        "written as an attribute",
        table="XML3",
    ),
    quarantined(
        "foreign element in a list",
        _in_second_drug("</CHI_TIET_THUOC>", "</CHI_TIET_THUOC><CHI_TIET_DVKT/>"),
        "elements other than CHI_TIET_THUOC",
        table="XML2",
        line=3,
        field="CHI_TIET_DVKT",
    ),
    quarantined(
        "foreign element beside a list",
        changed("XML2", "<DSACH_CHI_TIET_THUOC>", "<GI_DO/><DSACH_CHI_TIET_THUOC>"),
        "neither a list nor a row",
        table="XML2",
        field="GI_DO",
    ),
    quarantined(
        "included file",
        changed("XML1", "<STT>", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude"'
                ' href="/etc/passwd"/><STT>'),
        "written as an attribute",
        table="XML1",
        field="include",
    ),
]  # fmt: skip

IDENTITY = [
    quarantined("blank MA_LK", with_field("XML1", "MA_LK", " \n"), "blank", rule="F04"),
    quarantined(
        "no MA_LK",
        with_bytes("XML1", lambda text: text.replace("MA_LK>", "MA_LX>").encode()),
        "MA_LK is no key: blank",
        rule="F04",
        table="XML1",
        field="MA_LK",
    ),
    quarantined(
        "endless MA_LK",
        with_field("XML1", "MA_LK", "9" * 3000),
        "3000 characters: digits",
        rule="F04",
        table="XML1",
        field="MA_LK",
    ),
    quarantined(
        "line of another dossier",
        _in_second_drug("<MA_LK>", "<MA_LK>khác "),
        "MA_LK is not that of XML1",
        rule="F04",
        table="XML2",
        line=2,
        field="MA_LK",
    ),
    quarantined(
        "unknown table of another dossier",
        with_parts(lambda t: _parts(t, part("XML17", "<X><MA_LK>khác</MA_LK></X>"))),
        "MA_LK is not that of XML1",
        rule="F04",
        table="XML17",
        field="MA_LK",
    ),
    quarantined(
        "another facility",
        with_field("XML1", "MA_CSKCB", "96002"),
        "(96002) is not MACSKCB of the envelope (96001)",
        rule="F01",
        table="XML1",
        field="MA_CSKCB",
    ),
    quarantined(
        "facility without its zero",
        with_field("XML1", "MA_CSKCB", "096001"),
        "6 characters: digits",
        rule="F01",
        table="XML1",
        field="MA_CSKCB",
    ),
    quarantined(
        "no facility in XML1",
        with_field("XML1", "MA_CSKCB", ""),
        "(blank)",
        rule="F01",
        table="XML1",
        field="MA_CSKCB",
    ),
]

BOUNDS = [
    quarantined(
        "tower of marks",
        with_field("XML1", "DIA_CHI", "a" + "\u0301\u0323" * 5000),
        "combining marks",
        table="XML1",
        field="DIA_CHI",
    ),
    quarantined(
        "row of 301 elements",
        changed("XML1", "<STT>", "".join(f"<X{n}/>" for n in range(301)) + "<STT>"),
        "more than 300 elements",
        table="XML1",
    ),
    quarantined(
        "name of 201 letters",
        changed("XML1", "<STT>", f"<{'N' * 201}/><STT>"),
        "a name of more than 200",
        table="XML1",
    ),
    quarantined(
        "1,001 parts",
        with_parts(lambda _: part("XML99", "<X/>") * 1001),
        "more than 1000 elements in the HOSO",
    ),
]

CASES: list[Case] = [*CONTENTS, *INNER_XML, *STRUCTURE, *IDENTITY, *BOUNDS]
