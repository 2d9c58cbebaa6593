"""Files that are no claim files, break off or bend the envelope: refused, with one reason."""

from __future__ import annotations

import base64
import gzip
import json

from hostile_case import Case, altered, between, cut, literal, recoded, refused

from claim_files import claim_file, hoso, part
from good_dossiers import between_neighbours, dossier_of, good, tables

ERROR_PAGE = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
# of QĐ 4210, whose XML1 has the same root
OLD_NAMES = {
    "MA_THE_BHYT": "MA_THE",
    "CHAN_DOAN_RV": "TEN_BENH",
    "MA_BENH_CHINH": "MA_BENH",
    "MA_DOITUONG_KCB": "MA_LYDO_VVIEN",
    "T_TONGCHI_BV": "T_TONGCHI",
}


def _legacy(name: str, *, nested: bool = False) -> str:
    texts = tables(name)
    for now, then in OLD_NAMES.items():
        texts["XML1"] = texts["XML1"].replace(f"{now}>", f"{then}>")
    return dossier_of(texts, nested=nested)


def _without(path: str) -> str:
    """The envelope without one of its elements, and dossiers somewhere else."""
    dossiers = f"{good('a')}{good('b')}"
    return (
        "<GIAMDINHHS><THONGTINDONVI><MACSKCB>96001</MACSKCB></THONGTINDONVI>"
        f"<THONGTINHOSO>{path.format(dossiers)}</THONGTINHOSO></GIAMDINHHS>"
    )


NOT_CLAIM_FILES = [
    refused("empty", literal(b""), "empty"),
    refused("blank", literal(b" \r\n\t\n"), "empty"),
    refused("only a byte order mark", literal(b"\xef\xbb\xbf"), "not an XML document"),
    refused("zip under the name of xml", literal(b"PK\x03\x04" + bytes(60)), "NUL"),
    refused("gzip under the name of xml", lambda n: gzip.compress(between(good)(n), mtime=0)),
    refused("pdf under the name of xml", literal(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"), "not"),
    refused("random bytes", literal(bytes(range(1, 256)) * 20), "not an XML document"),
    refused("only NUL", literal(bytes(5000)), "NUL"),
    refused("html error page", literal(f"<!DOCTYPE html>{ERROR_PAGE}".encode()), "web server"),
    refused("html without doctype", literal(ERROR_PAGE.encode()), "GIAMDINHHS", "web server"),
    refused("plain text error", literal(b"502 Bad Gateway\r\n"), "not an XML document"),
    refused("json answer", literal(json.dumps({"maKetQua": "401"}).encode()), "not an XML"),
    refused("csv", literal(b"MA_LK;HO_TEN\nA1;x\n"), "not an XML document"),
    refused("soap envelope", literal(b'<s:Envelope xmlns:s="urn:s"/>'), "the root is Envelope"),
    refused("base64 of a whole file", lambda n: base64.b64encode(between(good)(n)), "not an XML"),
    refused(
        "bare table", lambda n: tables(n)["XML1"].encode(), "the root is TONG_HOP, not GIAMDINHHS"
    ),
    refused("root in lower case", altered("GIAMDINHHS>", "giamdinhhs>", everywhere=True), "root"),
    refused("check-ins without rows", literal(b"<CHI_TIEU_TRANG_THAI_KCB/>"), "TRANG_THAI_KCB"),
]

BROKEN_OFF = [
    refused("cut in the header", cut(0.008), "not well-formed"),
    refused("cut in base64", cut(0.5), "not well-formed"),
    refused("cut in the last dossier", cut(0.95), "not well-formed"),
    refused("last byte missing", lambda n: between(good)(n)[:-1], "not well-formed"),
    refused("two documents", lambda n: between(good)(n) * 2, "not well-formed"),
    refused("words behind the end", lambda n: between(good)(n) + b"OK", "not well-formed"),
    refused("beginning sent twice", lambda n: between(good)(n)[:9000] * 2, "not well-formed"),
]

CHARACTERS = [
    refused("padded with NUL", lambda n: between(good)(n) + bytes(512), "NUL"),
    refused("NUL in the text", altered("<NGAYLAP>", b"<NGAYLAP>\0"), "NUL"),
    refused(
        "NUL far behind the prolog",
        lambda n: altered("<CHUKYDONVI/>", b"\0")(n).replace(b"<HOSO>", b"<HOSO>" + b" " * 30000),
        "not well-formed",
    ),
    refused("control character", altered("<NGAYLAP>", b"<NGAYLAP>\x01"), "not well-formed"),
    refused("reference to NUL", altered("<NGAYLAP>", "<NGAYLAP>&#0;"), "not well-formed"),
    refused("reference to a control", altered("<NGAYLAP>", "<NGAYLAP>&#x1F;"), "not well-formed"),
    refused("reference to a surrogate", altered("<NGAYLAP>", "<NGAYLAP>&#xD800;"), "not well-"),
    refused("reference to U+FFFE", altered("<NGAYLAP>", "<NGAYLAP>&#xFFFE;"), "not well-formed"),
    refused("reference beyond Unicode", altered("<NGAYLAP>", "<NGAYLAP>&#x110000;"), "not well-"),
    refused(
        "control in XML 1.1",
        lambda n: altered("<NGAYLAP>", "<NGAYLAP>&#x1;")(n).replace(b'"1.0"', b'"1.1"', 1),
        "not well-formed",
    ),
    refused("overlong UTF-8", altered("<NGAYLAP>", b"<NGAYLAP>\xc0\xaf"), "not well-formed"),
    refused("half of a UTF-8 letter", altered("<NGAYLAP>", b"<NGAYLAP>\xe1\xbb"), "not well-"),
    refused("surrogates as UTF-8", altered("<NGAYLAP>", b"<NGAYLAP>\xed\xa0\x80"), "not well-"),
    refused("latin-1 said to be UTF-8", altered("<NGAYLAP>", b"<NGAYLAP>Nguy\xean"), "not well-"),
    refused("UTF-7", altered('"utf-8"', '"utf-7"'), "declared encoding"),
    refused("unknown encoding", altered('"utf-8"', '"x-klingon"'), "declared encoding"),
    refused("encoding that names a file", altered('"utf-8"', '"file:///etc/passwd"'), "encoding"),
    refused("EBCDIC", recoded("cp037"), "not an XML document"),
    refused("UTF-32", recoded("utf-32"), "NUL"),
    refused("UTF-16 cut inside a letter", lambda n: recoded("utf-16")(n)[:-1], "not well-formed"),
]

MARKUP = [
    refused("bare ampersand", altered("<NGAYLAP>", "<NGAYLAP>a & b"), "not well-formed"),
    refused("bare less-than", altered("<NGAYLAP>", "<NGAYLAP>1 < 2"), "not well-formed"),
    refused("entity of HTML", altered("<NGAYLAP>", "<NGAYLAP>&nbsp;"), "not well-formed"),
    refused("crossed tags", altered("</NGAYLAP>", "</THONGTINHOSO></NGAYLAP>"), "not well-formed"),
    refused("unquoted attribute", altered("<NGAYLAP>", "<NGAYLAP a=1>"), "not well-formed"),
    refused("attribute twice", altered("<NGAYLAP>", '<NGAYLAP a="1" a="2">'), "not well-formed"),
    refused("undeclared prefix", altered("<CHUKYDONVI/>", "<ds:S/>"), "not well-formed"),
    refused("CDATA left open", altered("<CHUKYDONVI/>", "<![CDATA["), "not well-formed"),
    refused("comment left open", altered("<CHUKYDONVI/>", "<!-- "), "not well-formed"),
    refused("comment with two dashes", altered("<CHUKYDONVI/>", "<!-- -- -->"), "not well-formed"),
    refused("processing left open", altered("<CHUKYDONVI/>", "<?x "), "not well-formed"),
    refused("end of CDATA in text", altered("<NGAYLAP>", "<NGAYLAP>]]>"), "not well-formed"),
    refused("declaration in the middle", altered("<CHUKYDONVI/>", '<?xml version="1.0"?>'), "not"),
    refused(
        "prolog without end",
        lambda n: b"<!--" + b"x" * 70_000 + b"-->" + between(good)(n),
        "no element within the first",
    ),
]

ENVELOPES = [
    refused("no facility", lambda n: claim_file([good(n)], facility=None), "MACSKCB is missing"),
    refused("blank facility", lambda n: claim_file([good(n)], facility=" \n"), "MACSKCB is miss"),
    refused("facility as attribute", altered("<MACSKCB>96001", '<MACSKCB v="96001">'), "MACSKCB"),
    refused("two facilities", altered("</MACSKCB>", "</MACSKCB><MACSKCB>1</MACSKCB>"), "MACSKCB"),
    refused("facility of elements", altered("<MACSKCB>", "<MACSKCB><a/>"), "not a plain value"),
    refused(
        "endless facility",
        lambda n: claim_file([good(n)], facility="9" * 3000),
        "MACSKCB has 3000 characters: digits",
    ),
    refused(
        "facility of a thousand marks",
        lambda n: claim_file([good(n)], facility="9" + "\u0301\u0323" * 500_000),
        "MACSKCB has 1000001 characters",
    ),
    refused(
        "two different dates",
        altered("</NGAYLAP>", "</NGAYLAP><NGAYLAP>20260101</NGAYLAP>"),
        "NGAYLAP is given more than once",
    ),
    refused("no dossier", lambda _n: claim_file([]), "no HOSO in the file"),
    Case(
        "dossiers outside the list",
        literal(_without("{0}").encode()),
        "flagged",
        "F02_more",
        ("SOLUONGHOSO is missing",),
    ),
    refused(
        "part outside the list",
        literal(_without(f"{part('XML1', '<a/>')}<DANHSACHHOSO>{{0}}</DANHSACHHOSO>").encode()),
        "a FILEHOSO outside of a HOSO",
    ),
    refused(
        "a dossier far down",
        literal(_without(f"{'<a>' * 20}{{0}}{'</a>' * 20}").encode()),
        "levels deep",
    ),
    refused(
        "list of something else",
        literal(_without("<DANHSACHHOSO>{0}<HOSSO/></DANHSACHHOSO>").encode()),
        "elements other than HOSO",
    ),
    refused(
        "part outside a dossier",
        literal(_without(f"<DANHSACHHOSO>{part('XML1', '<a/>')}{{0}}</DANHSACHHOSO>").encode()),
        "elements other than HOSO",
    ),
    refused(
        "fewer dossiers than declared",
        lambda n: between_neighbours(n, good(n), declared_count=5),
        "SOLUONGHOSO is 5, the file has 3",
        rule="F02",
    ),
]

LEGACY = [
    refused("QĐ 4210", lambda n: claim_file([_legacy(n)]), "QĐ 4210", "MA_THE", rule="F08"),
    refused(
        "QĐ 4210 nested", lambda n: claim_file([_legacy(n, nested=True)]), "QĐ 4210", rule="F08"
    ),
    refused("QĐ 4210 behind others", between(_legacy), "QĐ 4210", "TEN_BENH", rule="F08"),
    refused(
        "QĐ 4210 behind its lines",
        lambda n: claim_file([hoso(part("XML2", tables(n)["XML2"]), _legacy(n)[6:-7])]),
        "QĐ 4210",
        rule="F08",
    ),
]

CASES: list[Case] = [
    *NOT_CLAIM_FILES,
    *BROKEN_OFF,
    *CHARACTERS,
    *MARKUP,
    *ENVELOPES,
    *LEGACY,
]
