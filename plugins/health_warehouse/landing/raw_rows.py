"""Dossiers to the raw tables by COPY, in batches of bounded size."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Connection

from health_warehouse.database.connections import driver_connection
from health_warehouse.errors import BatchIncomplete, SourceUnavailable, WarehouseError
from health_warehouse.sources.claims.dossier import Dossier
from health_warehouse.sources.claims.schema import TABLES

BATCH_CHARACTERS = 8 * 1024 * 1024
# XML 1.0 forbids both characters, so no value can hold them: the only escapes left are
# the backslash and the line ends, looked for once per row.
_DELIMITER, _NULL = "\x1f", "\x1e"
_DATA_ERRORS = ("22", "23", "54")  # SQLSTATE classes that trying again does not cure

_COLUMNS: dict[str, tuple[str, ...]] = {
    "ops.dossier_versions": (
        "file_id", "position", "facility_id", "dossier_id", "is_withdrawal",
        "xml2_count", "xml3_count", "verdict",
    ),
    "raw.claims_xml1": (
        "file_id", "position", *(f.column for f in TABLES["XML1"].fields), "_extra", "_person_key",
    ),
    "raw.claims_xml2": (
        "file_id", "position", "line", *(f.column for f in TABLES["XML2"].fields), "_extra",
    ),
    "raw.claims_xml3": (
        "file_id", "position", "line", *(f.column for f in TABLES["XML3"].fields), "_extra",
    ),
    "raw.claims_other": ("file_id", "position", "part", "table_name", "ma_lk_values", "content"),
    "quarantine.originals": ("file_id", "position", "part", "table_name", "content"),
    "quarantine.findings": (
        "file_id", "position", "line", "table_name", "field", "facility_id", "dossier_id",
        "rule_id", "severity", "reason",
    ),
}  # fmt: skip


class RawWriter:
    """Collects the rows of one file and copies them whenever BATCH_CHARACTERS are together."""

    def __init__(self, connection: Connection, file_id: int) -> None:
        self.counts = dict.fromkeys(_COLUMNS, 0)
        self._connection = connection
        self._file_id = file_id
        self._batch: dict[str, list[str]] = {table: [] for table in _COLUMNS}
        self._size = 0

    def add(self, dossier: Dossier, facility_id: str, person_key: UUID | None) -> None:
        at = [str(self._file_id), str(dossier.position)]
        verdict = "quarantined" if dossier.problems else None
        self._add(
            "ops.dossier_versions",
            [*at, facility_id, dossier.dossier_id, str(dossier.is_withdrawal),
             str(len(dossier.xml2)), str(len(dossier.xml3)), verdict],
        )  # fmt: skip
        if dossier.xml1 is not None:
            self._add("raw.claims_xml1", [*at, *dossier.xml1, str(person_key)])
        for line, row in enumerate(dossier.xml2, 1):
            self._add("raw.claims_xml2", [*at, str(line), *row])
        for line, row in enumerate(dossier.xml3, 1):
            self._add("raw.claims_xml3", [*at, str(line), *row])
        for kept in dossier.others:
            values = "{" + ",".join(map(_array_item, kept.ma_lk_values)) + "}"
            self._add(
                "raw.claims_other", [*at, str(kept.part), kept.table_name, values, kept.content]
            )
        for kept in dossier.unreadable:
            self._add("quarantine.originals", [*at, str(kept.part), kept.table_name, kept.content])
        for problem in dossier.problems:
            line_number = None if problem.line is None else str(problem.line)
            self._add(
                "quarantine.findings",
                [*at, line_number, problem.table_name, problem.field, facility_id,
                 dossier.dossier_id, problem.rule_id, "quarantine_dossier", problem.reason],
            )  # fmt: skip
        if self._size > BATCH_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Copy what is collected. Raises BatchIncomplete when Postgres took fewer rows."""
        for table, lines in self._batch.items():
            if lines:
                copied = _copy(self._connection, table, lines)
                if copied != len(lines):
                    raise BatchIncomplete(f"{table}: {copied} of {len(lines)} rows copied")
                self.counts[table] += copied
                lines.clear()
        self._size = 0

    def _add(self, table: str, values: Iterable[str | None]) -> None:
        line = _DELIMITER.join([_NULL if value is None else value for value in values])
        if "\\" in line or "\n" in line or "\r" in line:
            line = line.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        self._batch[table].append(line)
        self._size += len(line)


def _copy(connection: Connection, table: str, lines: list[str]) -> int:
    statement = sql.SQL("copy {} ({}) from stdin with (format text, delimiter {}, null {})").format(
        sql.Identifier(*table.split(".")),
        sql.SQL(", ").join(map(sql.Identifier, _COLUMNS[table])),
        sql.Literal(_DELIMITER),
        sql.Literal(_NULL),
    )
    lines.append("")  # the last line ends like the others
    data = "\n".join(lines)
    lines.pop()
    try:
        with driver_connection(connection).cursor() as cursor:
            with cursor.copy(statement) as copy:
                copy.write(data)
            return cursor.rowcount
    except psycopg.Error as error:
        # Postgres quotes the whole row in its message: patients must not reach a log
        code = error.sqlstate or "connection lost"
        message = f"COPY into {table} failed (SQLSTATE {code})"
        if code[:2] in _DATA_ERRORS:
            raise WarehouseError(message) from None
        raise SourceUnavailable(message) from None


def _array_item(value: str) -> str:
    """An element of a Postgres array literal: quoted, so that only `\\` and `"` are special."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
