"""Times of receipt that lie in the future. The newest receipt of a dossier counts, so one from
2099 would win over every genuine delivery until then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from health_warehouse.errors import ConfigurationError
from health_warehouse.landing.delivery import ReceivedAt

CLOCK_DIFFERENCE = timedelta(minutes=5)  # how far a sender's clock may run ahead of ours


def is_ahead(moment: datetime) -> bool:
    return moment > datetime.now(UTC) + CLOCK_DIFFERENCE


def require_past(received_at: ReceivedAt) -> None:
    """Raises ConfigurationError for a fixed time of receipt that is still to come."""
    if isinstance(received_at, datetime) and is_ahead(received_at):
        raise ConfigurationError(
            f"the time of receipt {received_at.isoformat()} lies in the future: no file was "
            "received then, and it would win over every later delivery; give the time when "
            "the files came"
        )
