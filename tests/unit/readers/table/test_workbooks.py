"""Workbooks of Excel: what is a list in them, and what its cells come to."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from health_warehouse.errors import FileUnreadable
from lists import HEADS, person, read, told, values, workbook

FIRST = {
    "facility_code": "96001",
    "citizen_id": "096000000001",
    "full_name": "Nguyễn Văn A",
    "birth_date": "05/03/1980",
    "beds": "10",
    "area": "58.5",
    "title_code": "BS",
}


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts otherwise."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry, change(data) if entry.filename == part else data)
    return buffer.getvalue()


def test_headings_are_found_below_titles() -> None:
    rows = [["SỞ Y TẾ"], [], ["DANH SÁCH NHÂN LỰC"], ["Tháng 11 năm 2026"], [], HEADS, person()]
    content = workbook(rows)
    assert values(content) == [FIRST]
    found = read(content)
    assert [row.position for row in found] == [1]
    [sheet] = found.sheets
    assert (sheet.name, sheet.first_row, sheet.columns["birth_date"]) == ("Sheet1", 7, "D")
    assert found.titles == [["SỞ Y TẾ"], ["DANH SÁCH NHÂN LỰC"], ["Tháng 11 năm 2026"]]


@pytest.mark.parametrize(
    "heading",
    ["ma cskcb", "MÃ  CSKCB", "MA_CSKCB – Mã cơ sở", "Mã cơ sở (*)", "Mã\ncơ sở", "Mã CSKCB:"],
)
def test_a_heading_is_known_without_case_accents_and_signs(heading: str) -> None:
    assert values(workbook([[heading, *HEADS[1:]], person()])) == [FIRST]


def test_headings_in_two_rows_below_merged_ones() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 1, 0, "Mã CSKCB")
        sheet.merge_range(0, 1, 0, 2, "Người")
        sheet.write_row(1, 1, ["Số CCCD", "Họ và tên"])
        sheet.write_row(2, 0, ["(1)", "(2)", "(3)"])
        sheet.write_row(3, 0, person()[:3])

    [row] = values(workbook(write=write))
    assert row == {name: FIRST[name] for name in ("facility_code", "citizen_id", "full_name")}


def test_a_merged_cell_counts_in_every_row_that_it_spans() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS)
        for number in (1, 2, 3):
            sheet.write_row(number, 1, person(number)[1:])
        sheet.merge_range(1, 0, 2, 0, "96001")
        sheet.write(3, 0, "96002")

    found = [row["facility_code"] for row in values(workbook(write=write))]
    assert found == ["96001", "96001", "96002"]


def test_what_stands_below_the_list_is_no_row_and_told() -> None:
    rows = [
        *(HEADS, person(1), person(2)),
        ["Tổng cộng", None, None, None, 20],
        [],
        [None, None, "Cà Mau, ngày 5 tháng 12 năm 2026"],
        [None, "Người lập biểu", None, "Thủ trưởng đơn vị"],
        [None, "Trần Thị B"],
    ]
    content = workbook(rows)
    assert len(values(content)) == 2
    assert [row.is_blank for row in read(content)] == [False, False, True, True, True, True]
    assert told(content) == [
        "sheet 1: rows that are totals, titles, notes or signatures were not read as rows of the "
        "list: 4, 6–8"
    ]


def test_a_total_that_counts_below_the_names_is_no_row() -> None:
    heads = ("STT", *HEADS)
    total = ["Tổng cộng", None, 2]  # below the citizen ids, of no facility
    content = workbook([heads, (1, *person(1)), (2, *person(2)), total])
    assert [row["citizen_id"][-1] for row in values(content)] == ["1", "2"]


def test_a_row_without_its_name_is_not_taken_for_a_footer() -> None:
    nameless = person(2, citizen=None)
    assert len(values(workbook([HEADS, person(1), nameless]))) == 2


def test_a_title_of_a_group_within_the_list_is_no_row() -> None:
    content = workbook(
        [HEADS, ["I. Khoa Nội"], person(1), [None, None, "II. Khoa Ngoại"], person(2)]
    )
    assert [row["citizen_id"][-1] for row in values(content)] == ["1", "2"]


def test_several_facilities_stand_in_one_file_and_on_several_sheets() -> None:
    content = workbook([HEADS, person(1)], [HEADS, person(2, facility="96002")])
    assert [row["facility_code"] for row in values(content)] == ["96001", "96002"]
    found = read(content)
    assert [row.position for row in found] == [1, 2]
    assert [(sheet.number, sheet.first_position, sheet.first_row) for sheet in found.sheets] == [
        (1, 1, 2),
        (2, 2, 2),
    ]


def test_codes_that_excel_made_numbers_get_their_zeros_back_and_it_is_told() -> None:
    content = workbook([HEADS, person(citizen=96000000001, facility=1005)])
    [row] = values(content)
    assert (row["citizen_id"], row["facility_code"]) == ("096000000001", "01005")
    assert told(content) == [
        "1: MA_CSKCB had lost its zeros in front; 5 digits are restored",
        "1: Số CCCD had lost its zeros in front; 12 digits are restored",
    ]


def test_a_code_without_a_fixed_length_is_told_and_stays() -> None:
    content = workbook([HEADS, person(title=12)])
    assert values(content)[0]["title_code"] == "12"
    assert told(content) == [
        "sheet 1: Chức danh came as numbers in 1 rows, which have no zeros in front: format the "
        "column as text"
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (date(1980, 3, 5), "05/03/1980"),
        (29285, "05/03/1980"),
        (19800305, "19800305"),
        ("19800305", "19800305"),
        (" 05/03/1980\u00a0", "05/03/1980"),
        (1980, "1980"),
    ],
)
def test_a_day_is_read_from_cells_of_every_kind(cell: Any, text: str) -> None:
    assert values(workbook([HEADS, person(birth=cell)]))[0]["birth_date"] == text


def test_days_of_a_workbook_that_counts_from_1904() -> None:
    content = workbook([HEADS, person(birth=date(1980, 3, 5))])
    with_1904 = changed(
        content,
        "xl/workbook.xml",
        lambda data: data.replace(b"<workbookPr", b'<workbookPr date1904="1"'),
    )
    assert values(with_1904)[0]["birth_date"] == "06/03/1984"


@pytest.mark.parametrize(
    ("cell", "text"),
    [(3500, "3500"), (0.1 + 0.2, "0.3"), (1e-7, "0.0000001"), (1e15, "1" + "0" * 15)],
)
def test_numbers_are_told_as_people_see_them(cell: float, text: str) -> None:
    assert values(workbook([HEADS, person(area=cell)]))[0]["area"] == text


def test_errors_and_formulas_without_a_value_are_found() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS)
        sheet.write_row(1, 0, person())
        sheet.write_formula(1, 4, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 5, "=2*29")
        sheet.write_formula(1, 6, '="B"&"S"', None, "BS")

    content = workbook(write=write)
    [row] = values(content)
    assert "beds" not in row
    assert "area" not in row
    assert row["title_code"] == "BS"
    assert told(content) == [
        "1: Số giường shows an error (#REF!, #DIV/0! or such)",
        "1: Diện tích is a formula without a calculated value: open the file, save it and send it "
        "again",
    ]


def test_hidden_sheets_are_not_read_and_hidden_rows_are() -> None:
    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        for at, row in enumerate([HEADS, person(1), person(2), person(3)]):
            sheet.write_row(at, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
        hidden = book.add_worksheet("Nguyễn Văn A")
        hidden.write_row(0, 0, HEADS)
        hidden.write_row(1, 0, person(4))
        hidden.hide()

    content = workbook(write=write)
    assert len(values(content)) == 3
    assert told(content) == [
        "sheet 1: 1 hidden rows were read as the others are: 3",
        "sheet 2 is hidden and was not read",
    ]


def test_a_sheet_that_is_no_list_is_told() -> None:
    content = workbook([HEADS, person()], [["Ghi chú của đơn vị"], ["x"]])
    assert values(content) == [FIRST]
    assert told(content) == ["sheets without the headings of the list were not read: 2"]


def test_text_in_runs_and_with_escapes_is_one_text() -> None:
    content = workbook([HEADS, person(name="Nguyễn Văn A")])
    in_runs = changed(
        content,
        "xl/sharedStrings.xml",
        lambda data: re.sub(
            "<t>Nguyễn Văn A</t>".encode(),
            (
                "<r><t>Nguyễn_x000D_ </t></r><r><t>Văn A</t></r><rPh sb='0' eb='1'><t>x</t></rPh>"
            ).encode(),
            data,
        ),
    )
    assert values(in_runs)[0]["full_name"] == "Nguyễn\r Văn A"


def test_rows_out_of_order_and_broken_parts_refuse_the_file() -> None:
    content = workbook([HEADS, person(1), person(2)])
    sheet = "xl/worksheets/sheet1.xml"
    for change, told_why in (
        (lambda data: data.replace(b'<row r="3"', b'<row r="2"'), "out of order"),
        (lambda data: data.replace(b'r="C2"', b'r="A2"'), "out of order"),
        (lambda data: data[: len(data) // 2], "broken XML"),
        (lambda data: data.replace(b"<v>0</v>", b"<v>99999</v>", 1), "names a text"),
    ):
        with pytest.raises(FileUnreadable, match=told_why):
            list(read(changed(content, sheet, change)))
    with pytest.raises(FileUnreadable, match="damaged"):
        list(read(content[: len(content) // 2]))


def test_no_entity_of_a_workbook_is_opened() -> None:
    content = workbook([HEADS, person()])
    hostile = changed(
        content,
        "xl/sharedStrings.xml",
        lambda data: data.replace(
            b"<sst", b'<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst', 1
        ).replace("Nguyễn Văn A".encode(), b"&x;"),
    )
    assert "root" not in str(values(hostile))


DRIFT = {
    "new": (
        [(*HEADS, "Ghi chú"), [*person(), "x"]],
        ["sheet 1: columns that the contract has not are kept: H “Ghi chú”"],
    ),
    "missing": ([HEADS[:-1], person()[:-1]], ["sheet 1: columns that are missing: “Chức danh”"]),
    "renamed": (
        [(*HEADS[:-1], "Chức danh NN"), person()],
        [
            "sheet 1: column G “Chức danh NN” is not known: is it “Chức danh”, which is missing? "
            "It is kept and not read"
        ],
    ),
    "moved": (
        [HEADS[::-1], person()[::-1]],
        [
            "sheet 1: columns in another order, read by name: “Diện tích”, “Số giường”, "
            "“Ngày sinh”, “Họ và tên”, “Số CCCD”, “MA_CSKCB”"
        ],
    ),
    "re-typed": (
        [HEADS, *(person(at, beds="BS") for at in range(1, 6))],
        [
            "sheet 1: most values of Số giường are none of its type (integer): do they belong to "
            "another column?"
        ],
    ),
}


@pytest.mark.parametrize("case", DRIFT)
def test_a_form_that_changed_ends_as_a_difference(case: str) -> None:
    rows, differences = DRIFT[case]
    content = workbook(rows)
    assert told(content) == differences
    for row in values(content):
        assert row["citizen_id"].startswith("0960000000")
        assert row["full_name"].startswith("Nguyễn Văn ")
        assert row.get("title_code", "BS") == "BS"


@pytest.mark.parametrize(
    ("heads", "told_why"),
    [
        (("Mã CSKCB", "Số CCCD mới", *HEADS[2:]), "“Số CCCD” is missing: is it B “Số CCCD mới”?"),
        (("Mã CSKCB", "Số mới của CCCD", *HEADS[2:]), "is missing: is it B “Số mới của CCCD”?"),
        (("Mã CSKCB", "Ghi chú", *HEADS[2:]), "“Số CCCD” is missing: add it"),
        (("Mã CSKCB", "Số CCCD", "Số CCCD", *HEADS[3:]), "columns B and C are both called"),
    ],
)
def test_a_list_that_could_be_misread_is_refused(heads: tuple[str, ...], told_why: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        list(read(workbook([heads, person()])))
    assert told_why in str(caught.value)
