"""The rows below the headings of one sheet."""

from __future__ import annotations

from collections.abc import Iterator

from health_warehouse.feeds.contract import Contract
from health_warehouse.readers.remark import Remark
from health_warehouse.readers.row import Row, extra_text
from health_warehouse.readers.table.cells import Faulty, Sheet, SheetRow, cell, letters, shown_text
from health_warehouse.readers.table.ends import is_end, is_loose, is_total, told_rows
from health_warehouse.readers.table.header import Header
from health_warehouse.readers.table.locales import Numbers
from health_warehouse.readers.table.matching import is_number_of_a_row
from health_warehouse.readers.table.values import ColumnReader, plain_text

_HELD = 200
_ROWS_TOLD = 20


class SheetReader:
    """Reads rows in their order, then `rest`, then tells `remarks` on all of them."""

    def __init__(
        self, contract: Contract, header: Header, sheet: Sheet, where: str, sender: str
    ) -> None:
        table = contract.table
        self._width = len(table.columns)
        self._where = where
        self._sheet = sheet
        self._noticed: list[Remark] = []
        self._numbers = Numbers(contract, where, sender)
        self._readers = [
            (
                column - 1,
                place,
                ColumnReader(table.columns[place], self._numbers, column, self._noticed),
            )
            for column, place in sorted(
                header.matched.places.items(),
                key=lambda one: table.columns[one[1]].name != self._numbers.sender_column,
            )
        ]
        self._headings = {one.column - 1: one.text for one in header.headings}
        self._known = {column for column, _, _ in self._readers} | {
            column for column, text in self._headings.items() if is_number_of_a_row(text)
        }
        self._last = max(self._headings, default=-1)
        self._keys = _key_columns(contract, header)
        self._whose = self._keys | _owner_columns(contract, header)
        self._needed = self._keys | _required_columns(contract, header)
        self._numbering = self._known - {column for column, _, _ in self._readers}
        self._held: list[tuple[SheetRow, int]] = []
        self._is_over = False
        self._passed: list[int] = []
        self._hidden: list[int] = []
        self._unheaded: set[int] = set()

    def rows(self, row: SheetRow, position: int) -> Iterator[Row]:
        """What a row of the sheet comes to; one that may be below the end of the list waits."""
        if not any(value is not None for value in row.cells) or self._repeats_headings(row):
            return
        is_end_of_list = is_end(row) and not self._names_all(row)
        if is_total(row, self._whose):
            yield self._passed_over(row, position)
            return
        if is_end_of_list or (self._is_over and not self._names_all(row)):
            self._is_over = True
            self._held.append((row, position))
            return
        if self._is_loose(row) and len(self._held) < _HELD:
            self._held.append((row, position))
            return
        self._is_over = False
        yield from self._before_others()
        yield self._row(row, position)

    def rest(self) -> Iterator[Row]:
        """Rows below the last one of the list."""
        for row, position in self._held:
            yield self._passed_over(row, position)
        self._held.clear()
        self._numbers.require_one_locale()

    def remarks(self) -> Iterator[Remark]:
        """What is told once."""
        if self._passed:
            told = told_rows(self._passed[:_ROWS_TOLD])
            more = f" and {len(self._passed) - _ROWS_TOLD} more" * (len(self._passed) > _ROWS_TOLD)
            yield Remark(
                "rows",
                f"{self._where}rows that are totals, titles, notes or signatures were not read as "
                f"rows of the list: {told}{more}",
                "record",
            )
        if self._hidden:
            told = told_rows(self._hidden[:_ROWS_TOLD])
            yield Remark(
                "rows",
                f"{self._where}{len(self._hidden)} hidden rows were read as the others are: {told}",
                "record",
            )
        if self._unheaded:
            told = ", ".join(letters(column + 1) for column in sorted(self._unheaded)[:_ROWS_TOLD])
            yield Remark("columns", f"{self._where}columns without a heading are kept: {told}")
        for _, _, reader in self._readers:
            yield from reader.remarks(self._where)

    def _before_others(self) -> Iterator[Row]:
        """Rows that waited and have others of the list below them: titles of groups, or rows that
        do not say what they are of, which the sender is told."""
        held, self._held = self._held, []
        for row, position in held:
            filled = sum(bool(shown_text(value)) for value in row.cells)
            yield self._passed_over(row, position) if filled == 1 else self._row(row, position)

    def _passed_over(self, row: SheetRow, position: int) -> Row:
        self._passed.append(row.number)
        return Row(position, tells_nothing=True)

    def _row(self, row: SheetRow, position: int) -> Row:
        cells = row.cells
        count = len(cells)
        if not self._sheet.is_typed and self._has_too_many(row):
            return Row(
                position,
                problem="it has more values than there are headings: a value with a comma, "
                "semicolon or tab stands without quotation marks",
                original="\t".join(shown_text(value) for value in cells),
            )
        self._noticed.clear()
        self._numbers.begin_row()
        values: list[str | None] = [None] * self._width
        for column, place, reader in self._readers:
            if column < count and cells[column] is not None:
                values[place] = reader.read(cells[column], row.number)
        extra = self._extra(row)
        if row.is_hidden:
            self._hidden.append(row.number)
        return Row(position, tuple(values), extra, remarks=tuple(self._noticed))

    def _extra(self, row: SheetRow) -> str | None:
        found: dict[str, str] = {}
        for column, value in enumerate(row.cells):
            if value is None or column in self._known or isinstance(value, Faulty):
                continue
            text = plain_text(shown_text(value))
            if not text:
                continue
            if column not in self._headings:
                self._unheaded.add(column)
            name = " ".join(self._headings.get(column, letters(column + 1)).split())
            if name in found:
                name = f"{name} ({letters(column + 1)})"
            found[name] = text
        return extra_text(found)

    def _has_too_many(self, row: SheetRow) -> bool:
        return any(value is not None for value in row.cells[self._last + 1 :])

    def _is_loose(self, row: SheetRow) -> bool:
        if any(shown_text(cell(row.cells, at + 1)).isdecimal() for at in self._numbering):
            return False
        return bool(self._keys) and is_loose(row, self._keys, self._needed)

    def _names_all(self, row: SheetRow) -> bool:
        """Whether it has all that every row of the list has."""
        return bool(self._needed) and all(shown_text(cell(row.cells, at)) for at in self._needed)

    def _repeats_headings(self, row: SheetRow) -> bool:
        """Headings stand on every page of what was printed."""
        texts = {at: shown_text(value) for at, value in enumerate(row.cells[:3]) if value}
        if not texts or any(self._headings.get(at) != text for at, text in texts.items()):
            return False
        return all(
            shown_text(value) == self._headings.get(at)
            for at, value in enumerate(row.cells)
            if value is not None
        )


def _key_columns(contract: Contract, header: Header) -> frozenset[int]:
    """Columns of the sheet, from 1, that name a row: what names its document, else what every row
    has."""
    columns = contract.table.columns
    found = {columns[place].name: column for column, place in header.matched.places.items()}
    keys = frozenset(found[name] for name in contract.document_key if name in found)
    return keys or _required_columns(contract, header)


def _owner_columns(contract: Contract, header: Header) -> frozenset[int]:
    """Columns that say whose list a row is of: a total that counts in the column of a name has no
    owner."""
    names = {*contract.partition, contract.sender.of if contract.sender.kind == "column" else ""}
    columns = contract.table.columns
    return frozenset(
        column for column, place in header.matched.places.items() if columns[place].name in names
    )


def _required_columns(contract: Contract, header: Header) -> frozenset[int]:
    columns = contract.table.columns
    return frozenset(
        column for column, place in header.matched.places.items() if columns[place].is_required
    )
