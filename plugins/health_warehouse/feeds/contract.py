"""What a contract says of its feed: values only, read from YAML elsewhere.

A feed is one stream of deliveries with one contract. Its document is the smallest thing that a
sender replaces as a whole: a dossier of claims, otherwise a row with a key. A snapshot feed has
partitions: what one delivery replaces as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

Mode = Literal["upsert", "snapshot", "append"]
"""upsert: a document replaces the one with its key. snapshot: a delivery lists its partition, and
what it does not name has ended. append: nothing is ever replaced."""

ColumnType = Literal["text", "code", "integer", "number", "date", "time", "boolean"]
"""code: compared in its canonical form. time: local date and time."""

ColumnSeverity = Literal["quarantine", "flag", "record"]
Gate = Literal["hold", "notice"]
Personal = Literal["", "personal", "sensitive"]
CodeKind = Literal["", "icd", "drug", "service", "disease"]
"""What a column's codes may give away: whether its row belongs to a closed class."""

Lineage = Literal["file_id", "position", "line", "facility_id"]
"""Columns of `raw` that say where a row comes from. file_id and position name the document, `line`
the row within it; facility_id is who sent it, when the reader alone knows. All but facility_id are
the key."""

ROWS_READERS = frozenset({"check_ins_xml", "json_lines", "table"})
"""Readers of which every row is a document."""

PersonKey = Literal["none", "optional", "required"]

Comparison = Literal["at_most", "less_than", "equal", "other_than"]


@dataclass(frozen=True, slots=True)
class Words:
    """The same thing said in Vietnamese and in English; `vi` is blank for a column of a standard,
    whose list is in English."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a row. `name` is the column of `raw`; `labels` are what senders call it, as they
    are written at first; without any it is called by its name.

    `lowest`, `highest`: bounds of numbers, inclusive. `values` are the codes that are allowed, and
    `code_list` names a list of the reference data instead: of the day in the column `list_day`,
    where the contract names one. `pattern`: the regular expression that the whole value fits; what
    Python and Postgres read alike. `not_after` names a column whose day is not before this one's.
    `since` and `until` (the day after the last): the lists that have it, where a form changed; then
    `is_required_then` instead of `is_required`.
    `severity`: what a value that breaks this does. `kind`: codes that may tell of a closed class.
    """

    name: str
    meaning: Words
    labels: tuple[str, ...] = ()
    type: ColumnType = "text"
    length: int | None = None
    is_required: bool = False
    is_unique: bool = False
    personal: Personal = ""
    formats: tuple[str, ...] = ()
    kind: CodeKind = ""
    values: tuple[str, ...] = ()
    code_list: str | None = None
    list_day: str | None = None
    pattern: str | None = None
    lowest: float | None = None
    highest: float | None = None
    not_after: str | None = None
    severity: ColumnSeverity = "flag"
    source: str = ""
    confidence: str = ""
    since: date | None = None
    until: date | None = None
    is_required_then: bool = False

    def is_asked_on(self, day: date | None) -> bool:
        """Whether it must be filled in a list of that day, of which not every version has it."""
        if day is None or not self.is_required_then:
            return False
        return (self.since or day) <= day and (self.until is None or day < self.until)

    @property
    def is_personal(self) -> bool:
        """It stays in `raw`, the originals and the vault."""
        return bool(self.personal)

    @property
    def label(self) -> str:
        """What it is called first by those who send it."""
        return self.labels[0] if self.labels else self.name


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind in a delivery. `name` is what the sender calls it; `raw_table` is in `raw`.

    Only claims have several; the first has one row per document. `grain` is what comes behind "One
    row per". `lineage` and `person_key` are what the loader adds to the columns.
    """

    name: str
    raw_table: str
    grain: Words
    columns: tuple[Column, ...]
    lineage: tuple[Lineage, ...] = ("file_id", "position")
    person_key: PersonKey = "optional"

    def column(self, name: str) -> Column:
        """Raises KeyError."""
        return {column.name: column for column in self.columns}[name]


@dataclass(frozen=True, slots=True)
class AsOf:
    """Where the day that a list speaks of is found. `kind`: column (its name is `of`), file_name (a
    pattern of yyyy, mm, dd is `of`), title (the words before it, above the headings, are `of`),
    receipt_month (its last day)."""

    kind: Literal["column", "file_name", "title", "receipt_month"]
    of: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a delivery: named by a column of its rows, the first folder below the inbox, or
    always the same."""

    kind: Literal["column", "folder", "fixed", "reader"]
    of: str = ""


@dataclass(frozen=True, slots=True)
class Refuse:
    """What refuses a whole delivery. `shrinks_by_more_than`: the share of the documents of the list
    before it that a complete list may lack before a person has to decide; None: any."""

    is_empty: bool = True
    is_header_missing: bool = True
    shrinks_by_more_than: float | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a version must have in common with the one that it would replace, or it waits for a
    person: something that identifies the person, or a day of those from the first column to the
    second."""

    same_person: bool = False
    same_days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """Which columns of the first table name a person, and in which domain their key is made: a
    nurse in the staff list must not be found by the key that she has as a patient."""

    domain: Literal["patient", "staff"]
    citizen_id: str | None = None
    insurance_number: str | None = None
    local_id: str | None = None
    licence: str | None = None
    name: str | None = None
    birth: str | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """Which columns of any table may say that a document belongs to a closed class, and which
    documents of other feeds it speaks of: feed → the column here that names its documents."""

    icd: tuple[str, ...] = ()
    drug: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    disease: tuple[str, ...] = ()
    refers_to: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expect:
    """What is owed: by whom, how often, until when ("day 5" or "working day 5" after the period),
    and how many days later it is missing. `period`: the column whose day says which period a row is
    for; None: that of `as_of`, else the day of receipt."""

    who: str
    every: str
    due: str
    grace_days: int = 0
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule applies: a column is filled, is blank, or has one of some codes (or none)."""

    column: str
    kind: Literal["filled", "blank", "one_of", "none_of"]
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """A column or a number, added or subtracted."""

    column: str | None = None
    number: float = 0
    sign: Literal[1, -1] = 1


@dataclass(frozen=True, slots=True)
class Compare:
    """What two sums must be to each other; blank numbers count as nothing, and a comparison of two
    days or codes holds where one of them is blank. The right side is taken `times` a number.
    `within`: the share of it that they may differ by."""

    left: tuple[Term, ...]
    comparison: Comparison
    right: tuple[Term, ...]
    times: float = 1
    within: float = 0


@dataclass(frozen=True, slots=True)
class NoOverlap:
    """Periods of rows that agree in `of` share no day. A blank end is open; the end is the last
    day."""

    of: tuple[str, ...]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Names:
    """A value is found in the column `of` of a row of the same delivery, or in one of the columns
    of other feeds, as far as these count: feed → column. A person is found by their key."""

    column: str
    of: str = ""
    in_feeds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowRule:
    """A rule beyond single columns, for rows that meet every condition of `when`. One of the others
    is set: `filled`, `blank` (columns), `fits` (conditions that hold), `compare`, `once` (columns
    that no two of the rows agree in), `no_overlap`, `names`."""

    name: str
    says: Words
    severity: ColumnSeverity = "flag"
    when: tuple[Condition, ...] = ()
    filled: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    fits: tuple[Condition, ...] = ()
    compare: Compare | None = None
    once: tuple[str, ...] = ()
    no_overlap: NoOverlap | None = None
    names: Names | None = None
    source: str = ""
    confidence: str = ""

    @property
    def is_of_others(self) -> bool:
        """Whether it looks at another feed, which is judged by builds."""
        return self.names is not None and bool(self.names.in_feeds)


@dataclass(frozen=True, slots=True)
class Contract:
    """One feed. `path` is the file that says so; `overridden` are the keys that a province's file
    changed, by that file.

    `match`: patterns of paths below the inbox, as fnmatch reads them, without regard to case.
    `reader`: which reader makes documents of its bytes; one of `other_readers` does where it takes
    the bytes and `reader` does not. `locale`: how numbers are written as text ("vi": 1.234,5, "en":
    1,234.5, "": nobody says), and `locales` of single senders. `document_key`: the columns that
    name a document within its sender; empty: the whole content does. `partition`: columns,
    `sender`, `as_of`. `newer`: "received_at", or the column that orders versions before it.
    `closed`: None where nothing is. `gate`: whether its findings can hold a release.
    """

    feed: str
    title: Words
    owner: str
    match: tuple[str, ...]
    reader: str
    mode: Mode
    tables: tuple[Table, ...]
    path: Path
    sender: Sender
    document_key: tuple[str, ...] = ()
    partition: tuple[str, ...] = ()
    as_of: tuple[AsOf, ...] = ()
    newer: str = "received_at"
    speaks_for: Literal["self", "parent", "department"] = "self"
    missing: Literal["not_reported", "ended"] = "not_reported"
    expect: Expect | None = None
    refuse: Refuse = Refuse()
    replacement: Replacement | None = None
    identity: Identity | None = None
    closed: Closed | None = None
    gate: Gate = "notice"
    options: Mapping[str, str] = field(default_factory=dict)
    other_readers: tuple[str, ...] = ()
    locale: Literal["", "vi", "en"] = ""
    locales: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[RowRule, ...] = ()
    overridden: Mapping[str, Path] = field(default_factory=dict)

    @property
    def readers(self) -> tuple[str, ...]:
        """All of them, in the order in which they are tried."""
        return (self.reader, *self.other_readers)

    @property
    def is_of_rows(self) -> bool:
        """Whether each row is a document, in the tables of documents."""
        return self.reader in ROWS_READERS

    @property
    def table(self) -> Table:
        """The one table of a feed of rows. Raises ValueError for a feed that has several."""
        (table,) = self.tables
        return table
