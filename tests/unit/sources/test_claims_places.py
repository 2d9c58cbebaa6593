"""Nothing is lost by where it stands: a HOSO anywhere is a dossier, or the file is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claim_files import claim_file, dossier, part, xml1
from health_warehouse.errors import FileUnreadable
from parsed_claims import hoso, parse

ALL = ["A1", "A2", "A3"]
A1, A2, A3 = map(dossier, ALL)
SENDER = "<THONGTINDONVI><MACSKCB>96001</MACSKCB></THONGTINDONVI>"


def envelope(inside: str, count: int = 1) -> bytes:
    return (
        f"<GIAMDINHHS>{SENDER}<THONGTINHOSO><NGAYLAP>20260802</NGAYLAP>"
        f"<SOLUONGHOSO>{count}</SOLUONGHOSO>{inside}</THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>"
    ).encode()


def listed(*dossiers: str) -> str:
    return f"<DANHSACHHOSO>{''.join(dossiers)}</DANHSACHHOSO>"


TAKEN = {
    "behind the list": envelope(listed(A1, A2) + A3),
    "before the list": envelope(A1 + listed(A2, A3)),
    "behind the header": envelope(listed(A1, A2) + "</THONGTINHOSO>" + A3 + "<THONGTINHOSO>"),
    "behind the sender": envelope(listed(A1, A2)).replace(b"<CHUKYDONVI/>", A3.encode()),
    "without a list": envelope(A1 + A2 + A3),
    "several lists": envelope(listed(A1) + listed() + listed(A2, A3)),
    "list outside the header": envelope("</THONGTINHOSO>" + listed(A1, A2, A3) + "<THONGTINHOSO>"),
    "list in a list": envelope(listed(listed(A1, A2), A3)),
    "wrapped": envelope(listed("<NHOM>" + A1 + A2 + "</NHOM>", A3)),
    "one in another": envelope(listed(A1.replace("</HOSO>", A2 + "</HOSO>"), A3)),
    "all in one": envelope(listed(hoso(A1, A2, hoso(A3)))),
    "before the sender": envelope("").replace(SENDER.encode(), f"{A1}{A2}{A3}{SENDER}".encode()),
    "in a namespace": envelope(listed(A1, A2) + A3).replace(b"HHS>", b'HHS xmlns="u">', 1),
}  # fmt: skip


@pytest.mark.parametrize("place", TAKEN)
def test_a_hoso_is_taken_wherever_it_stands(place: str) -> None:
    found = parse(TAKEN[place])[1]
    assert [d.dossier_id for d in found] == ALL
    assert [d.position for d in found] == [1, 2, 3]
    assert [d.problems for d in found] == [[], [], []]


REFUSED = {
    "part in the list": (listed(part("XML1", xml1()), A1), "elements other than HOSO: FILEHOSO"),
    "part behind the list": (listed(A1) + part("XML1", xml1()), "a FILEHOSO outside of a HOSO"),
    "part before the list": (part("XML1", xml1()) + listed(A1), "a FILEHOSO outside of a HOSO"),
    "part in a wrapper": (f"<X>{part('XML1', xml1())}</X>{listed(A1)}", "a FILEHOSO outside"),
    "something else in the list": (listed(A1, "<HOSSO/>"), "elements other than HOSO: HOSSO"),
    "words in a wrapper": (listed(f"<NHOM>x{A1}</NHOM>"), "elements other than HOSO: NHOM"),
    "far down": (listed("<X>" * 20 + A1 + "</X>" * 20), "levels deep"),
    "nothing but parts": (part("XML1", xml1()), "a FILEHOSO outside of a HOSO"),
}


@pytest.mark.parametrize("place", REFUSED)
def test_what_cannot_be_placed_refuses_the_file_and_is_named(place: str) -> None:
    inside, says = REFUSED[place]
    with pytest.raises(FileUnreadable, match=re.escape(says)):
        parse(envelope(inside))


def test_a_hoso_within_a_part_is_a_part_of_it() -> None:
    inner = part("XML99", f"<X>{A2}</X>", nested=True)
    (found,) = parse(envelope(listed(hoso(part("XML1", xml1("A1")), inner))))[1]
    assert (found.problems, [kept.table_name for kept in found.others]) == ([], ["XML99"])
    assert A2 in found.others[0].content


@settings(max_examples=60, deadline=None)
@given(data=st.data(), count=st.integers(1, 6))
def test_as_many_dossiers_are_received_as_are_in_the_file(data: st.DataObject, count: int) -> None:
    """Each HOSO is put at any place of the envelope, by its text."""
    text = claim_file([dossier("A0")]).decode()
    for number in range(1, count + 1):
        places = [0] + [m.end() for m in re.finditer(r"</HOSO>|</?DANHSACHHOSO>|</NGAYLAP>", text)]
        place = data.draw(st.sampled_from(places[1:]))
        text = text[:place] + dossier(f"A{number}") + text[place:]
    found = parse(text.encode())[1]
    assert sorted(d.dossier_id for d in found) == [f"A{n}" for n in range(count + 1)]
    assert [d.position for d in found] == list(range(1, count + 2))
