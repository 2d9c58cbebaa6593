"""A claim file to dossiers: values exact, the envelope read, other tables kept."""

from __future__ import annotations

import base64
import json
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claim_files import FACILITY, claim_file, dossier, fields, lines, part, xml1
from health_warehouse.sources.claims.dossier import Envelope
from health_warehouse.sources.claims.schema import TABLES
from parsed_claims import MIB, hoso, only, parse, value

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
    marked: list[dict[str, str | None]] = [{**row, "MA_THUOC": "40.17"} for row in rows]
    body = hoso(
        part("XML2", lines("XML2", marked), nested=nested), part("XML1", xml1(), nested=nested)
    )
    found = only(claim_file([body]))
    assert found.problems == []
    expected = [
        [
            None if row.get(f.name) is None else normalize("NFC", str(row[f.name]))
            for f in TABLES["XML2"].fields
        ]
        for row in marked
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
    table = lines("XML2", [{"STT": "1", "SO_LUONG": "1"}]).replace(
        "</CHITIEU_CHITIET_THUOC>",
        "<CHI_TIET_THUOC><STT>2</STT><SO_LUONG>3</SO_LUONG></CHI_TIET_THUOC><CHUKYDONVI/></CHITIEU_CHITIET_THUOC>",
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


def test_fields_helper_leaves_absent_elements_out() -> None:
    assert fields({"A": None, "B": "", "C": "&"}) == "<B></B><C>&amp;</C>"
