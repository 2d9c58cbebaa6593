"""The reader of lists: workbooks and text, whichever the bytes are."""

from __future__ import annotations

from typing import BinaryIO

from health_warehouse.errors import FileUnreadable
from health_warehouse.feeds.contract import Contract
from health_warehouse.readers.protocol import Bounds
from health_warehouse.readers.table.cells import Book
from health_warehouse.readers.table.form import form_of
from health_warehouse.readers.table.rows import TableRows
from health_warehouse.readers.table.text_sheet import TextBook
from health_warehouse.readers.table.xlsx import XlsxBook


class Table:
    """The reader."""

    def takes(self, stream: BinaryIO) -> bool:
        return form_of(stream) is not None

    def read(
        self, stream: BinaryIO, contract: Contract, bounds: Bounds, sender: str = "", /
    ) -> TableRows:
        return TableRows(_book(stream, bounds), contract, sender)


def _book(stream: BinaryIO, bounds: Bounds) -> Book:
    form = form_of(stream)
    if form == "text":
        return TextBook(stream, bounds.file_bytes)
    if form == "xlsx":
        return XlsxBook(stream, bounds.file_bytes)
    if form is None:
        raise FileUnreadable("F01", "neither a workbook (.xlsx, .xls, .ods) nor a list as text")
    raise FileUnreadable("F01", f"workbooks of the form {form} are not read: save it as .xlsx")
