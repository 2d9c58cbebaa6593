"""The warehouse's database cannot be used: told directly, for the outbox lies in it.

What was told, and to whom, is in a file of the state folder, written before and after each send: a
sender that is killed goes on from there. A message may go out twice when it is killed between the
server's yes and the file; both copies have one Message-ID.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4, uuid5

from health_warehouse.alerting.channels import Channel, DeliveryFailed, Envelope
from health_warehouse.alerting.conditions import Kind
from health_warehouse.alerting.message import compose
from health_warehouse.private_files import write_private
from health_warehouse.settings import Settings

log = logging.getLogger(__name__)

_LONGEST_PAUSE = timedelta(minutes=5)
_Event = Literal["opened", "resolved"]


@dataclass
class _State:
    """Of one outage. Moments are ISO 8601; `attempts` and `next_at` are by target and event."""

    key: str
    since: str
    passes: int = 0
    over_at: str | None = None
    told: dict[str, list[str]] = field(default_factory=lambda: {"opened": [], "resolved": []})
    attempts: dict[str, int] = field(default_factory=dict)
    next_at: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outage:
    """`airflow_url` gives the link of the message."""

    settings: Settings
    airflow_url: Callable[[], str]

    def goes_on(self, channels: Sequence[Channel]) -> int:
        """A pass could not use the database; tell it when it is so for long. How many were told."""
        now = datetime.now(UTC)
        state = self._read() or _State(key=str(uuid4()), since=now.isoformat())
        state.passes += 1
        state.over_at = None
        self._write(state)
        patience = timedelta(seconds=self.settings.alert_silence_seconds)
        if now - datetime.fromisoformat(state.since) < patience:
            return 0
        return self._tell(state, channels, "opened", now)

    def is_over(self, channels: Sequence[Channel]) -> int:
        """A pass used the database: tell it to those who were told that it was away."""
        state = self._read()
        if state is None:
            return 0
        now = datetime.now(UTC)
        state.over_at = state.over_at or now.isoformat()
        told = [channel for channel in channels if channel.target in state.told["opened"]]
        sent = self._tell(state, told, "resolved", now)
        if all(channel.target in state.told["resolved"] for channel in told):
            self._file.unlink(missing_ok=True)
        return sent

    def _tell(
        self, state: _State, channels: Sequence[Channel], event: _Event, now: datetime
    ) -> int:
        key = UUID(state.key)
        envelope = Envelope(key if event == "opened" else uuid5(key, event), key)
        message = compose(self.settings, _content(state, event, now), self.airflow_url())
        sent = 0
        for channel in channels:
            name = f"{event} {channel.target}"
            if channel.target in state.told[event] or state.next_at.get(name, "") > now.isoformat():
                continue
            count = state.attempts.get(name, 0) + 1
            pause = min(timedelta(seconds=10 * 2 ** min(count, 10)), _LONGEST_PAUSE)
            state.attempts[name], state.next_at[name] = count, (now + pause).isoformat()
            self._write(state)
            try:
                channel.send(message, envelope)
            except DeliveryFailed as failure:
                log.warning("%s, attempt %s: %s", channel.target, count, failure)
                continue
            state.told[event].append(channel.target)
            self._write(state)
            sent += 1
        return sent

    @property
    def _file(self) -> Path:
        return self.settings.state / "run" / "alerts.outage.json"

    def _read(self) -> _State | None:
        try:
            return _State(**json.loads(self._file.read_text(encoding="ascii")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):  # not ours: an outage that goes on is told anew
            log.warning("%s cannot be read: it is written anew", self._file)
            return None

    def _write(self, state: _State) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self._file, json.dumps(asdict(state)))


def _content(state: _State, event: _Event, now: datetime) -> dict[str, Any]:
    """As a row of `ops.alert_messages` holds it."""
    return {
        "alert_id": None,
        "kind": Kind.DATABASE_AWAY.value,
        "event": event,
        "reasons": [],
        "new_reasons": [],
        "facts": {},
        "occurrence_count": state.passes,
        "opened_at": state.since,
        "last_seen_at": state.over_at or now.isoformat(),
        "resolved_at": state.over_at if event == "resolved" else None,
    }
