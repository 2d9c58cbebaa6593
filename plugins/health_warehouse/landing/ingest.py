"""Deliveries to judged dossiers: archive and load file by file, then check the batch once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.database.upgrades import require_upgraded
from health_warehouse.errors import FileUnavailable, SourceUnavailable, WarehouseError
from health_warehouse.landing.archive import ArchivedFile, require_archive
from health_warehouse.landing.delivery import Delivery, FileChanged, ReceivedAt
from health_warehouse.landing.intake import Intake
from health_warehouse.landing.load import LoadResult, load
from health_warehouse.landing.places import require_place
from health_warehouse.landing.quarantined_files import QuarantinedFile, quarantined_files
from health_warehouse.landing.receipt_manifest import write_receipts
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.privacy.shown import shown
from health_warehouse.settings import Settings

logger = logging.getLogger(__name__)
_ERRORS_SHOWN = 5
_UNJUDGED = text(
    """
    select file_id from ops.files
    where
        judged_at is null
        and (
            cast(:of_rows as boolean) is null
            or :of_rows = (kind in (select feed from ops.feeds where is_of_rows))
        )
    order by file_id
    """
)
_REFUSED = text(
    """
    select file_id, facility_id, received_at, sha256, rule_id || ': ' || reason as reason
    from ops.files
    where file_id = any(:file_ids) and status = 'refused'
    order by file_id
    """
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was refused, by the reader or by the checks, or is not taken yet; `delivery` is
    how it is shown."""

    delivery: str
    reason: str


@dataclass
class IngestReport:
    """What became of a batch. `outcomes` counts files, those in bundles one by one: loaded,
    refused, not_taken (of a kind that nobody reads yet: `not_taken` names them), duplicate, known,
    postponed (changed while copied), failed (see `errors`, and `unreadable`, of which the next run
    may read what this one could not). `file_ids` are the files checked;
    `refused_files` (of those, by the checks), `quarantined_dossiers`, `findings`: what that found.
    `refused` names every refused file, those that a crash left unjudged and that are not in
    `outcomes` too; `quarantined` every file of which dossiers are quarantined.
    """

    outcomes: dict[str, int] = field(default_factory=dict)
    dossier_count: int = 0
    line_count: int = 0
    file_ids: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    changed_dossiers: int = 0
    refused_files: int = 0
    quarantined_dossiers: int = 0
    findings: int = 0
    waiting: int = 0
    refused: list[Refusal] = field(default_factory=list)
    not_taken: list[Refusal] = field(default_factory=list)
    quarantined: list[QuarantinedFile] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._loaded: set[int] = set()
        self.read_ids: list[int] = []  # files that were new to the ledger, refused ones included
        self.changed_by_feed: dict[str, int] = {}  # by what was judged; feeds with any

    def count(self, outcome: str) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def refuse(self, file_id: int, refusal: Refusal) -> bool:
        """The checks refused a file, or the reader did and told so; whether it is news.

        One of this batch was counted as loaded.
        """
        is_news = refusal not in self.refused
        if is_news:
            self.refused.append(refusal)
        if file_id in self._loaded:
            self.count("refused")
            self.outcomes["loaded"] -= 1
            if self.outcomes["loaded"] == 0:
                del self.outcomes["loaded"]
        return is_news

    def add(self, result: LoadResult) -> None:
        self.count(result.outcome)
        if result.outcome in ("loaded", "refused"):
            self.read_ids.append(result.file_id)
        if result.outcome == "loaded":
            self._loaded.add(result.file_id)
        if result.outcome == "refused":
            self.refused.append(Refusal(result.delivery, result.reason or ""))
        if result.outcome == "not_taken":
            self.not_taken.append(Refusal(result.delivery, result.reason or ""))
        self.dossier_count += result.dossier_count
        self.line_count += result.line_count
        self.changed_dossiers += result.changed_dossiers


def ingest(
    settings: Settings,
    deliveries: Iterable[Delivery],
    received_at: ReceivedAt = None,
    progress: Callable[[Delivery, str], None] | None = None,
    unreadable: Sequence[str] = (),
) -> IngestReport:
    """Load every delivery in a transaction of its own, then run the landing checks.

    Files that a crash left unjudged are checked along. Raises CheckError, BatchIncomplete at once,
    and what `load_deliveries` raises; what was loaded by then stays and is taken up by the next
    run. WarehouseError names, at the end, the files that were not taken; SourceUnavailable, when
    none of them could be read. `unreadable`: reasons why the listing lacks something.
    """
    report = load_deliveries(settings, deliveries, received_at, progress)
    judge_loaded(settings, report)
    report.unreadable[:0] = unreadable
    require_all_taken(report)
    return report


def require_all_taken(report: IngestReport) -> None:
    """Raises WarehouseError that names what failed, SourceUnavailable when all of it could only not
    be read."""
    if errors := [*report.unreadable, *report.errors]:
        kind = WarehouseError if report.errors else SourceUnavailable
        listed = "; ".join(errors[:_ERRORS_SHOWN])
        raise kind(f"{len(errors)} files were not taken: {listed}")


def judge_loaded(settings: Settings, report: IngestReport, *, of_rows: bool | None = None) -> None:
    """Run the landing checks on all that is not judged yet, and add what they found to `report`.
    `of_rows`: of feeds of rows only, or of the others only.

    Raises CheckError, BatchIncomplete.
    """
    from health_warehouse.landing.judging import check_files  # imports Great Expectations: 9 s

    report.file_ids = unjudged_file_ids(settings, of_rows=of_rows)
    if report.file_ids:
        checked = check_files(settings, report.file_ids)
        report.changed_dossiers += checked.changed_dossiers
        report.changed_by_feed |= checked.changed_by_feed
        report.refused_files = checked.refused_files
        report.quarantined_dossiers = checked.quarantined_dossiers
        report.findings = checked.findings
        report.waiting = checked.waiting
        for file_id, refusal in _refused_by_checks(settings, report.file_ids):
            if report.refuse(file_id, refusal):
                logger.warning("%s: refused, %s", refusal.delivery, refusal.reason)
        report.quarantined = quarantined_files(settings, report.file_ids)
        for file in report.quarantined:
            logger.warning("%s", file)


def load_deliveries(
    settings: Settings,
    deliveries: Iterable[Delivery],
    received_at: ReceivedAt = None,
    progress: Callable[[Delivery, str], None] | None = None,
) -> IngestReport:
    """Archive and load every delivery; nothing is judged.

    A refused file is an outcome, not an error. A file that fails for another reason (no NGAYLAP
    under "declared", no right to read it, a bad sector) stops none of its neighbours and stands in
    `errors` or `unreadable`.
    Raises what trying again can help and concerns more than one file, SourceUnavailable above all,
    at once; ConfigurationError when
    the person key is missing or is not this warehouse's, before anything is loaded.
    `progress` is called once per delivery, with the outcome of its last file.
    """
    report = IngestReport()
    key: bytes | None = None
    for delivery in deliveries:
        if key is None:  # an empty inbox settles no key
            require_upgraded(settings, "loader")
            key = agreed_person_key(settings)
        outcome = _ingest_delivery(settings, key, delivery, received_at, report)
        if progress is not None:
            progress(delivery, outcome)
    if key is not None:
        write_receipts(settings)
    return report


def _ingest_delivery(
    settings: Settings,
    key: bytes,
    delivery: Delivery,
    received_at: ReceivedAt,
    report: IngestReport,
) -> str:
    intake = Intake(settings, delivery)
    outcomes = []
    try:
        for file, archived in intake:
            outcomes.append(_load_one(settings, key, file, archived, received_at, report))
        if "failed" not in outcomes:
            intake.note_taken(received_at)
    except FileChanged:
        report.count("postponed")
        return "postponed"
    except WarehouseError as error:
        _note_failure(error, report, settings, delivery)
        return "failed"
    return outcomes[-1]


def _load_one(
    settings: Settings,
    key: bytes,
    file: Delivery,
    archived: ArchivedFile,
    received_at: ReceivedAt,
    report: IngestReport,
) -> str:
    try:
        result = load(settings, key, file, archived, received_at)
    except WarehouseError as error:
        _note_failure(error, report, settings, file)
        return "failed"
    report.add(result)
    logger.info("%s: %s", result.delivery, _told(result))
    return result.outcome


def _told(result: LoadResult) -> str:
    """What became of a file so far: that it was read says nothing of the checks."""
    if result.outcome == "loaded":
        return f"read, {result.dossier_count} dossiers, {result.line_count} lines"
    return f"{result.outcome}, {result.reason}" if result.reason else result.outcome


def _note_failure(
    error: WarehouseError, report: IngestReport, settings: Settings, delivery: Delivery
) -> None:
    """Raises what trying again can help, unless it is about this one file."""
    if isinstance(error, FileUnavailable):
        require_place(settings, delivery.filesystem, delivery.path)
        require_archive(settings)
        report.count("failed")
        report.unreadable.append(str(error))
        return
    if error.retry:
        raise error
    report.count("failed")
    report.errors.append(str(error))


def _refused_by_checks(settings: Settings, file_ids: list[int]) -> list[tuple[int, Refusal]]:
    with engine(settings, "loader").connect() as connection:
        rows = connection.execute(_REFUSED, {"file_ids": file_ids})
        return [
            (row.file_id, Refusal(shown(row.facility_id, row.received_at, row.sha256), row.reason))
            for row in rows
        ]


def unjudged_file_ids(settings: Settings, *, of_rows: bool | None = None) -> list[int]:
    """Files that are loaded and not yet checked: just loaded, or left over by a crash. `of_rows`:
    of feeds of rows only, or of the others only."""
    with engine(settings, "loader").connect() as connection:
        return list(connection.execute(_UNJUDGED, {"of_rows": of_rows}).scalars())
