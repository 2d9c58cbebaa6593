"""From the sheets of a list to its rows: the one place where all rules of reading meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice

from health_warehouse.errors import FileUnreadable
from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.labels import folded_label
from health_warehouse.readers.remark import Remark
from health_warehouse.readers.row import Row
from health_warehouse.readers.table.cells import Book, Filled, Sheet, SheetRow, letters, shown_text
from health_warehouse.readers.table.differences import differences, require_columns
from health_warehouse.readers.table.ends import told_rows
from health_warehouse.readers.table.header import ROWS_LOOKED_AT, Header, find_header, is_numbering
from health_warehouse.readers.table.matching import Labels
from health_warehouse.readers.table.sheet_rows import SheetReader
from health_warehouse.sources.claims.dossier import Envelope

MAX_ROWS = 5_000_000
NOT_LISTS = frozenset(map(folded_label, ("Hướng dẫn", "Danh mục")))
"""Sheets of our templates that are no lists."""

_BEYOND_HEADER = 3


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """Where the rows of a sheet lie: `position` − `first_position` + `first_row` is the row of a
    position. `columns`: name of the column → letters of the sheet's."""

    name: str
    number: int
    first_position: int
    first_row: int
    columns: Mapping[str, str]


@dataclass(slots=True)
class TableRows:
    """Iterate to get the rows. One pass only; raises FileUnreadable.

    After it: `remarks` on the delivery, `sheets` that were read, `titles` above the headings.
    """

    book: Book
    contract: Contract
    sender: str = ""
    envelope: Envelope = field(default_factory=Envelope)
    remarks: list[Remark] = field(default_factory=list)
    sheets: list[SheetPlace] = field(default_factory=list)
    titles: list[list[str]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        labels = Labels.of(self.contract)
        unread: list[tuple[Sheet, FileUnreadable | None]] = []
        position = 0
        for sheet in self.book.sheets():
            if folded_label(sheet.name) in NOT_LISTS:
                continue
            if sheet.is_hidden:
                self.remarks.append(
                    Remark("sheet", f"sheet {sheet.number} is hidden and was not read", "record")
                )
                continue
            filled = Filled(sheet.merged)
            rows = map(filled.row, sheet.rows)
            head = list(islice(rows, ROWS_LOOKED_AT + _BEYOND_HEADER))
            header = find_header(head, sheet.merged, labels, len(self.contract.table.columns))
            fault = None if header is None else self._fault(sheet, header)
            if header is None or fault is not None:
                if head:
                    unread.append((sheet, fault))
                continue
            self.titles += _titles(head[: header.first])
            for row in self._read(sheet, header, chain(head[header.last + 1 :], rows), position):
                position = max(position, row.position)
                yield row
        self._end(unread)

    def _fault(self, sheet: Sheet, header: Header) -> FileUnreadable | None:
        try:
            require_columns(self.contract, header, self._where(sheet))
        except FileUnreadable as fault:
            return fault
        return None

    def _read(
        self, sheet: Sheet, header: Header, rows: Iterator[SheetRow], before: int
    ) -> Iterator[Row]:
        where = self._where(sheet)
        self.remarks += differences(self.contract, header, where)
        reader = SheetReader(self.contract, header, sheet, where, self.sender)
        first_row = 0
        for number, row in enumerate(rows):
            if number == 0 and is_numbering(row):
                continue
            if not first_row:
                first_row = row.number
                self.sheets.append(self._place(sheet, header, before + 1, first_row))
            at = before + 1 + row.number - first_row
            if at > MAX_ROWS:
                raise FileUnreadable("F01", f"more than {MAX_ROWS} rows: send several files")
            yield from reader.rows(row, at)
        yield from reader.rest()
        self.remarks += reader.remarks()

    def _place(self, sheet: Sheet, header: Header, position: int, row: int) -> SheetPlace:
        columns = {
            self.contract.table.columns[place].name: letters(column)
            for column, place in header.matched.places.items()
        }
        return SheetPlace(sheet.name, sheet.number, position, row, columns)

    def _where(self, sheet: Sheet) -> str:
        """The name of a sheet may be a person's, so that only its number is told."""
        return f"sheet {sheet.number}: " if sheet.name else ""

    def _end(self, unread: list[tuple[Sheet, FileUnreadable | None]]) -> None:
        """A sheet without the headings is told, and refused where no other one is a list."""
        if not self.sheets and unread:
            raise next((fault for _, fault in unread if fault), self._without_header())
        for _, fault in unread:
            if fault is not None:
                raise fault
        numbers = [sheet.number for sheet, _ in unread]
        if numbers:
            reason = f"sheets without the headings of the list were not read: {told_rows(numbers)}"
            self.remarks.append(Remark("sheet", reason))

    def _without_header(self) -> FileUnreadable:
        columns = self.contract.table.columns
        wanted = [one.label for one in columns if one.is_required] or [one.label for one in columns]
        told = ", ".join(f"“{label}”" for label in wanted[:6])
        return FileUnreadable(
            "F01", f"no row has the headings of the list ({told}, …): write them in one row"
        )


def _titles(rows: list[SheetRow]) -> list[list[str]]:
    """What stands above the headings."""
    texts = [[text for value in row.cells if (text := shown_text(value))] for row in rows]
    return [row for row in texts if row]
