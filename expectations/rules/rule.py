"""A rule, declared once. Verdict and findings are generated from the declaration.

Great Expectations judges the verdict (`statements.verdict`); when it fails, the same declaration
gives the SQL that finds every failing row with its keys (`statements.findings`). There is no second
place where a rule lives: without the declaration neither exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Severity(StrEnum):
    """What happens when a rule fails."""

    STOP_BATCH = "stop_batch"  # our own fault: rows are missing, the task fails, nothing is judged
    REFUSE_FILE = "refuse_file"
    QUARANTINE_DOSSIER = "quarantine_dossier"
    FLAG_LINE = "flag_line"
    RECORD = "record"  # worth knowing: stored as a finding, changes nothing else
    HOLD_RELEASE = "hold_release"
    NOTICE = "notice"


class Scope(StrEnum):
    """What a rule looks at, which decides when it is judged and what it may do."""

    DOCUMENT = "document"  # one dossier or check-in: at the door, once
    DELIVERY = "delivery"  # one file with its envelope: at the door, once
    SENDER = "sender"  # all files of one facility: whenever one of them comes. Only records
    VERSIONS = "versions"  # the versions of one dossier: whenever one of them comes
    OTHERS = "others"  # other dossiers too: in every build that one of them changed for. Only flags
    RELEASE = "release"  # the candidate of a release: after every build


class Category(StrEnum):
    CONFORMANCE = "conformance"
    COMPLETENESS = "completeness"
    PLAUSIBILITY = "plausibility"
    CONCORDANCE = "concordance"
    TIMELINESS = "timeliness"


Confidence = Literal["H", "M", "L", "?"]


@dataclass(frozen=True)
class Source:
    """The text that a rule comes from, and how sure we are: H official, M, L, ? not verified."""

    text: str
    confidence: Confidence


@dataclass(frozen=True)
class Check:
    """One thing that must be true of every row; a rule may have several.

    `holds` is a SQL condition: the row fails unless it is *true* (null fails, so that a mistake in
    a condition closes the door instead of opening it). `reason` is a SQL text, evaluated for
    failing rows only; it quotes values through `fragments`, so that none of a patient is stored.
    """

    field: str
    holds: str
    reason: str


@dataclass(frozen=True)
class Rows:
    """The rows that a rule applies to, and what must hold for each.

    `sql` selects from the relation `batch` (and what it joins to it), one row per thing judged. For
    a landing rule the columns file_id, position and line (null where there is none) are its keys.
    `table_sql` is the SQL of the name of the table that the sender knows, e.g. `'XML2'`.
    """

    table_sql: str
    sql: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class OneDossier:
    """When a rule that can refuse a file only quarantines the dossier that breaks it."""

    when_vi: str
    when_en: str


@dataclass(frozen=True)
class Rule:
    """One rule. `id` begins with the id of the catalogue that it comes from (L01, F02 …).

    `rows` is empty for a rule that the parser judges while it reads, and for one on the versions of
    a dossier or the files of a facility, which is judged where these are kept: then only its words
    are here.
    `threshold` is the figure that a check compares with, and its unit, for people: no rule lets
    some rows fail. `coverage` says what an incremental build looks at, for the rules of the marts.
    `one_dossier` belongs to REFUSE_FILE, where the rest of the file can still be taken.
    `tells_closed`: which dossier fails is closed itself, so that only counts are told of it.
    """

    id: str
    sentence_vi: str
    sentence_en: str
    source: Source
    category: Category
    severity: Severity
    owner: str
    threshold: str = ""
    rows: tuple[Rows, ...] = ()
    scope: Scope = Scope.DOCUMENT
    coverage: str = ""
    one_dossier: OneDossier | None = None
    tells_closed: bool = False

    @property
    def is_judged_by_parser(self) -> bool:
        return not self.rows and self.scope is not Scope.VERSIONS

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that its checks name, in order, each once."""
        return tuple(dict.fromkeys(check.field for rows in self.rows for check in rows.checks))
