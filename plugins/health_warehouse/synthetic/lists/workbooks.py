"""A list as a workbook (.xlsx), by XlsxWriter: the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from health_warehouse.feeds.contract import Column, Contract
from health_warehouse.synthetic.lists.hands import Hand
from health_warehouse.synthetic.lists.sheets import Sheet
from health_warehouse.synthetic.lists.spelling import Cell, cell, columns_of, label

_WRITTEN_AT = datetime(2026, 1, 1)  # noqa: DTZ001 - no zone in a workbook; always the same
SHEET_NAME = "Danh sách"


def workbook(contract: Contract, sheet: Sheet, hand: Hand) -> bytes:
    """The file. Row numbers of the list: `first_row` on."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    book.set_properties({"created": _WRITTEN_AT, "author": sheet.sender})
    if hand.has_other_sheets:
        _old_rows(book, contract, hand)
    page = book.add_worksheet(SHEET_NAME)
    page.activate()
    page.set_first_sheet()
    _Page(book, page, contract, sheet, hand).write()
    book.close()
    return buffer.getvalue()


def rows_above(hand: Hand) -> int:
    """Rows above the first row of the list, the header included."""
    return (4 if hand.has_title else 0) + (1 if hand.has_groups else 0) + 1


def row_of(hand: Hand, place: int) -> int:
    """The row of the sheet (from 1) of the list's row at `place` (from 0)."""
    skipped = place // _BLANK_AFTER if hand.has_blank_rows else 0
    return rows_above(hand) + place + skipped + 1


_BLANK_AFTER = 40


def _old_rows(book: Any, contract: Contract, hand: Hand) -> None:
    page = book.add_worksheet("2024")
    for place, column in enumerate(contract.table.columns):
        page.write_string(0, place, label(column, hand))
    page.write_string(1, 0, "số liệu cũ")
    page.hide()


class _Page:
    def __init__(self, book: Any, page: Any, contract: Contract, sheet: Sheet, hand: Hand) -> None:
        self._page, self._sheet, self._hand = page, sheet, hand
        self._locale = contract.locale
        self._columns = columns_of(contract, hand, sheet.rows)
        self._offset = 1 if hand.is_numbered else 0
        self._bold = book.add_format({"bold": True, "text_wrap": True, "align": "center"})
        self._day = book.add_format({"num_format": "dd/mm/yyyy"})

    @property
    def _width(self) -> int:
        return len(self._columns) + self._offset

    def write(self) -> None:
        if self._hand.has_title:
            self._title()
        if self._hand.has_groups:
            half = max(2, self._width // 2)
            row = rows_above(self._hand) - 2
            self._page.merge_range(row, 0, row, half - 1, "Thông tin chung", self._bold)
            self._page.merge_range(row, half, row, self._width - 1, "Chi tiết", self._bold)
        header = rows_above(self._hand) - 1
        if self._offset:
            self._page.write_string(header, 0, "STT", self._bold)
        for place, column in enumerate(self._columns, self._offset):
            self._page.write_string(header, place, label(column, self._hand), self._bold)
        for place in range(len(self._sheet.rows)):
            self._row(place)
        if self._hand.hides_rows and self._sheet.rows:
            last = row_of(self._hand, len(self._sheet.rows) - 1) - 1
            self._page.autofilter(header, 0, last, self._width - 1)
        if self._hand.has_footer:
            self._footer()

    def _title(self) -> None:
        sheet = self._sheet
        self._page.write_string(0, 0, "SỞ Y TẾ")
        self._page.merge_range(1, 0, 1, max(1, self._width - 1), sheet.title.upper(), self._bold)
        said = f"Thời điểm báo cáo: {sheet.as_of:%d/%m/%Y}"
        self._page.merge_range(2, 0, 2, max(1, self._width - 1), said)

    def _row(self, place: int) -> None:
        row, values = row_of(self._hand, place) - 1, self._sheet.rows[place]
        if self._offset:
            self._page.write_number(row, 0, place + 1)
        for at, column in enumerate(self._columns, self._offset):
            self._cell(row, at, cell(column, values.get(column.name), self._hand, self._locale))
        if self._hand.hides_rows and place % 5 == 3:
            self._page.set_row(row, None, None, {"hidden": True})

    def _cell(self, row: int, at: int, value: Cell) -> None:
        if value is None:
            return
        if isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day
            self._page.write_datetime(row, at, moment, self._day)
        elif isinstance(value, str):
            self._page.write_string(row, at, value)
        else:
            self._page.write_number(row, at, value)

    def _footer(self) -> None:
        """Totals of the numbers, as formulas with their results; who signed."""
        from xlsxwriter.utility import xl_range  # type: ignore[import-untyped]

        first, last = row_of(self._hand, 0) - 1, row_of(self._hand, len(self._sheet.rows) - 1) - 1
        row = last + 1
        self._page.write_string(row, 0, "Tổng cộng", self._bold)
        for at, column in enumerate(self._columns, self._offset):
            if at and _is_added(column, self._hand):
                values = [values.get(column.name) for values in self._sheet.rows]
                total = sum(value for value in values if isinstance(value, int))
                self._page.write_formula(
                    row, at, f"=SUM({xl_range(first, at, last, at)})", None, total
                )
        self._page.write_string(row + 2, max(1, self._width - 3), "Người lập biểu")
        self._page.write_string(row + 2, self._width - 1, "Thủ trưởng đơn vị")
        self._page.write_string(row + 3, self._width - 1, "(Ký, ghi rõ họ tên)")


def _is_added(column: Column, hand: Hand) -> bool:
    return column.type == "integer" and not hand.numbers_are_texts


def columns_written(contract: Contract, sheet: Sheet, hand: Hand) -> Sequence[Column]:
    """The columns of the file, in their order."""
    return columns_of(contract, hand, sheet.rows)
