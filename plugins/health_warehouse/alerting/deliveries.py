"""Hand messages out, each to one sender at a time, and keep what became of them.

**What is guaranteed.** A message arrives at least once at every target, in the order of its alert,
however long a server is down; and exactly once, but for one case. The claim (`attempted_at`, and
`next_attempt_at` in the future) is committed *before* a byte is sent, `sent_at` right after the
server took it. A sender that is killed between the server's yes and that commit, or a server that
takes a message and does not say so, leaves a row of which nobody can know whether it arrived. Of
the two ways to go on, silence or a second copy, we choose the copy: it carries the same Message-ID
or webhook-id as the first, by which mail servers and receivers recognise it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

# A claim is a lease, so that the message of a killed sender is taken up by the next. A sender that
# lives sends one message at a time and is done before: a dozen waits and one for the answer, see
# the time-outs of the channels.
LEASE = timedelta(seconds=180)
LONGEST_PAUSE = timedelta(seconds=60)
# After an attempt that may have arrived. A server that never says yes in time gets fewer and fewer.
UNKNOWN_PAUSE = timedelta(minutes=2)
LONGEST_UNKNOWN_PAUSE = timedelta(days=1)

# A second sender that waits for nothing: rows that another one claims at this moment are passed
# over, and rows claimed a moment ago are not due any more.
_CLAIM = """
with due as (
    select d.message_id, d.target
    from ops.alert_deliveries as d
    inner join ops.alert_messages as m using (message_id)
    where
        d.target = :target and d.sent_at is null and d.next_attempt_at <= clock_timestamp()
        and not exists (
            select from ops.alert_deliveries as e
            inner join ops.alert_messages as earlier using (message_id)
            where
                e.target = d.target and e.sent_at is null
                and earlier.alert_id = m.alert_id and earlier.message_id < m.message_id
        )
    order by d.next_attempt_at, d.message_id
    limit 1
    for no key update of d skip locked
)
update ops.alert_deliveries as d set
    attempt_count = d.attempt_count + 1,
    attempted_at = clock_timestamp(),
    next_attempt_at = clock_timestamp() + cast(:lease as interval),
    error = null
from due, ops.alert_messages as m
where d.message_id = due.message_id and d.target = due.target and m.message_id = d.message_id
returning
    d.message_id, d.target, d.attempt_count, m.message_key, m.content, m.created_at,
    (
        select first.message_key from ops.alert_messages as first
        where first.alert_id = m.alert_id order by first.message_id limit 1
    ) as thread_key
"""

_SENT = """
update ops.alert_deliveries set sent_at = clock_timestamp()
where message_id = :message_id and target = :target and sent_at is null
"""

_FAILED = """
update ops.alert_deliveries set
    error = :error, next_attempt_at = clock_timestamp() + cast(:pause as interval)
where message_id = :message_id and target = :target and sent_at is null
"""


@dataclass(frozen=True)
class Delivery:
    """One message for one target. `thread_key` is the key of the alert's first message."""

    message_id: int
    target: str
    attempt_count: int
    message_key: UUID
    thread_key: UUID
    content: dict[str, Any]
    created_at: datetime


def claim(connection: Connection, target: str) -> Delivery | None:
    """The next message for `target` that is due, ours to send once the transaction commits."""
    row = connection.execute(text(_CLAIM), {"target": target, "lease": LEASE}).one_or_none()
    return Delivery(**row._mapping) if row is not None else None


def mark_sent(connection: Connection, delivery: Delivery) -> None:
    """The server took it."""
    connection.execute(text(_SENT), _key(delivery))


def mark_failed(connection: Connection, delivery: Delivery, error: str) -> None:
    """It did not arrive: try again after 2, 4, 8 … seconds, at most a minute, without end."""
    pause = min(timedelta(seconds=2 ** min(delivery.attempt_count, 10)), LONGEST_PAUSE)
    _mark(connection, delivery, error, pause)


def mark_unknown(connection: Connection, delivery: Delivery, error: str) -> None:
    """It may have arrived: try again after 2, 4, 8 … minutes, at most a day, without end."""
    pause = UNKNOWN_PAUSE * 2 ** min(delivery.attempt_count - 1, 10)
    _mark(connection, delivery, error, min(pause, LONGEST_UNKNOWN_PAUSE))


def _mark(connection: Connection, delivery: Delivery, error: str, pause: timedelta) -> None:
    connection.execute(text(_FAILED), _key(delivery) | {"error": error, "pause": pause})


def _key(delivery: Delivery) -> dict[str, Any]:
    return {"message_id": delivery.message_id, "target": delivery.target}
