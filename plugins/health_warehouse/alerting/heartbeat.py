"""What somebody outside watches: a row, a file, and a page that is asked every minute.

A beat says that a whole pass was done: states were read and what was due was tried. It stops when
the sender, or the database, is down.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import Connection, text

from health_warehouse.alerting.channels import SOCKET_SECONDS, revealed
from health_warehouse.settings import Settings

OLD_AFTER = timedelta(minutes=2)
# A message that does not get through for so long is worth an alarm by other means.
STUCK_AFTER = timedelta(minutes=5)

_STUCK = """
select count(*) from ops.alert_deliveries as d
inner join ops.alert_messages as m using (message_id)
where
    d.sent_at is null and d.target = any(:targets)
    and m.created_at < clock_timestamp() - cast(:after as interval)
"""


@dataclass(frozen=True)
class Health:
    """Seconds since the last beat, None without one; messages that do not get through."""

    age_seconds: float | None
    stuck_count: int

    @property
    def is_beating(self) -> bool:
        return self.age_seconds is not None and self.age_seconds <= OLD_AFTER.total_seconds()

    @property
    def is_well(self) -> bool:
        return self.is_beating and not self.stuck_count

    def as_json(self) -> dict[str, float | bool | None]:
        return {**asdict(self), "is_well": self.is_well}


def heartbeat_file(settings: Settings) -> Path:
    return settings.state / "run" / "alerts.heartbeat"


def beat(connection: Connection, settings: Settings) -> None:
    """The row and the file, whose modification time is that of the beat."""
    connection.execute(text("update ops.alert_heartbeat set beat_at = clock_timestamp()"))
    path = heartbeat_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)


def age_seconds(settings: Settings) -> float | None:
    """Since the last beat, by the file: this needs no database."""
    path = heartbeat_file(settings)
    return time.time() - path.stat().st_mtime if path.exists() else None


def stuck_count(connection: Connection, targets: list[str]) -> int:
    """Messages for `targets` that have not got through for STUCK_AFTER."""
    count: int = connection.execute(
        text(_STUCK), {"targets": targets, "after": STUCK_AFTER}
    ).scalar_one()
    return count


def ping(settings: Settings) -> str | None:
    """Ask WAREHOUSE_ALERT_HEARTBEAT_URL, if there is one; returns what went wrong, if anything."""
    url = revealed(settings.alert_heartbeat_url)
    if not url:
        return None
    try:
        answer = httpx.get(url, timeout=SOCKET_SECONDS, follow_redirects=True)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__
    return None if answer.is_success else f"HTTP {answer.status_code}"
