"""Steps of landing for tests: deliver, load, judge by a stand-in for the checks, look."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from claim_files import write
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.landing.archive import store
from health_warehouse.landing.delivery import Delivery, ReceivedAt
from health_warehouse.landing.documents import settle_documents
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.intake import Intake
from health_warehouse.landing.load import LoadResult, load
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.schema import TABLES

BAD_NAME = "BAD"  # HO_TEN of a dossier that `judge` quarantines


def deliver(
    settings: Settings, name: str, content: bytes, received_at: datetime | None = None
) -> Path:
    """Put a file into the inbox, as if it had been modified at `received_at`."""
    path = write((settings.state / "inbox" / name).parent, Path(name).name, content)
    if received_at is not None:
        os.utime(path, (received_at.timestamp(), received_at.timestamp()))
    return path


def load_one(settings: Settings, delivery: Delivery, received_at: ReceivedAt = None) -> LoadResult:
    key = agreed_person_key(settings)
    return load(settings, key, delivery, store(settings, delivery), received_at)


def load_all(settings: Settings, received_at: ReceivedAt = None) -> list[LoadResult]:
    """Load what is new in the inbox, unjudged; one result per file, those in bundles one by one."""
    key = agreed_person_key(settings)
    results = []
    for delivery in list_new(settings, received_at=received_at):
        intake = Intake(settings, delivery)
        results += [load(settings, key, *file, received_at) for file in intake]
        intake.note_taken(received_at)
    return results


def judge(settings: Settings) -> int:
    """Accept every unjudged version but those of BAD_NAME, and settle; how many changed."""
    with engine(settings, "loader").begin() as connection:
        file_ids = list(
            connection.execute(
                text(
                    "update ops.files set judged_at = clock_timestamp() where judged_at is null"
                    " returning file_id"
                )
            ).scalars()
        )
        connection.execute(
            text(
                "update ops.document_versions_claims as v set verdict = case when exists ("
                " select from raw.claims_xml1 as x where x.file_id = v.file_id"
                " and x.position = v.position and x.ho_ten = :bad"
                ") then 'quarantined' else 'accepted' end"
                " where v.verdict is null and v.file_id = any(:file_ids)"
            ),
            {"bad": BAD_NAME, "file_ids": file_ids},
        )
        connection.execute(
            text(
                "update ops.document_versions set verdict = case"
                " when document_key is null then 'quarantined' else 'accepted' end"
                " where verdict is null and file_id = any(:file_ids)"
            ),
            {"file_ids": file_ids},
        )
        feeds = (built_in()["claims"], built_in()["check_ins"])
        return sum(settle_documents(connection, feed, file_ids) for feed in feeds)


def query(settings: Settings, statement: str) -> list[tuple[Any, ...]]:
    with engine(settings, OWNER).connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def current(settings: Settings) -> list[tuple[Any, ...]]:
    """The current dossiers by content: no ids of processing."""
    return query(
        settings,
        "select c.facility_id, c.dossier_id, c.is_withdrawal, f.sha256, c.position"
        " from ops.current_dossiers as c join ops.files as f using (file_id)"
        " order by c.facility_id, c.dossier_id",
    )


def empty(settings: Settings) -> None:
    """Forget everything that was loaded."""
    tables = ", ".join(f"raw.{table.raw_table}" for table in TABLES.values())
    with engine(settings, OWNER).begin() as connection:
        connection.execute(
            text(
                f"truncate ops.files, {tables}, raw.claims_other, raw.check_ins,"
                " ops.document_changes, ops.decisions, vault.person_identifiers"
                " restart identity cascade"
            )
        )
