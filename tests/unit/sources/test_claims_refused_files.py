"""Files that are refused whole: broken, hostile, of the format of 2017, beyond the bounds."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claim_files import FACILITY, claim_file, dossier, part, xml1
from health_warehouse.errors import FileUnreadable
from health_warehouse.sources.claims import element_stream
from health_warehouse.sources.claims import parse as parse_module
from health_warehouse.sources.claims.hardened_xml import PROLOG_BYTES
from health_warehouse.sources.claims.parse import ClaimFile
from parsed_claims import MIB, hoso, only, parse

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
    whole = whole.replace(b"<DANHSACHHOSO>", b" " * PROLOG_BYTES + b"<DANHSACHHOSO>")
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


OLD = xml1().replace("MA_THE_BHYT", "MA_THE").replace("MA_DOITUONG_KCB", "MA_LYDO_VVIEN")


@pytest.mark.parametrize("nested", [True, False])
def test_the_format_of_2017_refuses_the_file(nested: bool) -> None:
    with pytest.raises(FileUnreadable, match="QĐ 4210") as caught:
        parse(claim_file([dossier("A1"), hoso(part("XML1", OLD, nested=nested))]))
    assert caught.value.rule_id == "F08"


def test_more_dossiers_than_a_file_may_have_refuse_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_module, "MAX_DOSSIERS", 2)
    with pytest.raises(FileUnreadable, match="more than 2 HOSO"):
        parse(claim_file([dossier("A1"), dossier("A2"), dossier("A3")]))


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
