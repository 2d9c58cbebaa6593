"""Dossiers at fault are named, kept as sent, and let their neighbours pass."""

from __future__ import annotations

import json

import pytest

from claim_files import claim_file, dossier, lines, part, xml1
from parsed_claims import hoso, only, parse

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
    "no_content_of_xml1": ("F03", hoso(part("XML1", ""), part("XML2", ""))),
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
            part(
                "XML2",
                lines("XML2", [{"STT": "1"}]).replace("<CHI_TIET_THUOC>", "<LA/><CHI_TIET_THUOC>"),
            ),
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


def test_an_old_name_beside_new_ones_is_only_an_unknown_element() -> None:
    found = only(claim_file([hoso(part("XML1", xml1(MA_THE="1")))]))
    assert found.problems == []
    assert found.xml1 is not None
    assert json.loads(str(found.xml1[-1])) == {"MA_THE": "1"}
