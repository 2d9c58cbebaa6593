"""Claim files of facilities over days, straight into raw and the ledger, judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing.judging import LandingReport, check_files
from health_warehouse.settings import Settings
from quality_deliveries import Dossier, deliver

BROKEN_LINE = {"t_bhtt": "13000", "t_bncct": "2000"}  # L01 quarantines its dossier


def send_on(
    settings: Settings,
    facility_id: str,
    days_ago: Iterable[int],
    dossiers: Sequence[Dossier] | None = None,
    *,
    is_watched: bool = True,
) -> LandingReport:
    """One file of the facility for each day, so many days before now; all are judged at once.

    `is_watched`: the warehouse is as old as the first of these files.
    """
    now = datetime.now(UTC)
    days_ago = list(days_ago)
    with engine(settings, "loader").begin() as connection:
        file_ids = [
            deliver(
                connection,
                dossiers or [Dossier({"ma_lk": f"{facility_id} {days}"})],
                name=f"{facility_id} {days} {now.isoformat()}",
                facility_id=facility_id,
                received_at=now - timedelta(days=days),
            )
            for days in days_ago
        ]
    report = check_files(settings, file_ids)
    if is_watched:
        with engine(settings, OWNER).begin() as connection:
            connection.execute(
                text(
                    "update ops.facilities set noted_at = least(noted_at, :first)"
                    " where facility_id = :facility_id"
                ),
                {"first": now - timedelta(days=max(days_ago)), "facility_id": facility_id},
            )
    return report


def good_and_broken(prefix: str, good: int, broken: int) -> list[Dossier]:
    """Dossiers that are accepted, then dossiers that are quarantined."""
    return [Dossier({"ma_lk": f"{prefix} good {n}"}) for n in range(good)] + [
        Dossier({"ma_lk": f"{prefix} broken {n}"}, drugs=[BROKEN_LINE]) for n in range(broken)
    ]
