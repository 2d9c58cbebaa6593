"""One pass: read states, write what is to be told, send what is due. And again, until asked to end.

Nothing is kept in memory that matters: the process may be killed at any instant.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event

import psycopg
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

from health_warehouse.alerting import deliveries, heartbeat, outbox
from health_warehouse.alerting.channels import (
    Channel,
    DeliveryFailed,
    Envelope,
    OutcomeUnknown,
    ServerAway,
    channels,
)
from health_warehouse.alerting.conditions import Reading, Told
from health_warehouse.alerting.dag_states import read_dag_files
from health_warehouse.alerting.delivery_states import read_deliveries
from health_warehouse.alerting.digest import read_digest
from health_warehouse.alerting.facility_states import read_facilities
from health_warehouse.alerting.incident_states import judgements, read_incidents
from health_warehouse.alerting.message import compose
from health_warehouse.alerting.metadata import metadata_connection
from health_warehouse.alerting.model_states import with_models
from health_warehouse.alerting.outage import Outage
from health_warehouse.alerting.scheduler_states import reachable, read_scheduler, unreachable
from health_warehouse.alerting.task_states import read_tasks
from health_warehouse.database.connections import engine
from health_warehouse.database.upgrades import pending
from health_warehouse.database.watchdog import watch
from health_warehouse.settings import DAGS_DIR, Settings
from health_warehouse.telling import lines_of_code, told

INTERVAL_SECONDS = 10
_PING_SECONDS = 60
_CALENDAR_SECONDS = 300
_ROLE = "alert_sender"
# Away, full, read-only, without a slot for us, or behind a lock: nothing can be told by the outbox.
_UNUSABLE = (OperationalError, InterfaceError, InternalError, psycopg.OperationalError)
_LOCKED = "55P03"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Airflow:
    """Where Airflow is at present: its metadata, and its UI for links."""

    metadata: URL
    url: str


@dataclass
class Sender:
    """`airflow` is asked anew in every pass: after a restart it may be at another port.

    `watching_since`: what Airflow did not do before, while nobody looked or its database was away,
    is not its fault.
    """

    settings: Settings
    airflow: Callable[[], Airflow]
    dags: Path = DAGS_DIR
    watching_since: datetime = field(default_factory=lambda: datetime.now(UTC))
    _unreachable_since: datetime | None = None
    _pinged_at: float = float("-inf")
    _calendar_read_at: float = float("-inf")

    def run(self, asked_to_end: Event) -> None:
        """Pass after pass, whatever goes wrong in one: then it has no heartbeat, which is seen."""
        while not asked_to_end.is_set():
            try:
                self.pass_once(asked_to_end)
            except Exception as error:
                log.error("%s\n%s", told(error), lines_of_code(error))
            asked_to_end.wait(INTERVAL_SECONDS)

    def pass_once(self, asked_to_end: Event | None = None) -> int:
        """Read, write, send; returns how many messages were sent.

        Raises OperationalError when the database cannot be used, which is told without it,
        ConfigurationError when a channel is set up by half.
        """
        targets = channels(self.settings)
        outage = Outage(self.settings, lambda: self.airflow().url)
        try:
            sent = self._pass(targets, asked_to_end)
        except _UNUSABLE:
            self.watching_since = datetime.now(UTC)
            outage.goes_on(targets)
            raise
        return sent + outage.is_over(targets)

    def _pass(self, targets: list[Channel], asked_to_end: Event | None) -> int:
        try:
            self._read([channel.target for channel in targets])
        finally:  # what waits in the outbox goes out, also when states cannot be read
            sent = self._send_all(targets, asked_to_end)
        with engine(self.settings, _ROLE).begin() as connection:
            heartbeat.beat(connection, self.settings)
            stuck = heartbeat.stuck_count(connection, [channel.target for channel in targets])
        self._ping(stuck)
        return sent

    def _read(self, targets: list[str]) -> None:
        """All in one transaction: states that were read are told, or read again."""
        watch(self.settings, _ROLE)
        with engine(self.settings, _ROLE).begin() as connection:
            outbox.lock(connection)
            known = outbox.told(connection)
            readings = [] if pending(connection) else self._airflow_states(known, connection)
            readings = [
                _unless_locked(connection, partial(with_models, connection, reading)) or reading
                for reading in readings
            ]
            readings.append(read_incidents(connection, known))
            for read in (read_facilities, *self._of_the_calendar(), read_digest):
                found = _unless_locked(connection, partial(read, connection, known, self.settings))
                readings += [found] if found is not None else []
            quiet = timedelta(seconds=self.settings.alert_quiet_seconds)
            outbox.record(connection, readings, targets, quiet)

    def _of_the_calendar(self) -> Iterator[Callable[[Connection, Told, Settings], Reading]]:
        """What is owed is asked every five minutes: it looks for each delivery of months."""
        if time.monotonic() - self._calendar_read_at >= _CALENDAR_SECONDS:
            self._calendar_read_at = time.monotonic()
            yield read_deliveries

    def _airflow_states(self, known: Told, connection: Connection) -> list[Reading]:
        patience = timedelta(seconds=self.settings.alert_silence_seconds)
        try:
            with metadata_connection(self.airflow().metadata) as metadata:
                found = [
                    reachable(),
                    read_tasks(metadata, known, judgements(connection, known)),
                    read_scheduler(metadata, self.watching_since, patience),
                    read_dag_files(metadata, self.watching_since, self.dags),
                ]
        except psycopg.Error as error:
            log.warning("Airflow's metadata cannot be read: %s", type(error).__name__)
            self.watching_since = datetime.now(UTC)
            self._unreachable_since = self._unreachable_since or self.watching_since
            return [unreachable(self._unreachable_since, patience)]
        self._unreachable_since = None
        return found

    def _send_all(self, targets: Sequence[Channel], asked_to_end: Event | None) -> int:
        """What is due, but for targets whose server was away a moment ago: each costs a wait."""
        count, away = 0, set[str]()
        for channel in targets:
            if channel.server in away:
                continue
            sent, failure = self._send_due(channel, asked_to_end)
            count += sent
            if isinstance(failure, (ServerAway, OutcomeUnknown)):
                away.add(channel.server)
        return count

    def _send_due(
        self, channel: Channel, asked_to_end: Event | None
    ) -> tuple[int, DeliveryFailed | None]:
        """Send what is due for one target, until one fails; how many were sent, and what failed."""
        count = 0
        for delivery in self._claims(channel.target):
            message = compose(self.settings, delivery.content, self.airflow().url)
            try:
                channel.send(message, Envelope(delivery.message_key, delivery.thread_key))
            except DeliveryFailed as failure:
                self._note(delivery, failure)
                return count, failure
            with engine(self.settings, _ROLE).begin() as connection:
                deliveries.mark_sent(connection, delivery)
            count += 1
            log.info("%s: sent message %s", channel.target, delivery.message_id)
            if asked_to_end is not None and asked_to_end.is_set():
                break
        return count, None

    def _note(self, delivery: deliveries.Delivery, failure: DeliveryFailed) -> None:
        log.warning("%s, attempt %s: %s", delivery.target, delivery.attempt_count, failure)
        is_unknown = isinstance(failure, OutcomeUnknown)
        mark = deliveries.mark_unknown if is_unknown else deliveries.mark_failed
        with engine(self.settings, _ROLE).begin() as connection:
            mark(connection, delivery, str(failure))

    def _claims(self, target: str) -> Iterator[deliveries.Delivery]:
        while True:
            with engine(self.settings, _ROLE).begin() as connection:
                delivery = deliveries.claim(connection, target)
            if delivery is None:
                return
            yield delivery

    def _ping(self, stuck: int) -> None:
        """Not while messages do not get through: then the monitor outside is the one to tell."""
        if stuck or time.monotonic() - self._pinged_at < _PING_SECONDS:
            return
        self._pinged_at = time.monotonic()
        if (wrong := heartbeat.ping(self.settings)) is not None:
            log.warning("the monitor outside was not reached: %s", wrong)


def _unless_locked(connection: Connection, read: Callable[[], Reading]) -> Reading | None:
    """What `read` gives; None when somebody has locked what it reads.

    Failures of tasks are told all the same: what makes them fail may be that very lock.
    """
    try:
        with connection.begin_nested():
            connection.execute(text("set local lock_timeout = '1s'"))
            found = read()
            connection.execute(text("set local lock_timeout = '30s'"))  # as outbox.lock has it
            return found
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCKED:
            raise
        log.warning("%s: not read in this pass", told(error))
        return None
