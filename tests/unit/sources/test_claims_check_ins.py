"""A check-in file to rows: nothing lost in silence, faults where they belong."""

from __future__ import annotations

import io

import pytest

from claim_files import check_in_file
from health_warehouse.errors import FileUnreadable
from health_warehouse.sources.claims import check_ins
from health_warehouse.sources.claims.check_ins import CheckIn, is_check_in_file, read_check_ins
from health_warehouse.sources.claims.dossier import Envelope
from health_warehouse.sources.claims.schema import CHECK_INS

MIB = 1024 * 1024
NAMES = [field.name for field in CHECK_INS.fields]
ROWS = [{"MA_LK": ma_lk, "STT": "1", "HO_TEN": "Nguyễn Thị Thử"} for ma_lk in ("A1", "A2", "A3")]
GOOD = check_in_file(ROWS)


def read(content: bytes) -> list[CheckIn]:
    return list(read_check_ins(io.BytesIO(content), 64 * MIB, 32 * MIB))


def ids(found: list[CheckIn]) -> list[str | None]:
    return [None if c.row is None else c.row[NAMES.index("MA_LK")] for c in found]


def damaged(old: str, new: str) -> bytes:
    """The second row is changed."""
    first, second, rest = GOOD.decode().partition("<MA_LK>A2</MA_LK>")
    head, tail = rest.split("</TRANG_THAI_KCB>", 1)
    assert old in head
    return f"{first}{second}{head.replace(old, new, 1)}</TRANG_THAI_KCB>{tail}".encode()


def test_the_rows_are_read_in_their_order() -> None:
    found = read(GOOD)
    assert ids(found) == ["A1", "A2", "A3"]
    assert [c.line for c in found] == [1, 2, 3]


def test_rows_stand_in_a_list_or_below_the_root() -> None:
    flat = GOOD.replace(b"<DSACH_TRANG_THAI_KCB>", b"").replace(b"</DSACH_TRANG_THAI_KCB>", b"")
    assert ids(read(flat)) == ids(read(GOOD))


@pytest.mark.parametrize("lead", [b"", b"\xef\xbb\xbf", b"\r\n "])
def test_a_check_in_file_is_known_by_its_root(lead: bytes) -> None:
    assert is_check_in_file(io.BytesIO(lead + GOOD))
    assert ids(read(lead + GOOD)) == ["A1", "A2", "A3"]


@pytest.mark.parametrize("content", [b"", b"<GIAMDINHHS/>", b"<!DOCTYPE x>" + GOOD, b"\0"])
def test_anything_else_is_none(content: bytes) -> None:
    assert not is_check_in_file(io.BytesIO(content))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("<STT>", "<STT>2</STT><STT>", "STT"),
        ("<STT>1", "<STT><b>1</b>", "STT"),
        ("</STT>", "</STT>1", "STT"),
        ("<STT>", '<STT value="2">', "STT"),
        ("<STT>", f"<{'X' * 300}/><STT>", "X" * 63),
        ("Thử", "a" + "\u0301" * 40, "HO_TEN"),
    ],
)
def test_a_row_at_fault_is_set_aside_and_its_neighbours_pass(
    old: str, new: str, field: str
) -> None:
    found = read(damaged(old, new))
    assert ids(found) == ["A1", None, "A3"]
    assert found[1].problem is not None
    assert (found[1].problem.line, found[1].problem.field) == (2, field)
    assert "<MA_LK>A2</MA_LK>" in found[1].original


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"<TRANG_THAI_KCB>", b"<TRANG_THAI/><TRANG_THAI_KCB>", "other than TRANG_THAI_KCB"),
        (b"</DSACH", b"<TRANG_THAI/></DSACH", "other than TRANG_THAI_KCB"),
        (b"<CHUKYDONVI/>", b"<TRANG_THAI/>", "other than TRANG_THAI_KCB"),
        (b"</TRANG_THAI_KCB></DSACH", b"</DSACH", "not well-formed"),
        (b"<CHUKYDONVI/>", b"&lol;", "not well-formed"),
    ],
)
def test_a_broken_file_is_refused(old: bytes, new: bytes, says: str) -> None:
    assert old in GOOD
    with pytest.raises(FileUnreadable, match=says) as caught:
        read(GOOD.replace(old, new, 1))
    assert caught.value.rule_id == "F01"


def test_bounds_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileUnreadable, match="larger than"):
        list(read_check_ins(io.BytesIO(GOOD), 100, MIB))
    long = GOOD.replace("Thử".encode(), b"x" * 2 * MIB, 1)
    with pytest.raises(FileUnreadable, match="TRANG_THAI_KCB larger than"):
        list(read_check_ins(io.BytesIO(long), 64 * MIB, MIB))
    monkeypatch.setattr(check_ins, "MAX_FAULTY_ROWS", 1)
    with pytest.raises(FileUnreadable, match="rows cannot be read") as caught:
        read(GOOD.replace(b"<STT>", b"<STT/><STT>"))
    assert caught.value.rule_id == "F03"


def test_an_empty_feed_is_refused() -> None:
    with pytest.raises(FileUnreadable, match="no TRANG_THAI_KCB"):
        read(check_in_file([]))


def test_a_row_that_stands_elsewhere_is_taken_or_refuses_the_file() -> None:
    text = GOOD.decode()
    row = (
        text[text.index("<TRANG_THAI_KCB>") : text.index("</TRANG_THAI_KCB>")] + "</TRANG_THAI_KCB>"
    )
    behind = text.replace("<CHUKYDONVI/>", row)
    assert ids(read(behind.encode())) == ["A1", "A2", "A3", "A1"]
    wrapped = text.replace("<CHUKYDONVI/>", f"<NHOM>{row}</NHOM>")
    with pytest.raises(FileUnreadable, match="other than TRANG_THAI_KCB"):
        read(wrapped.encode())


def test_a_row_that_tells_of_no_check_in_is_blank() -> None:
    rows = [{"MA_LK": "A1", "STT": "1", "MA_CSKCB": "96001"}, {"MA_LK": "A2", "MA_LOAI_KCB": "01"}]
    assert [found.is_blank for found in read(check_in_file(rows))] == [True, False]


@pytest.mark.parametrize("declared", ["iso-8859-1", "utf-16", "windows-1258"])
def test_bytes_win_over_what_is_declared(declared: str) -> None:
    envelope = Envelope()
    content = GOOD.replace(b'"utf-8"', f'"{declared}"'.encode())
    found = list(read_check_ins(io.BytesIO(content), 64 * MIB, 32 * MIB, envelope))
    names = [c.row[NAMES.index("HO_TEN")] for c in found if c.row]
    assert names == ["Nguyễn Thị Thử"] * 3
    assert envelope.remarks == [f"the encoding {declared} is declared, the bytes are UTF-8"]
