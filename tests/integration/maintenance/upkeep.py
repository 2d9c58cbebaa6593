"""What tests of maintenance do: let time pass in the ledger, and maintain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from build_steps import note_published
from claim_files import claim_file, dossier
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.maintenance import archived_files, superseded_rows
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.record import StepResult
from health_warehouse.maintenance.run import maintain
from health_warehouse.release.build import Build
from health_warehouse.settings import Settings
from landing_steps import deliver, judge, load_all, query

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)

_AGED = (
    ("ops.files", "loaded_at"),
    ("ops.bundles", "seen_at"),
    ("ops.document_changes", "changed_at"),
    ("ops.releases", "published_at"),
    ("ops.check_runs", "started_at"),
    ("ops.incidents", "resolved_at"),
    ("ops.alerts", "resolved_at"),
    ("ops.maintenance_runs", "started_at"),
)


def keeping(settings: Settings, **days: int) -> Settings:
    """The settings with other bounds: `archive=1` is WAREHOUSE_KEEP_ARCHIVE_DAYS=1."""
    return settings.model_copy(update={f"keep_{name}_days": value for name, value in days.items()})


def age(settings: Settings, days: int = 10) -> None:
    """All that happened until now happened so much earlier."""
    with engine(settings, OWNER).begin() as connection:
        for table, column in _AGED:
            connection.execute(
                text(f"update {table} set {column} = {column} - make_interval(days => :days)"),
                {"days": days},
            )


def send(settings: Settings, name: str, hours: float, *dossiers: str) -> int:
    """Deliver, load and judge a file of such dossiers; how many changed."""
    content = claim_file([dossier(one, GHI_CHU=name) for one in dossiers])
    deliver(settings, name, content, NOON + timedelta(hours=hours))
    load_all(settings)
    return judge(settings)


def step(settings: Settings, name: StepName, dry_run: bool = False) -> StepResult:
    (result,) = maintain(settings, lambda _: None, dry_run, only=name).steps
    return result


def maintain_bit_by_bit(settings: Settings) -> None:
    """A whole run in many transactions, so that there are many instants to be killed at."""
    archived_files._STRETCH = superseded_rows._STRETCH = 3
    archived_files._DELETED_AT_ONCE = superseded_rows._VERSIONS_AT_ONCE = 1
    assert maintain(settings, lambda _: None).is_well


def run(settings: Settings, statement: str, **values: Any) -> None:
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text(statement), values)


def note_release(settings: Settings) -> None:
    """Note a release of all changes until now."""
    run(
        settings,
        "insert into ops.builds (from_change_id, to_change_id, is_full, status)"
        " select 0, max(change_id), true, 'passed' from ops.dossier_changes",
    )
    (found,) = query(
        settings, "select build_id, to_change_id from ops.builds order by build_id desc limit 1"
    )
    note_published(settings, Build(found[0], None, 0, found[1], True, "passed", None))


def archived(settings: Settings) -> set[str]:
    """sha256 of what the archive of a state folder has."""
    return {path.stem for path in Path(settings.state / "archive").rglob("*.*") if path.is_file()}
