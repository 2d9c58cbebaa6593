"""Dossiers to the raw tables by COPY, in batches of bounded size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache

import psycopg
from psycopg import sql
from sqlalchemy import Connection, NestedTransaction, text

from health_warehouse.database.connections import driver_connection
from health_warehouse.errors import BatchIncomplete
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.feeds.ddl import column_names
from health_warehouse.landing.claims.keys import DossierKeys, identifiers_array
from health_warehouse.landing.exchange import told_without_rows
from health_warehouse.sources.claims.dossier import Dossier, Problem
from health_warehouse.sources.claims.spread import Continuation

BATCH_CHARACTERS = 8 * 1024 * 1024
# XML 1.0 forbids both characters, so no value can hold them: the only escapes left are
# the backslash and the line ends, looked for once per row.
_DELIMITER, _NULL = "\x1f", "\x1e"

_VERSIONS = "ops.document_versions_claims"
_LINES = {
    table.name: f"raw.{table.raw_table}"
    for table in built_in()["claims"].tables
    if "line" in table.lineage
}
_COLUMNS: dict[str, tuple[str, ...]] = {
    _VERSIONS: (
        "file_id", "position", "sender_id", "document_name", "document_key", "local_person_key",
        "identifier_hashes", "care_days", "is_withdrawal", "line_count", "verdict",
    ),
    **{
        f"raw.{table.raw_table}": column_names(table) for table in built_in()["claims"].tables
    },
    "raw.claims_other": ("file_id", "position", "part", "table_name", "ma_lk_values", "content"),
    "quarantine.originals": ("file_id", "position", "part", "table_name", "content"),
    "quarantine.findings": (
        "file_id", "position", "line", "table_name", "field", "facility_id", "dossier_id",
        "rule_id", "severity", "reason",
    ),
}  # fmt: skip
# Where what was sent lies, by (file_id, position).
RAW_TABLES = tuple(sorted(table for table in _COLUMNS if table.startswith("raw.claims_")))
_MORE_LINES = """\
update ops.document_versions_claims as version
set line_count = version.line_count + more.line_count
from unnest(cast(:positions as integer[]), cast(:counts as integer[]))
    as more (position, line_count)
where version.file_id = :file_id and version.position = more.position"""


class RawWriter:
    """Collects the rows of one file and copies them whenever BATCH_CHARACTERS are together.

    At the end of the file call `finish`, or `undo` if it must not be taken after all. With `only`,
    rows of other tables are dropped: they are there already.
    """

    def __init__(
        self, connection: Connection, file_id: int, only: Collection[str] | None = None
    ) -> None:
        self.counts = dict.fromkeys(_COLUMNS, 0)
        self._only = only
        self._before: NestedTransaction | None = None  # the first copy
        self._connection = connection
        self._file_id = file_id
        self._batch: dict[str, list[str]] = {table: [] for table in _COLUMNS}
        self._size = 0
        self._more_lines: Counter[int] = Counter()  # of versions that a later HOSO continues

    def add(
        self,
        dossier: Dossier,
        facility_id: str,
        keys: DossierKeys | None,
        continues: Continuation | None = None,
    ) -> None:
        """A dossier version with its keys; with `continues`, more of the one that it continues."""
        position = dossier.position if continues is None else continues.position
        at = [str(self._file_id), str(position)]
        if keys is not None:
            self._add_version(dossier, at, facility_id, keys)
        elif dossier.line_count and self._only is None:
            self._more_lines[position] += dossier.line_count
        for name, rows in dossier.tables.items():
            first = 1 if continues is None else continues.lines[name] + 1
            for line, row in enumerate(rows, first):
                if row:  # not a blank one
                    self._add(_LINES[name], [*at, str(line), *row])
        parts_before = 0 if continues is None else continues.parts
        for kept in dossier.others:
            values = "{" + ",".join(map(_array_item, kept.ma_lk_values)) + "}"
            part = str(parts_before + kept.part)
            self._add("raw.claims_other", [*at, part, kept.table_name, values, kept.content])
        for kept in dossier.unreadable:
            part = str(parts_before + kept.part)
            self._add("quarantine.originals", [*at, part, kept.table_name, kept.content])
        for severity, problems in (
            ("quarantine_dossier", dossier.problems),
            ("record", dossier.remarks),
        ):
            for problem in problems:
                self._add_finding(at, facility_id, dossier, problem, severity)
        self._flush_when_large()

    def _add_finding(
        self, at: list[str], facility_id: str, dossier: Dossier, problem: Problem, severity: str
    ) -> None:
        line = None if problem.line is None else str(problem.line)
        dossier_id = dossier.sent_id or dossier.hinted_id
        self._add(
            "quarantine.findings",
            [*at, line, problem.table_name, problem.field, facility_id, dossier_id,
             problem.rule_id, severity, problem.reason],
        )  # fmt: skip

    def _add_version(
        self, dossier: Dossier, at: list[str], facility_id: str, keys: DossierKeys
    ) -> None:
        verdict = "quarantined" if dossier.problems else None
        self._add(
            _VERSIONS,
            [*at, facility_id, dossier.dossier_id, str(keys.encounter),
             None if keys.local_person is None else str(keys.local_person),
             identifiers_array(keys),
             None if keys.care_days is None else keys.care_days.as_range(),
             str(dossier.is_withdrawal), str(dossier.line_count), verdict],
        )  # fmt: skip
        if dossier.xml1 is not None:
            self._add("raw.claims_xml1", [*at, *dossier.xml1, str(keys.person)])

    def finish(self) -> None:
        """Copy what is left. Raises as `_flush` does."""
        self._flush()
        if self._before is not None:
            self._before.commit()

    def undo(self) -> None:
        """Take back what was copied and forget what was not."""
        if self._before is not None:
            self._before.rollback()

    def _flush_when_large(self) -> None:
        """A small file, copied at its end, needs no savepoint: by then it is known to be whole."""
        if self._size > BATCH_CHARACTERS:
            self._before = self._before or self._connection.begin_nested()
            self._flush()

    def _flush(self) -> None:
        """Copy what is collected. Raises BatchIncomplete when Postgres took fewer rows."""
        for table, lines in self._batch.items():
            if lines:
                copied = _copy(self._connection, table, lines)
                if copied != len(lines):
                    raise BatchIncomplete(f"{table}: {copied} of {len(lines)} rows copied")
                self.counts[table] += copied
                lines.clear()
        self._size = 0
        if self._more_lines:
            self._connection.execute(
                text(_MORE_LINES),
                {
                    "file_id": self._file_id,
                    "positions": list(self._more_lines),
                    "counts": list(self._more_lines.values()),
                },
            )
            self._more_lines.clear()

    def _add(self, table: str, values: Iterable[str | None]) -> None:
        if self._only is not None and table not in self._only:
            return
        line = _DELIMITER.join([_NULL if value is None else value for value in values])
        if "\\" in line or "\n" in line or "\r" in line:
            line = line.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        self._batch[table].append(line)
        self._size += len(line)


def _copy(connection: Connection, table: str, lines: list[str]) -> int:
    driver = driver_connection(connection)
    statement = _statement(table, _COLUMNS[table], _NULL)
    lines.append("")  # the last line ends like the others
    data = "\n".join(lines)
    lines.pop()
    try:
        with driver.cursor() as cursor:
            with cursor.copy(statement) as copy:
                copy.write(data)
            return cursor.rowcount
    except psycopg.Error as error:
        raise told_without_rows(error, f"COPY into {table}") from None


@cache
def _statement(table: str, columns: tuple[str, ...], null: str) -> bytes:
    """Composed once: for a small file that took as long as to copy its rows."""
    composed = sql.SQL("copy {} ({}) from stdin with (format text, delimiter {}, null {})").format(
        sql.Identifier(*table.split(".")),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Literal(_DELIMITER),
        sql.Literal(null),
    )
    return composed.as_bytes()


def _array_item(value: str) -> str:
    """An element of a Postgres array literal: quoted, so that only `\\` and `"` are special."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
