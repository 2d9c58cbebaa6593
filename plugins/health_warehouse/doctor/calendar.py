"""Checks of readiness: files that nobody takes in, and what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.doctor.finding import Finding
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing.arrivals import waiting
from health_warehouse.moments import to_minute
from health_warehouse.reference.due import LOCAL_TIME
from health_warehouse.reference.working_days import working_days
from health_warehouse.settings import Settings

WAITS_TOO_LONG = timedelta(hours=1)
_ENDS_SOON = timedelta(days=60)
_STANDS_AFTER = timedelta(days=2)
_IS_THERE = text("select to_regclass('ops.calendars') is not null")
_FILLED = text("select filled_at from ops.calendars")


def arrivals(settings: Settings) -> Iterator[Finding]:
    """Files that lie in the inbox for long, though somebody lists it."""
    if not _is_there(settings):
        return  # a schema of before: the check of it says so
    for one in waiting(settings):
        if datetime.now(UTC) - one.waits_since > WAITS_TOO_LONG:
            yield Finding(
                "arrivals",
                "warning",
                f"{one.file_count} files of {one.feed} wait in the inbox since "
                f"{to_minute(one.waits_since)} UTC",
                f"is the DAG ingest_{one.feed} paused, or does it fail? (docs/runbooks/"
                "task_failed.md)",
            )


def calendar(settings: Settings) -> Iterator[Finding]:
    """The table of holidays, and whether what is owed is still noted."""
    try:
        days = working_days(settings.holidays)
    except ConfigurationError as error:
        yield Finding("calendar", "error", str(error), "correct the file of WAREHOUSE_HOLIDAYS")
        return
    soon = (datetime.now(LOCAL_TIME) + _ENDS_SOON).year
    if soon > days.last:
        yield Finding(
            "calendar",
            "warning",
            f"the table of holidays ends with {days.last}: from then on every Monday to Friday "
            "counts as a working day",
            "a newer version, or a file of your own in WAREHOUSE_HOLIDAYS (docs/calendar.md)",
        )
    if not _is_there(settings):
        return
    with engine(settings, OWNER).connect() as connection:
        filled_at = connection.execute(_FILLED).scalar_one_or_none()
    if filled_at is not None and datetime.now(UTC) - filled_at > _STANDS_AFTER:
        yield Finding(
            "calendar",
            "warning",
            f"what is owed was noted last at {to_minute(filled_at)} UTC: a facility or a feed that "
            "is new since is not on the calendar",
            "`warehouse feeds status`, which notes it; then see why the DAG watch_inbox does not",
        )


def _is_there(settings: Settings) -> bool:
    with engine(settings, OWNER).connect() as connection:
        return bool(connection.execute(_IS_THERE).scalar_one())
