"""A delivery tried without a database: what would be found in it, cell by cell.

Its rows, its day and its sender are read as they are when it arrives, and single values are judged.
Rules between rows, between feeds and against earlier lists are judged on arrival only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from health_warehouse.errors import ConfigurationError, FileUnreadable
from health_warehouse.feeds.contract import Contract
from health_warehouse.landing.feed_keys import FeedKeys
from health_warehouse.landing.feed_rows import SEVERITIES
from health_warehouse.landing.partitions import Partitions, sender_of_delivery
from health_warehouse.readers.protocol import Bounds
from health_warehouse.readers.registry import reader_of
from health_warehouse.readers.remark import Remark
from health_warehouse.readers.row import Row
from health_warehouse.readers.table.rows import SheetPlace
from health_warehouse.readers.value_checks import ValueChecks

MOST_FOUND = 10_000
_NO_KEY = b"a dry run makes no keys that count"


class Found(NamedTuple):
    """One finding. `sheet` and `cell` are blank for what is no workbook; `cell` is a row alone
    where it is about more than one cell. `severity` and `rule` as in quarantine.findings."""

    severity: str
    rule: str
    sheet: str
    cell: str
    field: str
    reason: str


@dataclass(slots=True)
class DryRun:
    """`rows` were read, `set_aside` would be quarantined, `passed_over` are none of the list.
    `partitions` it speaks for. `refusal`: why the delivery as a whole would be refused."""

    rows: int = 0
    set_aside: int = 0
    passed_over: int = 0
    partitions: tuple[str, ...] = ()
    refusal: str | None = None
    found: list[Found] = field(default_factory=list)
    not_shown: int = 0

    @property
    def severities(self) -> Counter[str]:
        return Counter(one.severity for one in self.found)

    @property
    def is_good(self) -> bool:
        """Nothing is to be mended."""
        return self.refusal is None and not set(self.severities) - {"record"}


def dry_run(contract: Contract, path: Path, received_at: datetime, bounds: Bounds) -> DryRun:
    """Try a file as a delivery of a feed. The folder that it lies in counts as that below the
    inbox. Raises ConfigurationError when it cannot be opened, or the feed is none of rows."""
    if not contract.is_of_rows:
        raise ConfigurationError(f"{contract.feed} is no feed of rows: load its files to try them")
    whole = path.absolute()
    below = f"{whole.parent.name}/{whole.name}"
    try:
        with path.open("rb") as stream:
            sender = sender_of_delivery(contract, below)
            documents = reader_of(contract, stream).read(stream, contract, bounds, sender)
            return _Trial(contract, documents, below, received_at).run()
    except FileUnreadable as refusal:
        return DryRun(refusal=refusal.reason)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror})") from None


class _Trial:
    def __init__(
        self, contract: Contract, documents: Any, below: str, received_at: datetime
    ) -> None:
        self._contract = contract
        self._documents = documents
        titles: Sequence[Sequence[str]] = getattr(documents, "titles", ())
        self._partitions = Partitions(contract, below, received_at, titles)
        self._keys = FeedKeys(_NO_KEY, contract)
        self._checks = ValueChecks(contract)
        self._names = [column.name for column in contract.table.columns]
        self._of_label = {column.label: column.name for column in contract.table.columns}
        self._trial = DryRun()

    def run(self) -> DryRun:
        """What was found until the end, or until the delivery breaks."""
        try:
            self._read()
        except FileUnreadable as refusal:
            self._trial.refusal = refusal.reason
        return self._trial

    def _read(self) -> None:
        trial = self._trial
        for row in self._documents:
            if row.is_blank:
                trial.passed_over += 1
                continue
            trial.rows += 1
            self._add(row.position, self._of_row(row))
        if not trial.rows and self._contract.refuse.is_empty:
            raise FileUnreadable("F01", "no row in the file")
        self._partitions.declare_without_rows()
        trial.partitions = tuple(self._partitions.found)
        self._add(None, self._of_delivery())

    def _of_row(self, row: Row) -> Iterator[tuple[str, str, str, str]]:
        """Severity, kind of the rule, field and reason of everything that is found in a row."""
        if row.problem is not None:
            yield "quarantine_dossier", "F03", row.field or "", row.problem
            return
        values: Mapping[str, str | None] = dict(zip(self._names, row.values, strict=True))
        place = self._partitions.of(values)
        if place.problem is not None:
            yield "quarantine_dossier", "F03", place.field or "", place.problem
        elif self._keys.keys(place.sender_id, values, row.extra).document is None:
            named = ", ".join(self._contract.document_key)
            yield "quarantine_dossier", "F03", "", f"what names its document is blank ({named})"
        for remark in row.remarks:
            yield self._of_remark(remark)
        for fault in self._checks.faults(values, place.day):
            severity = SEVERITIES[fault.column.severity]
            yield severity, fault.kind, fault.column.label, fault.reason

    def _of_delivery(self) -> Iterator[tuple[str, str, str, str]]:
        for remark in getattr(self._documents, "remarks", ()):
            yield self._of_remark(remark)
        if self._partitions.contradicting:
            told = (
                f"{self._partitions.contradicting} rows name another day than another source does"
            )
            yield "record", "as_of", "", told

    def _of_remark(self, remark: Remark) -> tuple[str, str, str, str]:
        return SEVERITIES[remark.severity], remark.kind, remark.field or "", remark.reason

    def _add(self, position: int | None, told: Iterable[tuple[str, str, str, str]]) -> None:
        is_aside = False
        for severity, kind, label, reason in told:
            is_aside = is_aside or severity == "quarantine_dossier"
            if len(self._trial.found) >= MOST_FOUND:
                self._trial.not_shown += 1
                continue
            sheet, cell = self._place(position, label)
            rule = kind if kind[0] == "F" else f"{self._contract.feed}.{kind}"
            self._trial.found.append(Found(severity, rule, sheet, cell, label, reason))
        self._trial.set_aside += is_aside

    def _place(self, position: int | None, label: str) -> tuple[str, str]:
        if position is None:
            return "", ""
        sheets: Sequence[SheetPlace] = getattr(self._documents, "sheets", ())
        for sheet in reversed(sheets):
            if sheet.first_position <= position:
                row = position - sheet.first_position + sheet.first_row
                letter = sheet.columns.get(self._of_label.get(label, label), "")
                return sheet.name, f"{letter}{row}"
        return "", str(position)
