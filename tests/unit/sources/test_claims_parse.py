"""A claim file to dossiers: values exact, faults where they belong, hostile bytes refused."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claim_files import FACILITY, claim_file, dossier, fields, lines, part, xml1
from health_warehouse.errors import FileUnreadable
from health_warehouse.sources.claims import element_stream
from health_warehouse.sources.claims import parse as parse_module
from health_warehouse.sources.claims.described import described
from health_warehouse.sources.claims.dossier import Dossier, Envelope
from health_warehouse.sources.claims.parse import ClaimFile
from health_warehouse.sources.claims.schema import TABLES

MIB = 1024 * 1024


def parse(
    content: bytes, max_file_bytes: int = 64 * MIB, max_dossier_bytes: int = 32 * MIB
) -> tuple[Envelope, list[Dossier]]:
    claims = ClaimFile(io.BytesIO(content), max_file_bytes, max_dossier_bytes)
    dossiers = list(claims)
    return claims.envelope, dossiers


def value(table: str, row: list[str | None] | None, name: str) -> str | None:
    assert row is not None
    return row[[f.name for f in TABLES[table].fields].index(name)]


def hoso(*parts: str) -> str:
    return f"<HOSO>{''.join(parts)}</HOSO>"


def only(content: bytes) -> Dossier:
    (found,) = parse(content)[1]
    return found


# ---------- values

# what XML 1.0 can hold: no control characters but tab, line feed, carriage return
texts = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc"),
        exclude_characters="\ufffe\uffff",
        include_characters="\t\n\r",
    ),
    max_size=40,
)
names = st.sampled_from([f.name for f in TABLES["XML2"].fields])


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(
        st.dictionaries(names, st.one_of(st.none(), texts), max_size=12), min_size=1, max_size=4
    ),
    nested=st.booleans(),
)
def test_any_value_in_any_order_arrives_as_it_was_sent(
    rows: list[dict[str, str | None]], nested: bool
) -> None:
    body = hoso(
        part("XML2", lines("XML2", rows), nested=nested), part("XML1", xml1(), nested=nested)
    )
    found = only(claim_file([body]))
    assert found.problems == []
    expected = [
        [
            None if row.get(f.name) is None else normalize("NFC", str(row[f.name]))
            for f in TABLES["XML2"].fields
        ]
        for row in rows
    ]
    assert [row[:-1] for row in found.tables["XML2"]] == expected


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12<!-- why -->34", "1234"),
        ("12<?stop here?>34", "1234"),
        ("<![CDATA[1<2]]>&amp;3", "1<2&3"),
        ("&#x31;&#50;", "12"),
        ("  spaced\n", "  spaced\n"),
        ("007", "007"),
        ("Tha\u0301i Bi\u0300nh", "Thái Bình"),
    ],
)
@pytest.mark.parametrize("nested", [True, False])
def test_markup_inside_a_value_does_not_cut_it(written: str, read: str, nested: bool) -> None:
    content = xml1().replace("<STT>1</STT>", f"<STT>{written}</STT>")
    found = only(claim_file([hoso(part("XML1", content, nested=nested))]))
    assert found.problems == []
    assert value("XML1", found.xml1, "STT") == read


def test_absent_is_null_and_empty_is_empty() -> None:
    content = xml1(MA_BN=None, STT="").replace("<GIOI_TINH>2</GIOI_TINH>", "<GIOI_TINH/>")
    found = only(claim_file([hoso(part("XML1", content))]))
    assert value("XML1", found.xml1, "MA_BN") is None
    assert value("XML1", found.xml1, "STT") == ""
    assert value("XML1", found.xml1, "GIOI_TINH") == ""


def test_unknown_elements_are_kept_beside_the_known() -> None:
    found = only(claim_file([hoso(part("XML1", xml1(TRUONG_MOI="má")))]))
    assert found.problems == []
    assert found.xml1 is not None
    assert json.loads(str(found.xml1[-1])) == {"TRUONG_MOI": "má"}


def test_namespaces_and_prefixes_do_not_hide_elements() -> None:
    content = xml1("A9").replace("<TONG_HOP>", '<TONG_HOP xmlns="urn:x">')
    document = claim_file([hoso(part("XML1", content))]).decode()
    document = document.replace("<GIAMDINHHS>", '<GIAMDINHHS xmlns="urn:envelope">')
    found = only(document.encode())
    assert (found.dossier_id, found.problems) == ("A9", [])


def test_lines_are_found_inside_and_outside_the_list() -> None:
    table = lines("XML2", [{"STT": "1"}]).replace(
        "</CHITIEU_CHITIET_THUOC>",
        "<CHI_TIET_THUOC><STT>2</STT></CHI_TIET_THUOC><CHUKYDONVI/></CHITIEU_CHITIET_THUOC>",
    )
    found = only(claim_file([hoso(part("XML1", xml1()), part("XML2", table))]))
    assert [value("XML2", row, "STT") for row in found.tables["XML2"]] == ["1", "2"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_understood(encoding: str) -> None:
    text = claim_file([dossier("A1", nested=True)]).decode()
    declared = text.replace('encoding="utf-8"', f'encoding="{encoding.removesuffix("-sig")}"')
    found = only(declared.encode(encoding))
    assert value("XML1", found.xml1, "HO_TEN") == "Nguyễn Thị Thử"


def test_windows_1258_becomes_composed_letters() -> None:
    table = f'<?xml version="1.0" encoding="windows-1258"?>{xml1(HO_TEN="Lê")}'
    body = base64.b64encode(table.encode("cp1258")).decode()
    content = f"<FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>{body}</NOIDUNGFILE></FILEHOSO>"
    assert value("XML1", only(claim_file([hoso(content)])).xml1, "HO_TEN") == "Lê"


@pytest.mark.parametrize(
    "wrap",
    [
        lambda body: "\n  ".join(body[i : i + 76] for i in range(0, len(body), 76)),
        lambda body: f"<![CDATA[{body}]]>",
        lambda body: f"<![CDATA[{base64.b64decode(body).decode()}]]>",
        lambda body: f'<![CDATA[<?xml version="1.0"?>{base64.b64decode(body).decode()}]]>',
    ],
)
def test_content_may_be_wrapped_or_cdata(wrap: Any) -> None:
    body = base64.b64encode(xml1("A7").encode()).decode()
    content = (
        f"<FILEHOSO><NOIDUNGFILE>{wrap(body)}</NOIDUNGFILE><LOAIHOSO> xml1 </LOAIHOSO></FILEHOSO>"
    )
    found = only(claim_file([hoso(content)]))
    assert (found.dossier_id, found.problems) == ("A7", [])


def test_a_payload_beyond_the_text_limit_of_libxml2_is_read() -> None:
    note = "x" * (12 * MIB)  # libxml2 stops at 10 MB without huge_tree
    found = only(claim_file([hoso(part("XML1", xml1(GHI_CHU=note)))]))
    assert value("XML1", found.xml1, "GHI_CHU") == note


# ---------- envelope


def test_the_envelope_is_read() -> None:
    envelope, dossiers = parse(claim_file([dossier("A1"), dossier("A2")], declared_count=5))
    assert envelope == Envelope(FACILITY, "20260802", 5)
    assert [(d.position, d.dossier_id) for d in dossiers] == [(1, "A1"), (2, "A2")]


def test_a_facility_named_after_the_dossiers_is_found() -> None:
    text = claim_file([dossier("A1"), dossier("A2")]).decode()
    sender = f"<THONGTINDONVI><MACSKCB>{FACILITY}</MACSKCB></THONGTINDONVI>"
    moved = text.replace(sender, "").replace("<CHUKYDONVI/>", f"{sender}<CHUKYDONVI/>")
    assert moved != text
    envelope, dossiers = parse(moved.encode())
    assert envelope.facility_id == FACILITY
    assert [d.problems for d in dossiers] == [[], []]


@pytest.mark.parametrize(
    ("written", "read"), [("20260231", None), ("2026-08-02", None), ("", None)]
)
def test_a_declared_date_that_is_none_is_null(written: str, read: None) -> None:
    assert parse(claim_file([dossier()], declared_date=written))[0].declared_date is read


def test_headers_inside_a_dossier_are_not_the_envelope() -> None:
    stray = part("XML99", "<X><MACSKCB>00000</MACSKCB><HOSO/></X>", nested=True)
    envelope, dossiers = parse(claim_file([hoso(part("XML1", xml1()), stray)]))
    assert envelope.facility_id == FACILITY
    assert len(dossiers) == 1


# ---------- dossiers at fault, neighbours not

BAD_BASE64 = "<FILEHOSO><LOAIHOSO>{}</LOAIHOSO><NOIDUNGFILE>PFRP*kdf</NOIDUNGFILE></FILEHOSO>"
FAULTS = {
    "undecodable": ("F03", hoso(BAD_BASE64.format("XML1"))),
    "undecodable_known_table": ("F03", hoso(part("XML1", xml1()), BAD_BASE64.format("XML5"))),
    "inner_not_well_formed": ("F03", hoso(part("XML1", "<TONG_HOP><MA_LK>A1</TONG_HOP>"))),
    "inner_cut_off": ("F03", hoso(part("XML1", xml1()[:-20]))),
    "inner_wrong_root": ("F03", hoso(part("XML1", "<SAI/>"))),
    "inner_doctype": ("F03", hoso(part("XML1", f"<!DOCTYPE TONG_HOP>{xml1()}"))),
    "inner_entity": ("F03", hoso(part("XML1", xml1(STT="1").replace(">1<", ">1&amt;5<")))),
    "inner_utf7": (
        "F03",
        hoso(part("XML1", f'<?xml version="1.0" encoding="utf-7"?>{xml1()}')),
    ),
    "no_xml1": ("F03", hoso(part("XML2", lines("XML2", [{"STT": "1"}])))),
    "two_xml1": ("F03", hoso(part("XML1", xml1()), part("XML1", xml1()))),
    "empty_hoso": ("F03", hoso()),
    "no_table_name": ("F03", hoso(part("XML1", xml1()), part("", "<X/>"))),
    "no_content": ("F03", hoso(part("XML1", xml1()), part("XML2", ""))),
    "stray_element": ("F03", hoso(part("XML1", xml1()), "<LA/>")),
    "element_twice": ("F03", hoso(part("XML1", xml1().replace("<STT>", "<STT>2</STT><STT>")))),
    "unknown_element_twice": (
        "F03",
        hoso(part("XML1", xml1().replace("<STT>", "<LA>2</LA><LA>3</LA><STT>"))),
    ),
    "elements_in_a_value": ("F03", hoso(part("XML1", xml1().replace(">1<", "><B>1</B><")))),
    "elements_in_a_line_value": (
        "F03",
        hoso(
            part("XML1", xml1()),
            part("XML2", lines("XML2", [{"STT": "1"}]).replace(">1<", "><B>1</B><")),
        ),
    ),
    "words_between_values": ("F03", hoso(part("XML1", xml1().replace("<STT>", "99<STT>")))),
    "strange_line_element": (
        "F03",
        hoso(
            part("XML1", xml1()),
            part("XML2", lines("XML2", [{}]).replace("<CHI_TIET_THUOC>", "<LA/><CHI_TIET_THUOC>")),
        ),
    ),
    "other_facility": ("F01", hoso(part("XML1", xml1(MA_CSKCB="96002")))),
    "no_facility": ("F01", hoso(part("XML1", xml1(MA_CSKCB=None)))),
    "blank_ma_lk": ("F04", hoso(part("XML1", xml1(" \n")))),
    "endless_ma_lk": ("F04", hoso(part("XML1", xml1("9" * 3000)))),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_dossier_is_named_and_its_neighbours_pass(fault: str) -> None:
    rule_id, body = FAULTS[fault]
    _, found = parse(claim_file([dossier("B1"), body, dossier("B2")]))
    assert [bool(d.problems) for d in found] == [False, True, False]
    assert {p.rule_id for p in found[1].problems} == {rule_id}
    assert [d.dossier_id for d in (found[0], found[2])] == ["B1", "B2"]


@pytest.mark.parametrize("fault", ["undecodable", "two_xml1", "element_twice", "inner_cut_off"])
def test_what_cannot_be_read_is_kept_as_sent(fault: str) -> None:
    body = FAULTS[fault][1]
    found = only(claim_file([body]))
    assert found.unreadable
    assert all(kept.content in body for kept in found.unreadable)


def test_reasons_hold_no_value_of_the_patient() -> None:
    content = (
        xml1(HO_TEN="SECRET").replace("</HO_TEN>", "</HO_TEN><SECRET>").replace("2026", "SECR")
    )
    found = only(claim_file([hoso(part("XML1", content, nested=False))]))
    assert found.problems
    assert "SECRET" not in str([p.reason for p in found.problems])


def test_a_withdrawal_is_object_code_8() -> None:
    assert only(claim_file([dossier(MA_DOITUONG_KCB=" 8\n")])).is_withdrawal
    assert not only(claim_file([dossier(MA_DOITUONG_KCB="8.1")])).is_withdrawal


def test_other_tables_are_kept_with_their_dossier_ids() -> None:
    rows = (f"<A><MA_LK>{ma_lk}</MA_LK></A>" for ma_lk in (" A1 ", "A2", "A1"))
    note = f"<CHI_TIEU>{''.join(rows)}</CHI_TIEU>"
    found = only(
        claim_file(
            [hoso(part("XML16", note), part("XML1", xml1()), part("XML17", "không phải XML"))]
        )
    )
    assert found.problems == []
    first, second = found.others
    assert (first.part, first.table_name, first.ma_lk_values) == (1, "XML16", ("A1", "A2"))
    assert first.content == note
    assert base64.b64decode(second.content).decode() == "không phải XML"


# ---------- files refused whole

LAUGHS = '<!DOCTYPE GIAMDINHHS [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
GOOD = claim_file([dossier("A1"), dossier("A2")])
REFUSED = {
    "empty": b"",
    "blank": b" \n ",
    "no_xml": b"PK\x03\x04 a zip",
    "gzip": b"\x1f\x8b\x08\x00" + bytes(40),
    "other_root": b"<TONG_HOP/>",
    "doctype": GOOD.replace(b"<GIAMDINHHS>", LAUGHS.encode() + b"<GIAMDINHHS>"),
    "doctype_after_comment": GOOD.replace(b"<GIAMDINHHS>", b"<!-- - --><!DOCTYPE x><GIAMDINHHS>"),
    "utf16_doctype": (LAUGHS + "<GIAMDINHHS/>").encode("utf-16"),
    "utf7": GOOD.replace(b'"utf-8"', b'"utf-7"'),
    "bad_utf8": GOOD.replace(b"<STT>", b"<STT>\xff").replace(b"<NGAYLAP>", b"<NGAYLAP>\xff"),
    "undeclared_entity": GOOD.replace(b"<NGAYLAP>", b"<NGAYLAP>&amt;"),
    "control_character": GOOD.replace(b"<NGAYLAP>", b"<NGAYLAP>\x1f"),
    "control_reference_xml_1_1": GOOD.replace(b'"1.0"', b'"1.1"').replace(
        b"<NGAYLAP>", b"<NGAYLAP>&#x1f;"
    ),
    "two_roots": GOOD + GOOD,
    "no_facility": claim_file([dossier()], facility=None),
    "blank_facility": claim_file([dossier()], facility=" "),
    "two_facilities": GOOD.replace(b"</THONGTINDONVI>", b"<MACSKCB>1</MACSKCB></THONGTINDONVI>"),
    "endless_facility": claim_file([dossier()], facility="9" * 3000),
    "no_dossier": claim_file([]),
    "endless_prolog": b"<!--" + b"x" * 100_000 + b"-->" + GOOD,
    "too_deep": b"<GIAMDINHHS>" + b"<a>" * 100_000,
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_broken_envelope_refuses_the_file(case: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        parse(REFUSED[case])
    assert caught.value.rule_id == "F01"


def test_a_file_cut_anywhere_is_refused() -> None:
    for end in range(0, len(GOOD) - 1, 37):
        with pytest.raises(FileUnreadable):
            parse(GOOD[:end])


def _ids_before_the_fault(content: bytes) -> Iterator[str]:
    try:
        for found in ClaimFile(io.BytesIO(content), 64 * MIB, 32 * MIB):
            yield found.dossier_id
    except FileUnreadable:
        return
    raise AssertionError("the file is not refused")


BREAKS = {
    "cut": lambda content: content[:-300],
    "not well-formed": lambda content: content[:-300] + b"<a></b>" + content[-300:],
    "NUL": lambda content: content[:-300] + b"\0" + content[-300:],
    "bad UTF-8": lambda content: content[:-300] + b"\xff" + content[-300:],
    "bad UTF-16": lambda content: content.decode().partition("\n")[2].encode("utf-16")[:-301],
    "foreign element": lambda c: c.replace(b"</DANHSACHHOSO>", b"<LA/></DANHSACHHOSO>"),
}


@pytest.mark.parametrize("fault", BREAKS)
def test_what_was_seen_of_a_broken_file_does_not_depend_on_chunks(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = claim_file([dossier(f"A{n}", nested=n % 2 == 0) for n in range(30)])
    whole = whole.replace(b"<DANHSACHHOSO>", b" " * element_stream.PROLOG_BYTES + b"<DANHSACHHOSO>")
    broken = BREAKS[fault](whole)
    seen = set()
    for size in (1000, 4096, 10_007, MIB):
        monkeypatch.setattr(element_stream, "CHUNK_BYTES", size)
        seen.add(tuple(_ids_before_the_fault(broken)))
    assert len(seen) == 1
    assert len(seen.pop()) >= 25


def test_a_facility_behind_many_dossiers_is_looked_for_once() -> None:
    class Counting(io.BytesIO):
        seeks = 0

        def seek(self, *place: int) -> int:
            self.seeks += 1
            return super().seek(*place)

    text = claim_file([dossier(f"A{n}") for n in range(50)]).decode()
    sender = f"<THONGTINDONVI><MACSKCB>{FACILITY}</MACSKCB></THONGTINDONVI>"
    stream = Counting(text.replace(sender, "").replace("<CHUKYDONVI/>", sender).encode())
    claims = ClaimFile(stream, 64 * MIB, 32 * MIB)
    assert {claims.facility_id for _ in claims} == {FACILITY}
    assert stream.seeks == 2


@pytest.mark.parametrize(
    ("parts", "hint"),
    [
        (("XML2", "A1"), "A1"),
        (("XML2", "A1", "A1"), "A1"),
        (("XML2", "A1", "A2"), ""),
        (("XML2", " \n"), ""),
        (("XML17", "A1"), "A1"),
    ],
)
def test_a_dossier_without_xml1_is_named_by_its_other_tables(
    parts: tuple[str, ...], hint: str
) -> None:
    table, *named = parts
    content = (
        lines("XML2", [{"MA_LK": ma_lk} for ma_lk in named])
        if table == "XML2"
        else f"<X>{''.join(f'<MA_LK>{ma_lk}</MA_LK>' for ma_lk in named)}</X>"
    )
    found = only(claim_file([hoso(part(table, content))]))
    assert (found.dossier_id, found.hinted_id) == ("", hint)


OLD = xml1().replace("MA_THE_BHYT", "MA_THE").replace("MA_DOITUONG_KCB", "MA_LYDO_VVIEN")


@pytest.mark.parametrize("nested", [True, False])
def test_the_format_of_2017_refuses_the_file(nested: bool) -> None:
    with pytest.raises(FileUnreadable, match="QĐ 4210") as caught:
        parse(claim_file([dossier("A1"), hoso(part("XML1", OLD, nested=nested))]))
    assert caught.value.rule_id == "F08"


def test_an_old_name_beside_new_ones_is_only_an_unknown_element() -> None:
    found = only(claim_file([hoso(part("XML1", xml1(MA_THE="1")))]))
    assert found.problems == []
    assert found.xml1 is not None
    assert json.loads(str(found.xml1[-1])) == {"MA_THE": "1"}


def test_more_dossiers_than_a_file_may_have_refuse_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_module, "MAX_DOSSIERS", 2)
    with pytest.raises(FileUnreadable, match="more than 2 HOSO"):
        parse(claim_file([dossier("A1"), dossier("A2"), dossier("A3")]))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("", "blank"),
        (" \n", "blank"),
        ("Nguyễn Thị", "10 characters: letters, spaces"),
        (" 0912-345 678 ", "12 characters: digits, spaces, signs"),
        ("9" * 5000, "5000 characters: digits"),
        ("１２", "2 characters: other characters"),
        ("1２ 年", "4 characters: digits, spaces, other characters"),
    ],
)
def test_a_value_is_told_by_length_and_kinds(value: str, told: str) -> None:
    assert described(value) == told


def test_the_bounds_hold() -> None:
    big = claim_file([dossier("A1"), hoso(part("XML1", xml1(GHI_CHU="x" * (3 * MIB))))])
    assert len(parse(big)[1]) == 2
    with pytest.raises(FileUnreadable, match="HOSO larger"):
        parse(big, max_dossier_bytes=MIB)
    with pytest.raises(FileUnreadable, match="larger than"):
        parse(big, max_file_bytes=MIB)


def test_a_forest_of_empty_elements_is_refused() -> None:
    forest = claim_file([hoso("<a/>" * 1_100_000)])
    with pytest.raises(FileUnreadable, match="too many elements"):
        parse(forest)
    found = only(claim_file([hoso(part("XML1", "<a>" + "<b/>" * 1_100_000 + "</a>"))]))
    assert [p.reason for p in found.problems] == ["too many elements or attributes"]


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_damaged_bytes_never_raise_anything_else(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(FileUnreadable):
        parse(bytes(content))


def test_fields_helper_leaves_absent_elements_out() -> None:
    assert fields({"A": None, "B": "", "C": "&"}) == "<B></B><C>&amp;</C>"
