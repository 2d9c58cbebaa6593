"""Rows of a delivery into `raw`, with their versions, partitions and what could not be read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, NestedTransaction, text

from health_warehouse.errors import FileUnreadable
from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.ddl import column_names
from health_warehouse.landing.copying import copy_line, copy_lines
from health_warehouse.landing.feed_keys import FeedKeys, RowKeys
from health_warehouse.landing.partitions import Partitions, Place
from health_warehouse.readers.remark import Remark
from health_warehouse.readers.row import Row
from health_warehouse.readers.table.rows import SheetPlace

SEVERITIES = {"quarantine": "quarantine_dossier", "flag": "flag_line", "record": "record"}
"""What contracts and readers say, as quarantine.findings has it."""

BATCH_CHARACTERS = 8 * 1024 * 1024

_VERSIONS = (
    "feed", "file_id", "position", "partition_key", "sender_id", "document_key", "content_hash",
    "order_key", "refers_to_key", "is_withdrawal", "verdict",
)  # fmt: skip
_ORIGINALS = ("file_id", "position", "part", "table_name", "content")
_FINDINGS = (
    "file_id", "position", "line", "table_name", "field", "facility_id", "rule_id", "severity",
    "reason",
)  # fmt: skip
_SHEETS = ("file_id", "sheet", "first_position", "first_row", "columns")
_SPEAKS_FOR = text(
    """
    insert into ops.delivery_partitions (
        feed, file_id, partition_key, sender_id, as_of, as_of_source, received_at, is_complete,
        document_count
    )
    values (
        :feed, :file_id, :partition_key, :sender_id, :as_of, :as_of_source, :received_at,
        :is_complete, 0
    )
    """
)
# Documents, not rows: one that is named twice is one.
_COUNT = text(
    """
    update ops.delivery_partitions as p
    set document_count = v.document_count
    from (
        select partition_key, count(distinct document_key) as document_count
        from ops.document_versions
        where feed = :feed and file_id = :file_id
        group by partition_key
    ) as v
    where
        p.feed = :feed and p.file_id = :file_id and p.partition_key = v.partition_key
    """
)


@dataclass(slots=True)
class RowTally:
    """What the reader saw: rows with blank ones, those in `raw`, blank ones, who sent them."""

    rows: int = 0
    kept: int = 0
    blank: int = 0
    senders: set[str] = field(default_factory=set)


class FeedRows:
    """Writes the rows of one delivery in the caller's transaction."""

    def __init__(
        self, connection: Connection, key: bytes, contract: Contract, partitions: Partitions
    ) -> None:
        self._connection = connection
        self._contract = contract
        self._partitions = partitions
        self._keys = FeedKeys(key, contract)
        self._names = [column.name for column in contract.table.columns]
        self._of_versions = [one for one in contract.table.columns if one.is_required_then]
        self._raw = f"raw.{contract.table.raw_table}"
        self._raw_columns = column_names(contract.table)
        self._has_person = "_person_key" in self._raw_columns
        self._versions = f"ops.document_versions_{contract.feed}"
        self._lines: dict[str, list[str]] = {}
        self._size = 0
        self._before: NestedTransaction | None = None

    def write(self, file_id: int, rows: Iterable[Row]) -> RowTally:
        """All rows. Raises FileUnreadable where the delivery breaks; nothing of it is left then."""
        tally = RowTally()
        try:
            for row in rows:
                tally.rows += 1
                if row.is_blank:
                    tally.blank += 1
                else:
                    self._add(file_id, row, tally)
            if tally.rows == tally.blank and self._contract.refuse.is_empty:
                raise FileUnreadable("F01", "no row in the file")
        except FileUnreadable:
            if self._before is not None:
                self._before.rollback()
            raise
        self._sheets(file_id, getattr(rows, "sheets", ()))
        for remark in getattr(rows, "remarks", ()):
            self._remark(file_id, None, remark, "")
        if self._partitions.contradicting:
            self._line(
                "quarantine.findings",
                [str(file_id), None, None, self._contract.table.name, None, None,
                 f"{self._contract.feed}.as_of", "record",
                 f"{self._partitions.contradicting} rows name another day than the name of the "
                 "file or another column does: the first source of the contract counts"],
            )  # fmt: skip
        self._flush()
        if self._before is not None:
            self._before.commit()
        self._partitions.declare_without_rows()
        self._declare(file_id)
        return tally

    def _add(self, file_id: int, row: Row, tally: RowTally) -> None:
        if row.problem is not None:
            self._partitions.is_complete = False
            self._set_aside(file_id, row.position, row.problem, row.field, "")
            self._line(
                "quarantine.originals",
                [str(file_id), str(row.position), "1", self._contract.table.name, row.original],
            )
            return
        values = dict(zip(self._names, row.values, strict=True))
        place = self._partitions.of(values)
        keys = self._keys.keys(place.sender_id, values, row.extra)
        tally.kept += 1
        tally.senders.add(place.sender_id)
        document = keys.document if place.problem is None else None
        if place.problem is not None:
            self._set_aside(file_id, row.position, place.problem, place.field, place.sender_id)
        elif document is None:
            self._partitions.is_complete = False
            named = ", ".join(self._contract.document_key)
            self._set_aside(
                file_id, row.position, f"what names its document is blank ({named})", None,
                place.sender_id,
            )  # fmt: skip
        person = [None if keys.person is None else str(keys.person)] if self._has_person else []
        self._line(self._raw, [str(file_id), str(row.position), *row.values, row.extra, *person])
        self._version(file_id, row.position, place, keys, document, values)
        for remark in row.remarks:
            self._remark(file_id, row.position, remark, place.sender_id)
        self._require_of_version(file_id, row.position, values, place)
        if self._size > BATCH_CHARACTERS:
            self._before = self._before or self._connection.begin_nested()
            self._flush()

    def _version(
        self,
        file_id: int,
        position: int,
        place: Place,
        keys: RowKeys,
        document: UUID | None,
        values: dict[str, str | None],
    ) -> None:
        self._line(
            self._versions,
            [self._contract.feed, str(file_id), str(position), place.partition_key,
             place.sender_id, None if document is None else str(document), str(keys.content),
             keys.order, None if keys.refers_to is None else str(keys.refers_to),
             str(self._keys.is_withdrawal(values)),
             None if document is not None else "quarantined"],
        )  # fmt: skip

    def _set_aside(
        self, file_id: int, position: int, reason: str, field: str | None, sender_id: str
    ) -> None:
        self._line(
            "quarantine.findings",
            [str(file_id), str(position), str(position), self._contract.table.name, field,
             sender_id or None, "F03", "quarantine_dossier", reason],
        )  # fmt: skip

    def _require_of_version(
        self, file_id: int, position: int, values: Mapping[str, str | None], place: Place
    ) -> None:
        """Columns that only some versions of a form have are asked for by the day of the list."""
        for column in self._of_versions:
            if column.is_asked_on(place.day) and not (values[column.name] or "").strip():
                severity = SEVERITIES[column.severity]
                suffix = "" if column.severity == "flag" else f".{column.severity}"
                self._line(
                    "quarantine.findings",
                    [str(file_id), str(position), str(position), self._contract.table.name,
                     column.label, place.sender_id or None,
                     f"{self._contract.feed}.required{suffix}", severity,
                     f"{column.label} is blank"],
                )  # fmt: skip

    def _sheets(self, file_id: int, sheets: Iterable[SheetPlace]) -> None:
        """By which findings are told by sheet and cell."""
        labels = {column.name: column.label for column in self._contract.table.columns}
        for sheet in sheets:
            columns = {labels[name]: letters for name, letters in sheet.columns.items()}
            self._line(
                "ops.delivery_sheets",
                [str(file_id), str(sheet.number), str(sheet.first_position),
                 str(sheet.first_row), json.dumps(columns, ensure_ascii=False)],
            )  # fmt: skip

    def _remark(self, file_id: int, position: int | None, remark: Remark, sender_id: str) -> None:
        at = None if position is None else str(position)
        severity = SEVERITIES[remark.severity]
        self._line(
            "quarantine.findings",
            [str(file_id), at, at, self._contract.table.name, remark.field, sender_id or None,
             f"{self._contract.feed}.{remark.kind}", severity, remark.reason],
        )  # fmt: skip

    def _declare(self, file_id: int) -> None:
        parts = self._partitions
        for key, partition in parts.found.items():
            self._connection.execute(
                _SPEAKS_FOR,
                {
                    "feed": self._contract.feed,
                    "file_id": file_id,
                    "partition_key": key,
                    "sender_id": partition.sender_id,
                    "as_of": partition.as_of and partition.as_of.day,
                    "as_of_source": partition.as_of and partition.as_of.source,
                    "received_at": parts.received_at,
                    "is_complete": parts.is_complete,
                },
            )
        self._connection.execute(_COUNT, {"feed": self._contract.feed, "file_id": file_id})

    def _line(self, table: str, values: list[str | None]) -> None:
        line = copy_line(values)
        self._lines.setdefault(table, []).append(line)
        self._size += len(line)

    def _flush(self) -> None:
        columns = {
            self._raw: self._raw_columns,
            self._versions: _VERSIONS,
            "quarantine.originals": _ORIGINALS,
            "quarantine.findings": _FINDINGS,
            "ops.delivery_sheets": _SHEETS,
        }
        for table, lines in self._lines.items():
            copy_lines(self._connection, table, columns[table], lines)
        self._lines.clear()
        self._size = 0
