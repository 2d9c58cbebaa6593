"""The numbers of a sheet: each column in the locale of who sent the row."""

from __future__ import annotations

from typing import cast

from health_warehouse.errors import FileUnreadable
from health_warehouse.feeds.contract import Contract
from health_warehouse.readers.table.cells import letters
from health_warehouse.readers.table.numbers import Locale, NumberColumn
from health_warehouse.reference.canonical import canonical_code


class Numbers:
    """Finds the locale of a row by its sender, whose column must be read before numbers are."""

    def __init__(self, contract: Contract, where: str, sender: str) -> None:
        self.sender_column = contract.sender.of if contract.sender.kind == "column" else None
        self._by_sender = {
            canonical_code(code): cast(Locale, locale) for code, locale in contract.locales.items()
        }
        self._default: Locale = contract.locale
        self._of_delivery = self._by_sender.get(canonical_code(sender), self._default)
        self._locale = self._of_delivery
        self._where = where
        self._columns: dict[tuple[int, str], NumberColumn] = {}

    def begin_row(self) -> None:
        self._locale = self._of_delivery

    def sent_by(self, sender: str | None) -> None:
        """The row at hand says who sent it."""
        if self._by_sender:
            self._locale = self._by_sender.get(canonical_code(sender or ""), self._default)

    def read(self, written: str, column: int, row: int) -> str:
        """A number in a column, from 1, of the row at hand."""
        key = (column, self._locale)
        found = self._columns.get(key)
        if found is None:
            found = self._columns[key] = NumberColumn(letters(column), self._locale)
        return found.read(written, row)

    def require_one_locale(self) -> None:
        """Raises FileUnreadable that names every column which cannot be read throughout."""
        faults = [fault for one in self._columns.values() if (fault := one.contradiction())]
        if faults:
            raise FileUnreadable("F01", self._where + "; ".join(faults[:5]))
