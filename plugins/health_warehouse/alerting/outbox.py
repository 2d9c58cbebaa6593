"""The outbox: what was told of each cause, and what is to be told now.

An alert and its messages are written in one transaction with the change that they tell. So a
message exists once per change, whatever is killed, and however often the same state is read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from health_warehouse.alerting.conditions import (
    Condition,
    Kind,
    OpenAlert,
    Reading,
    Told,
)
from health_warehouse.database.turns import take

_OPEN = """
insert into ops.alerts
    (fingerprint, kind, occurrence_count, reasons, facts, opened_at, last_seen_at)
values
    (:fingerprint, :kind, :occurrence_count, :reasons, cast(:facts as jsonb), :first_at, :last_at)
returning alert_id
"""

_SEE_AGAIN = """
update ops.alerts set
    state = case when :last_at > last_seen_at then 'ongoing' else state end,
    occurrence_count = greatest(occurrence_count, :occurrence_count),
    reasons = reasons || cast(:new_reasons as text[]),
    facts = facts || cast(:facts as jsonb),
    last_seen_at = greatest(last_seen_at, :last_at),
    well_since = case
        when not :is_over then null
        when :last_at > last_seen_at then clock_timestamp()
        else coalesce(well_since, clock_timestamp())
    end
where alert_id = :alert_id
"""

_IS_WELL = """
update ops.alerts set well_since = clock_timestamp()
where
    state <> 'resolved' and well_since is null
    and kind = any(:kinds) and fingerprint <> all(:fingerprints)
"""

_RESOLVE = """
update ops.alerts set state = 'resolved', resolved_at = clock_timestamp()
where state <> 'resolved' and well_since <= clock_timestamp() - cast(:quiet as interval)
returning alert_id, kind
"""

_WRITE = """
insert into ops.alert_messages (alert_id, event, content)
select
    a.alert_id, :event,
    jsonb_build_object(
        'alert_id', a.alert_id,
        'kind', a.kind,
        'event', cast(:event as text),
        'reasons', a.reasons,
        'new_reasons', cast(:new_reasons as text[]),
        'facts', a.facts,
        'occurrence_count', a.occurrence_count,
        'opened_at', a.opened_at,
        'last_seen_at', a.last_seen_at,
        'resolved_at', a.resolved_at
    )
from ops.alerts as a
where a.alert_id = any(:alert_ids)
order by a.alert_id
"""

# Set-based and repeatable: who comes into the settings later is told all that is open then.
_ADDRESS = """
insert into ops.alert_deliveries (message_id, target)
select m.message_id, t.target
from ops.alert_messages as m
inner join ops.alerts as a using (alert_id)
cross join unnest(cast(:targets as text[])) as t (target)
where a.state <> 'resolved' or a.alert_id = any(:just_resolved)
order by m.message_id
on conflict do nothing
"""


_OPEN_ALERTS = """
select
    a.alert_id, a.fingerprint, a.reasons,
    coalesce(
        (select max(m.created_at) from ops.alert_messages as m where m.alert_id = a.alert_id)
        < clock_timestamp() - cast(:pause as interval), true
    ) as is_long_told
from ops.alerts as a
where a.state <> 'resolved'
"""
_STAYS = "update ops.alerts set well_since = null where alert_id = :alert_id"
# Events come in crowds: a first load names facility after facility.
PAUSE_BETWEEN_EVENTS = timedelta(minutes=15)


def lock(connection: Connection) -> None:
    """Be the only reader of states until the open transaction ends.

    Raises OperationalError when another one, perhaps stopped in its middle, has been it for long.
    """
    connection.execute(text("set local lock_timeout = '30s'"))
    take(connection, "alerts")  # two would both find a cause that has no alert yet


def told(connection: Connection) -> Told:
    """From when on failures count: of an open alert all since it opened, else all since the last.

    Alerts of failures that fall on one instant are told apart by a microsecond.
    """
    installed_at: datetime = connection.execute(
        text("select installed_at from ops.alert_heartbeat")
    ).scalar_one()
    rows = connection.execute(
        text(
            "select distinct on (fingerprint) fingerprint, kind, state, facts, last_seen_at,"
            " case when state = 'resolved' then last_seen_at"
            " else opened_at - interval '1 microsecond' end as since"
            " from ops.alerts order by fingerprint, alert_id desc"
        )
    ).all()
    return Told(
        installed_at,
        since={row.fingerprint: row.since for row in rows},
        open_alerts={
            row.fingerprint: OpenAlert(Kind(row.kind), row.facts, row.last_seen_at)
            for row in rows
            if row.state != "resolved"
        },
    )


def record(
    connection: Connection,
    readings: Iterable[Reading],
    targets: Sequence[str],
    quiet: timedelta,
) -> None:
    """Open, count, widen and resolve alerts; write the messages, addressed to `targets`.

    An alert is resolved when its cause has been well for `quiet`: one that fails again within
    that time is one more failure of the same alert, so a task that fails every second time is
    told once.
    """
    readings = list(readings)
    conditions = [condition for reading in readings for condition in reading.conditions]
    covered = frozenset[Kind]().union(*(reading.covers for reading in readings))
    alerts = _open_alerts(connection)
    for condition in conditions:
        alert = alerts.get(condition.fingerprint)
        if alert is None:
            alert_id = _opened(connection, condition)
            _write(connection, "opened", [alert_id], condition.reasons)
            if condition.is_over:
                _see_again(connection, alert_id, condition, ())
            continue
        fresh = tuple(name for name in condition.reasons if name not in alert.reasons)
        if fresh and condition.kind.is_event and not alert.is_long_told:
            connection.execute(text(_STAYS), {"alert_id": alert.alert_id})
            continue  # told together with what comes until then
        _see_again(connection, alert.alert_id, condition, fresh)
        if fresh:
            _write(connection, "widened", [alert.alert_id], fresh)
    connection.execute(
        text(_IS_WELL),
        {
            "kinds": [kind.value for kind in covered],
            "fingerprints": [condition.fingerprint for condition in conditions],
        },
    )
    ended = connection.execute(text(_RESOLVE), {"quiet": quiet}).all()
    resolved = [row.alert_id for row in ended]
    told_of = [row.alert_id for row in ended if not Kind(row.kind).is_event]
    _write(connection, "resolved", told_of, ())
    connection.execute(text(_ADDRESS), {"targets": list(targets), "just_resolved": resolved})


def _open_alerts(connection: Connection) -> dict[str, Row[Any]]:
    rows = connection.execute(text(_OPEN_ALERTS), {"pause": PAUSE_BETWEEN_EVENTS})
    return {row.fingerprint: row for row in rows}


def _opened(connection: Connection, condition: Condition) -> int:
    alert_id: int = connection.execute(
        text(_OPEN), _values(condition) | {"reasons": list(condition.reasons)}
    ).scalar_one()
    return alert_id


def _see_again(
    connection: Connection, alert_id: int, condition: Condition, fresh: Collection[str]
) -> None:
    connection.execute(
        text(_SEE_AGAIN),
        _values(condition)
        | {"alert_id": alert_id, "new_reasons": list(fresh), "is_over": condition.is_over},
    )


def _values(condition: Condition) -> dict[str, Any]:
    return {
        "fingerprint": condition.fingerprint,
        "kind": condition.kind.value,
        "occurrence_count": condition.occurrence_count,
        "facts": json.dumps(dict(condition.facts)),
        "first_at": condition.first_at,
        "last_at": condition.last_at,
    }


def _write(
    connection: Connection, event: str, alert_ids: Sequence[int], fresh: Sequence[str]
) -> None:
    connection.execute(
        text(_WRITE),
        {"event": event, "alert_ids": list(alert_ids), "new_reasons": list(fresh)},
    )
