"""A NOIDUNGFILE without content says that a table was not made, and nothing else."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claim_files import claim_file, lines, paper, part, xml1
from health_warehouse.sources.claims.dossier import Dossier
from parsed_claims import hoso, only

LISTS = ("XML2", "XML3", "XML4", "XML5", "XML6", "XML9", "XML15")
PAPERS = ("XML7", "XML8", "XML10", "XML11", "XML13", "XML14")
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'


def holder(table: str, content: str) -> str:
    return f"<FILEHOSO><LOAIHOSO>{table}</LOAIHOSO>{content}</FILEHOSO>"


def encoded(data: bytes) -> str:
    return f"<NOIDUNGFILE>{base64.b64encode(data).decode()}</NOIDUNGFILE>"


NOTHING: dict[str, str] = {
    "empty": "<NOIDUNGFILE></NOIDUNGFILE>",
    "blank": "<NOIDUNGFILE> \t\r\n&#160;&#x200b;</NOIDUNGFILE>",
    "mark": "<NOIDUNGFILE>&#xFEFF;</NOIDUNGFILE>",
    "self-closed": "<NOIDUNGFILE/>",
    "nil": '<NOIDUNGFILE xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>',
    "empty CDATA": "<NOIDUNGFILE><![CDATA[]]></NOIDUNGFILE>",
    "blank CDATA": "<NOIDUNGFILE><![CDATA[ \n]]></NOIDUNGFILE>",
    "comment": "<NOIDUNGFILE><!-- not made --></NOIDUNGFILE>",
    "declaration": f"<NOIDUNGFILE><![CDATA[{DECLARATION}\n]]></NOIDUNGFILE>",
    "absent": "",
    "base64 of white space": encoded(b" \r\n\t"),
    "base64 of a declaration": encoded(DECLARATION.encode()),
    "base64 of a declaration of UTF-16": encoded(b'<?xml version="1.0" encoding="utf-16"?>\n'),
    "base64 of a declaration in UTF-16": encoded('<?xml version="1.0"?>\n'.encode("utf-16")),
    "base64 of a mark": encoded(b"\xef\xbb\xbf"),
    "base64 of a mark of UTF-16": encoded(b"\xff\xfe"),
    "base64 of a mark and a declaration": encoded(b"\xef\xbb\xbf" + DECLARATION.encode()),
    "base64 of a comment": encoded(f"{DECLARATION}<!-- - -->".encode()),
}


def empty_roots(table: str) -> list[str]:
    """Roots without rows, and with rows in which there is nothing."""
    row = dict.fromkeys(("MA_LK", "STT", "GHI_CHU"), "")
    if table in PAPERS:
        written = paper(table, {})
        return [written, paper(table, row), written.replace("></", "> \n </")]
    return [
        lines(table, []),
        lines(table, [{}]),
        lines(table, [row, {}]),
        lines(table, [{"STT": " "}]),
    ]


def assert_not_made(found: Dossier) -> None:
    assert found.problems == found.remarks == []
    assert (found.tables, found.others, found.unreadable) == ({}, [], [])


@pytest.mark.parametrize("form", NOTHING)
@pytest.mark.parametrize("table", ["XML2", "XML9", "XML14", "XML12"])
def test_a_part_without_content_is_no_fault(form: str, table: str) -> None:
    assert_not_made(only(claim_file([hoso(part("XML1", xml1()), holder(table, NOTHING[form]))])))


@pytest.mark.parametrize("table", [*LISTS, *PAPERS])
@pytest.mark.parametrize("nested", [True, False])
def test_a_root_in_which_there_is_nothing_is_no_fault(table: str, nested: bool) -> None:
    for root in empty_roots(table):
        declared = root if nested else DECLARATION + root
        parts = (part("XML1", xml1()), part(table, declared, nested=nested))
        assert_not_made(only(claim_file([hoso(*parts)])))


@pytest.mark.parametrize("form", NOTHING)
def test_a_dossier_whose_xml1_was_not_made_is_refused_and_told_so(form: str) -> None:
    rows = lines("XML2", [{"MA_LK": "A7", "SO_LUONG": "1"}])
    found = only(claim_file([hoso(holder("XML1", NOTHING[form]), part("XML2", rows))]))
    assert [(p.rule_id, p.table_name) for p in found.problems] == [("F03", "XML1")]
    assert found.problems[0].reason == "XML1 was not made: there is nothing in it"
    assert (found.dossier_id, found.hinted_id) == ("", "A7")


@pytest.mark.parametrize("row", ["", "<MA_LK>A7</MA_LK>", "<MA_LK>A7</MA_LK><STT>1</STT><HO_TEN/>"])
def test_an_xml1_that_holds_no_more_than_its_key_was_not_made(row: str) -> None:
    found = only(claim_file([hoso(part("XML1", f"<TONG_HOP>{row}</TONG_HOP>"))]))
    assert [p.reason.partition(":")[0] for p in found.problems] == ["XML1 was not made"]
    assert found.hinted_id == ("A7" if row else "")


def test_an_empty_xml1_beside_a_whole_one_is_no_second_one() -> None:
    found = only(claim_file([hoso(holder("XML1", ""), part("XML1", xml1("A1")), part("XML1", ""))]))
    assert (found.dossier_id, found.problems) == ("A1", [])


def test_what_has_content_and_no_name_of_a_table_is_a_fault() -> None:
    found = only(claim_file([hoso(part("XML1", xml1()), part("", "<X>1</X>"), "<FILEHOSO/>")]))
    assert [p.rule_id for p in found.problems] == ["F03"]


@settings(max_examples=60, deadline=None)
@given(
    empty=st.lists(
        st.tuples(st.sampled_from((*LISTS, *PAPERS)), st.sampled_from(sorted(NOTHING))), max_size=15
    ),
    order=st.randoms(use_true_random=False),
)
def test_empty_parts_change_nothing_of_what_is_there(
    empty: list[tuple[str, str]], order: object
) -> None:
    """A sender that lists a FILEHOSO for every table, in any order."""
    made = [
        part("XML1", xml1()),
        part("XML2", lines("XML2", [{"MA_LK": "A1", "SO_LUONG": "1"}])),
    ]
    parts = [*made, *(holder(table, NOTHING[form]) for table, form in empty)]
    shuffle: Callable[[list[str]], None] = order.shuffle  # type: ignore[attr-defined]
    shuffle(parts)
    alone, among = only(claim_file([hoso(*made)])), only(claim_file([hoso(*parts)]))
    assert among.problems == []
    assert (among.xml1, among.tables) == (alone.xml1, alone.tables)
