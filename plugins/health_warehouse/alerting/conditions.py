"""What a reader of states hands to the outbox: causes of failure, as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What sort of thing is wrong; each has its words in `wording`."""

    RELEASE_HELD = "release_held"
    UPGRADING = "upgrading"
    RULES_IN_ERROR = "rules_in_error"
    FILES_INCOMPLETE = "files_incomplete"
    DECISIONS_WAITING = "decisions_waiting"
    TASK_FAILED = "task_failed"
    RUN_FAILED = "run_failed"
    SCHEDULER_SILENT = "scheduler_silent"
    NOTHING_ENDS = "nothing_ends"
    METADATA_UNREACHABLE = "metadata_unreachable"
    DATABASE_AWAY = "database_away"
    DAG_FILES_UNREAD = "dag_files_unread"
    FACILITY_SILENT = "facility_silent"
    FACILITY_NEW = "facility_new"
    FILES_REFUSED = "files_refused"
    DELIVERIES_MISSING = "deliveries_missing"
    QUARANTINE_SPIKE = "quarantine_spike"
    NOTICES = "notices"
    TRIAL = "trial"

    @property
    def is_event(self) -> bool:
        """It has no duration, so that nothing is told when it is over."""
        return self in (Kind.FACILITY_NEW, Kind.NOTICES, Kind.TRIAL)


@dataclass(frozen=True)
class Condition:
    """One cause that fails, or has failed since it was last looked at.

    `fingerprint` names the cause, never a run. `occurrence_count` counts failures from `first_at`
    to `last_at`. `reasons` are what a person would want to be told of anew: rule ids, how tasks
    end. `facts` are counts and ids for the message. `is_over`: it did not fail the last time.
    """

    fingerprint: str
    kind: Kind
    occurrence_count: int
    first_at: datetime
    last_at: datetime
    reasons: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_over: bool = False


@dataclass(frozen=True)
class Reading:
    """What one reader saw, and the kinds of which it would have seen every cause.

    An open alert of such a kind without a condition here is well. A reader that could not read
    covers nothing: silence is not wellness.
    """

    conditions: tuple[Condition, ...]
    covers: frozenset[Kind]


@dataclass(frozen=True)
class OpenAlert:
    """An alert that is open, as it was last seen."""

    kind: Kind
    facts: Mapping[str, Any]
    last_seen_at: datetime


@dataclass(frozen=True)
class Told:
    """What the outbox knows: from when on the failures of each cause count, by fingerprint.

    `installed_at` is when the outbox was made: what failed before is not told.
    """

    installed_at: datetime
    since: Mapping[str, datetime]
    open_alerts: Mapping[str, OpenAlert]

    def open_of(self, kind: Kind) -> list[OpenAlert]:
        return [alert for alert in self.open_alerts.values() if alert.kind is kind]
