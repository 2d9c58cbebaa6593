"""`warehouse replay`: an archive into a warehouse that lacks its files, as they were received.

Each file counts as received when it did, and as first seen when it was, so the order in which they
are loaded now says nothing. Decisions of persons are not in the archive: a backup has them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from health_warehouse.database.upgrades import require_upgraded
from health_warehouse.errors import FileUnavailable
from health_warehouse.landing.archive import ArchivedFile, is_kept, require_archive
from health_warehouse.landing.ingest import IngestReport, judge_loaded, require_all_taken
from health_warehouse.landing.load import load
from health_warehouse.landing.receipt_manifest import KeptReceipt, kept_receipts, write_receipts
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.settings import Settings


@dataclass(frozen=True)
class Replayable:
    """`missing` receipts are of files whose bytes the archive does not have."""

    receipts: Sequence[KeptReceipt]
    missing: int


def replayable(settings: Settings) -> Replayable:
    """What `replay` would load. Raises SourceUnavailable."""
    receipts = kept_receipts(settings)
    there = {sha256: is_kept(settings, sha256) for sha256 in {one.sha256 for one in receipts}}
    found = [one for one in receipts if there[one.sha256]]
    return Replayable(found, len(receipts) - len(found))


def replay(settings: Settings, progress: Callable[[int, int], None] | None = None) -> IngestReport:
    """Load every receipt of the archive, then judge; what is loaded already is left as it is.

    Killed at any instant, it goes on when it is run again. Raises what `ingest` raises.
    """
    require_upgraded(settings, "loader")
    report = IngestReport()
    receipts = replayable(settings).receipts
    key = agreed_person_key(settings) if receipts else b""
    for number, receipt in enumerate(receipts, 1):
        archived = ArchivedFile(receipt.sha256, receipt.byte_count)
        try:
            report.add(load(settings, key, receipt.delivery(), archived, receipt.received_at))
        except FileUnavailable as error:
            require_archive(settings)
            report.unreadable.append(str(error))
        if progress is not None:
            progress(number, len(receipts))
    write_receipts(settings)
    judge_loaded(settings, report)
    require_all_taken(report)
    return report
