"""Lists as text: encodings, signs between values, locales of numbers."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.numbers import NumberColumn
from health_warehouse.readers.table.old_encodings import from_tcvn3, from_vni
from lists import CONTRACT, HEADS, person, read, text, told, values, with_locale

ROWS = (HEADS, person(area="58,5"))
TCVN3 = "Hä vµ tªn NguyÔn V¨n §øc tr¹m y tÕ x· ngµy sinh"
VNI = "Hoï vaø teân Nguyeãn Vaên Ñöùc traïm y teá xaõ ngaøy sinh"
PLAIN = "Họ và tên Nguyễn Văn Đức trạm y tế xã ngày sinh"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_encodings_and_signs_of_unicode(encoding: str, sign: str) -> None:
    rows = (HEADS, person(area='"58,5"'))
    [row] = values(text(*rows, sign=sign, encoding=encoding))
    assert (row["full_name"], row["area"]) == ("Nguyễn Văn A", "58.5")


def test_windows_1258_comes_out_in_composed_letters() -> None:
    content = normalize("NFD", text(*ROWS, sign=";").decode()).replace("Â", "A")
    encoded = _as_windows_1258(content)
    [row] = values(encoded)
    assert row["full_name"] == "Nguyễn Văn A"


def _as_windows_1258(content: str) -> bytes:
    """Its letters have their tones behind them; those with a roof or a horn are whole."""
    found = bytearray()
    for one in normalize("NFC", content):
        try:
            found += one.encode("cp1258")
        except UnicodeEncodeError:
            base, tone = normalize("NFD", one)[:-1], normalize("NFD", one)[-1]
            for tones in "\u0300\u0301\u0303\u0309\u0323":
                parts = normalize("NFD", one)
                if tones in parts:
                    base, tone = normalize("NFC", parts.replace(tones, "")), tones
            found += (base + tone).encode("cp1258")
    return bytes(found)


def test_fonts_from_before_unicode_are_read() -> None:
    assert from_tcvn3(TCVN3) == PLAIN
    assert from_vni(VNI) == PLAIN
    heads = "M· c¬ së;Sè CCCD;Hä vµ tªn;Ngµy sinh"
    [row] = values(f"{heads}\n96001;096000000001;NguyÔn V¨n §øc;05/03/1980\n".encode("latin-1"))
    assert row["full_name"] == "Nguyễn Văn Đức"
    heads = "Maõ cô sôû;Soá CCCD;Hoï vaø teân;Ngaøy sinh"
    [row] = values(f"{heads}\n96001;096000000001;Nguyeãn Vaên Ñöùc;05/03/1980\n".encode("cp1252"))
    assert row["full_name"] == "Nguyễn Văn Đức"


def test_a_text_of_another_encoding_is_refused_by_name() -> None:
    content = "код;имя\n1;Иван\n".encode("koi8-r")
    with pytest.raises(FileUnreadable, match="neither windows-1258, TCVN3 nor VNI"):
        read(content)


def test_a_text_that_breaks_later_is_refused() -> None:
    content = b"\xff\xfe" + text(*ROWS, encoding="utf-16-le") + b"x"
    with pytest.raises(FileUnreadable, match="not UTF-16-LE throughout"):
        list(read(content))


def test_excel_says_its_sign_and_keeps_zeros_by_formulas() -> None:
    lines = "sep=|\r\n" + "|".join(HEADS) + '\r\n="96001"|="096000000001"|Nguyễn Văn A\r\n'
    [row] = values(lines.encode())
    assert (row["facility_code"], row["citizen_id"]) == ("96001", "096000000001")


def test_line_breaks_and_signs_stand_in_quotation_marks() -> None:
    [row] = values(text(HEADS, person(name='"Nguyễn\nVăn, A"', area="1")))
    assert row["full_name"] == "Nguyễn\nVăn, A"


def test_a_row_with_more_values_than_headings_is_set_aside() -> None:
    content = text(HEADS, person(name="Nguyễn, Văn", area="1"), person(2, area="1"))
    rows = list(read(content))
    assert [row.problem is None for row in rows] == [False, True]
    assert "quotation marks" in str(rows[0].problem)
    assert rows[0].original.startswith("96001\t")


@pytest.mark.parametrize("behind", [b"x" * 200_000, b"", b"\r\n", b"\r\n96001,96002\r\n"])
def test_an_open_quotation_mark_refuses_the_list(behind: bytes) -> None:
    content = text(HEADS, person(), person(name='"Nguyễn')).rstrip() + behind
    with pytest.raises(FileUnreadable, match="opened in row 3 is not closed"):
        list(read(content))


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\r\n"])
def test_a_last_value_in_quotation_marks_is_closed(end: bytes) -> None:
    names = (HEADS[:3], person(area="1")[:3], person(2, name='"Nguyễn\n""Văn"""', area="1")[:3])
    assert len(values(text(*names).rstrip() + end)) == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page or XML"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "web page or XML"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"Rar!\x1a", "pack it as .zip"),
        (b"{\\rtf1", "text document"),
        (b'{"a": 1}', "neither a workbook"),
    ],
)
def test_what_is_no_list_is_named(content: bytes, told: str) -> None:
    with pytest.raises(FileUnreadable, match=told):
        list(read(content))


def test_lines_that_end_in_cr_alone() -> None:
    assert len(values(text(*ROWS, sign=";").replace(b"\r\n", b"\r"))) == 1


@pytest.mark.parametrize(
    ("locale", "written", "number"),
    [
        ("vi", "1.234,5", "1234.5"),
        ("en", "1,234.5", "1234.5"),
        ("vi", "58.600", "58600"),
        ("en", "58.600", "58.600"),
        ("vi", "1.234.567", "1234567"),
        ("vi", "-3,25", "-3.25"),
        ("", "1.234,5", "1234.5"),
        ("", "0.5", "0.5"),
        ("vi", "1 234", "1234"),
        ("vi", "khoảng 20", "khoảng 20"),
    ],
)
def test_numbers_by_locale(locale: str, written: str, number: str) -> None:
    column = NumberColumn("B", locale)  # type: ignore[arg-type]
    assert column.read(written, 7) == number
    assert column.contradiction() is None


@pytest.mark.parametrize(
    ("locale", "written", "told_why"),
    [
        ("vi", ["1.5"], "B2 cannot be read as numbers of the locale vi"),
        ("en", ["1.234,5"], "B2 cannot be read as numbers of the locale en"),
        ("", ["58.600"], "B2 can be read in two ways"),
        ("", ["1.234,5", "1,234.5"], "B2, B3 are numbers of different locales"),
        ("vi", ["58.600", "1,5"], "B2 may be decimals or thousands, beside B3"),
        ("en", ["58.600", "1,5"], "B3 cannot be read as numbers of the locale en"),
        ("", ["58.600", "1,5"], "B2 can be read in two ways"),
    ],
)
def test_a_column_that_has_no_one_locale_is_told_by_its_cells(
    locale: str, written: list[str], told_why: str
) -> None:
    column = NumberColumn("B", locale)  # type: ignore[arg-type]
    for row, number in enumerate(written, 2):
        column.read(number, row)
    assert told_why in str(column.contradiction())


def test_the_locale_is_that_of_the_sender() -> None:
    english = person(2, facility="96002", area="1,234.5")
    rows = (HEADS, person(area="1.234,5"), english)
    contract = with_locale("vi", **{"6002": "en"})
    found = values(text(*rows, sign=";"), contract)
    assert [row["area"] for row in found] == ["1234.5", "1234.5"]
    with pytest.raises(FileUnreadable, match="F3 cannot be read as numbers of the locale vi"):
        values(text(*rows, sign=";"))
    by_folder = read(text(HEADS, person(area="1,5"), sign=";"), contract, "96002")
    assert len(list(by_folder)) == 1  # the row says that it is of 96001


@given(st.integers(-(10**12), 10**12), st.integers(0, 999), st.sampled_from(["vi", "en"]))
def test_a_grouped_number_is_itself_again(whole: int, part: int, locale: str) -> None:
    english = f"{whole:,}.{part:04}"
    swapped = english.translate(str.maketrans(",.", ".,"))
    column = NumberColumn("B", locale)  # type: ignore[arg-type]
    read_again = column.read(swapped if locale == "vi" else english, 1)
    assert read_again == f"{whole}.{part:04}"
    assert column.contradiction() is None


def test_a_list_without_headings_is_refused() -> None:
    with pytest.raises(FileUnreadable, match="no row has the headings of the list"):
        list(read(text(person(), person(2))))
    assert told(text(*ROWS, sign=";"), CONTRACT) == []
