"""The reader of lists: workbooks and text, whichever the bytes are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO

from health_warehouse.errors import FileUnreadable
from health_warehouse.feeds.contract import Contract
from health_warehouse.readers.protocol import Bounds
from health_warehouse.readers.table.cells import Book
from health_warehouse.readers.table.form import Form, form_of, what_else
from health_warehouse.readers.table.ods import OdsBook
from health_warehouse.readers.table.rows import TableRows
from health_warehouse.readers.table.text_sheet import TextBook
from health_warehouse.readers.table.xls import XlsBook
from health_warehouse.readers.table.xlsb import XlsbBook
from health_warehouse.readers.table.xlsx import XlsxBook

_BOOKS: Mapping[Form, Callable[[BinaryIO, int], Book]] = {
    "xlsx": XlsxBook,
    "xls": XlsBook,
    "ods": OdsBook,
    "xlsb": XlsbBook,
    "text": TextBook,
}


class Table:
    """The reader."""

    def takes(self, stream: BinaryIO) -> bool:
        return form_of(stream) is not None

    def read(
        self, stream: BinaryIO, contract: Contract, bounds: Bounds, sender: str = "", /
    ) -> TableRows:
        return TableRows(open_book(stream, bounds), contract, sender)


def open_book(stream: BinaryIO, bounds: Bounds) -> Book:
    form = form_of(stream)
    if form is None:
        raise FileUnreadable("F01", what_else(stream))
    return _BOOKS[form](stream, bounds.file_bytes)
