"""Check of the inbox: files that wait because their modification time is in the future."""

from __future__ import annotations

from collections.abc import Iterator

from health_warehouse.doctor.finding import Finding
from health_warehouse.landing.inbox import waiting_for_their_time
from health_warehouse.settings import Settings


def ahead_of_time(settings: Settings) -> Iterator[Finding]:
    if settings.inbox_conn_id and settings.inbox_connection is None:
        return  # only Airflow's tasks have the credentials; their log tells it
    waiting = waiting_for_their_time(settings)
    if waiting:
        first = waiting[0]
        yield Finding(
            "inbox",
            "warning",
            f"{len(waiting)} files are not loaded, because their modification time is in the "
            f"future, such as {first.uri} ({first.modified_at:%Y-%m-%d %H:%M} UTC)",
            "touch them, or `warehouse ingest claims --received-at TIME` "
            "(docs/runbooks/file_refused.md)",
        )
