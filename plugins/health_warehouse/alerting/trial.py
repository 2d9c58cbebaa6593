"""A message that says that messages arrive. It goes past the outbox: nobody waits for it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from health_warehouse.alerting.channels import DeliveryFailed, Envelope, channels
from health_warehouse.alerting.conditions import Kind
from health_warehouse.alerting.message import compose
from health_warehouse.settings import Settings


def send_trial(settings: Settings, airflow_url: str) -> dict[str, str | None]:
    """Each target with what went wrong, or None."""
    now = datetime.now(UTC).isoformat()
    content = {
        "alert_id": 0,
        "kind": Kind.TRIAL.value,
        "event": "opened",
        "reasons": [],
        "new_reasons": [],
        "facts": {},
        "occurrence_count": 0,
        "opened_at": now,
        "last_seen_at": now,
        "resolved_at": None,
    }
    message = compose(settings, content, airflow_url)
    outcomes: dict[str, str | None] = {}
    for channel in channels(settings):
        key = uuid4()
        try:
            channel.send(message, Envelope(key, key))
        except DeliveryFailed as failure:
            outcomes[channel.target] = str(failure)
        else:
            outcomes[channel.target] = None
    return outcomes
