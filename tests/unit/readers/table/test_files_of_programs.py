"""The same list as XlsxWriter, LibreOffice and Gnumeric wrote it comes to the same rows."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.form import form_of
from lists import read, told, values, with_locale

FILES = Path(__file__).parents[3] / "data" / "lists"
CALCULATED = sorted(
    path.name for path in FILES.iterdir() if path.suffix in (".ods", ".xls", ".xlsx")
)
CALCULATED.remove("xlsxwriter.xlsx")


def content(name: str) -> bytes:
    return (FILES / name).read_bytes()


@pytest.mark.parametrize("name", CALCULATED)
def test_rows_of_a_workbook(name: str) -> None:
    rows = values(content(name))
    rows = [row for row in rows if row["citizen_id"] != "096000000009"]  # a sheet once hidden
    assert [row["citizen_id"] for row in rows] == [f"09600000000{at}" for at in range(1, 6)]
    assert {row["facility_code"] for row in rows} == {"96001"}
    assert [row["birth_date"] for row in rows] == [f"0{at}/03/1980" for at in range(1, 6)]
    assert [row.get("beds") for row in rows] == ["10", "20", "30", "40", None]
    assert [row.get("area") for row in rows] == ["58.5"] * 4 + [None]
    assert rows[2]["full_name"] == "Nguyễn Văn C"


@pytest.mark.parametrize("name", CALCULATED)
def test_what_is_told_of_a_workbook(name: str) -> None:
    hidden = ["sheet 2 is hidden and was not read"] if name != "gnumeric.xlsx" else []
    rows = ["sheet 1: 1 hidden rows were read as the others are: 10"]
    if name == "sheetjs.xls":
        rows = []
    assert told(content(name)) == [
        "3: Số CCCD had lost its zeros in front; 12 digits are restored",
        "5: Số giường shows an error (#REF!, #DIV/0! or such)",
        "5: Diện tích shows an error (#REF!, #DIV/0! or such)",
        "sheet 1: rows that are totals, titles, notes or signatures were not read as rows of the "
        "list: 12, 14–15",
        *rows,
        *hidden,
        "sheets without the headings of the list were not read: 3",
    ]


def test_a_binary_workbook() -> None:
    rows = values(content("sheetjs.xlsb"))
    assert [row["citizen_id"] for row in rows] == [f"09600000000{at}" for at in range(1, 6)]
    assert [row.get("beds") for row in rows] == ["10", "20", "30", "40", None]
    assert "sheet 2 is hidden and was not read" in told(content("sheetjs.xlsb"))
    with pytest.raises(FileUnreadable, match="damaged"):
        list(read(content("sheetjs.xlsb")[:3000]))


def test_errors_and_hidden_rows_of_a_binary_workbook_are_told() -> None:
    """SheetJS writes neither: put into its records here (MS-XLSB 2.4, BrtRowHdr, BrtCellError)."""
    packed, changed = io.BytesIO(content("sheetjs.xlsb")), io.BytesIO()
    blank = re.compile(rb"\x01\x08([\x04\x05]\0\0\0\0\0\0\0)")
    tenth_row = re.compile(rb"(\0.\x09\0\0\0\0\0\0\0\x2c\x01\0)\x20")
    with zipfile.ZipFile(packed) as whole, zipfile.ZipFile(changed, "w") as other:
        for name in whole.namelist():
            part = whole.read(name)
            if name == "xl/worksheets/sheet1.bin":
                part, errors = blank.subn(b"\x03\x09\\1\x17", part)
                part, rows = tenth_row.subn(b"\\g<1>\x30", part)
                assert (errors, rows) == (2, 1)
            other.writestr(name, part)
    found = told(changed.getvalue())
    assert "5: Số giường shows an error (#REF!, #DIV/0! or such)" in found
    assert "5: Diện tích shows an error (#REF!, #DIV/0! or such)" in found
    assert "sheet 1: 1 hidden rows were read as the others are: 10" in found


def test_a_workbook_that_nobody_calculated() -> None:
    found = [one for one in told(content("xlsxwriter.xlsx")) if "calculated" in one]
    assert [one[: one.index(" is")] for one in found] == [
        "3: Số giường",
        "5: Số giường",
        "5: Diện tích",
    ]


def test_the_list_as_text_by_the_locale_of_who_wrote_it() -> None:
    rows = values(content("libreoffice.csv"), with_locale("en"))
    assert [row.get("area") for row in rows] == ["58.5"] * 4 + [None]
    with pytest.raises(FileUnreadable, match="F7, F8, F9, F10 cannot be read"):
        values(content("libreoffice.csv"))


@pytest.mark.parametrize("name", [*CALCULATED, "libreoffice.csv"])
def test_the_form_is_that_of_the_bytes(name: str) -> None:
    form = form_of(io.BytesIO(content(name)))
    assert form == {"csv": "text"}.get(name.rpartition(".")[2], name.rpartition(".")[2])


@pytest.mark.parametrize("name", CALCULATED)
def test_a_damaged_workbook_is_refused(name: str) -> None:
    whole = content(name)
    for length in (60, len(whole) // 3):
        with pytest.raises(FileUnreadable):
            list(read(whole[:length]))


@pytest.mark.parametrize(
    "other", [b"", b"%PDF-1.7", b"\x89PNG\r\n", b"<html></html>", b'{"a": 1}\n', b"PK\x03\x04"]
)
def test_what_is_no_list_is_refused(other: bytes) -> None:
    with pytest.raises(FileUnreadable):
        list(read(other))
