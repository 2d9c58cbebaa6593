"""Facilities: new ones, those that stopped, and those whose files or dossiers are refused.

A facility has an alert of its own, so that its end is told when it ends. When more than MANY begin
at once, as when the inbox is away or a vendor changes a format, they are one cause and one alert.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from health_warehouse.alerting.conditions import Condition, Kind, Reading, Told
from health_warehouse.alerting.delivery_states import told_as_missing
from health_warehouse.landing.rhythm import quarantine_spikes, silent_facilities
from health_warehouse.privacy.shown import shown, shown_facility
from health_warehouse.settings import Settings

MANY = 5
NEW = "facilities new"
"""Fingerprint of the alert that tells new facilities."""

_KINDS = frozenset({Kind.FACILITY_SILENT, Kind.QUARANTINE_SPIKE, Kind.FILES_REFUSED})
_FILES_SHOWN = 5
# A facility whose files are refused hour by hour is told once, and is over after a day without.
_REFUSED = text(
    """
    select facility_id, received_at, sha256, rule_id, judged_at
    from ops.refused_files
    where judged_at > :since and judged_at > now() - interval '1 day'
    order by judged_at desc, file_id desc
    """
)
_NEW = text(
    """
    select facility_id, noted_at from ops.facilities
    where noted_at > :since order by noted_at, facility_id
    """
)

_State = dict[str, Any]
"""What a message says of one facility; `since` (else now) and `count` are the condition's."""


def read_facilities(connection: Connection, told: Told, settings: Settings) -> Reading:
    """Conditions of facilities, as they are now."""
    now = datetime.now(UTC)
    known = {kind: _known(told, kind) for kind in _KINDS}
    states = {
        Kind.FACILITY_SILENT: _silent(
            connection, settings, known[Kind.FACILITY_SILENT], told_as_missing(told)
        ),
        Kind.QUARANTINE_SPIKE: _spikes(connection, settings, known[Kind.QUARANTINE_SPIKE]),
        Kind.FILES_REFUSED: _refused(connection, told),
    }
    conditions = [
        condition
        for kind, found in states.items()
        for condition in _conditions(kind, found, told, now)
    ]
    return Reading((*_new(connection, told), *conditions), _KINDS)


def _conditions(
    kind: Kind, states: Mapping[str, _State], told: Told, now: datetime
) -> list[Condition]:
    """One per facility or, of those that begin at once, per group; a group goes on as it began."""
    rest = dict(states)
    groups: dict[str, list[_State]] = {}
    for fingerprint, alert in told.open_alerts.items():
        if alert.kind is kind:
            members = [one["facility"] for one in alert.facts["facilities"]]
            groups[fingerprint] = [rest.pop(name) for name in members if name in rest]
    if len(rest) > MANY:
        groups[f"{kind.value} {min(rest)} and others"] = list(rest.values())
    else:
        groups |= {f"{kind.value} {name}": [state] for name, state in rest.items()}
    return [_condition(kind, name, members, now) for name, members in groups.items() if members]


def _condition(kind: Kind, fingerprint: str, states: list[_State], now: datetime) -> Condition:
    facilities = [{k: v for k, v in one.items() if k not in ("since", "count")} for one in states]
    return Condition(
        fingerprint,
        kind,
        occurrence_count=sum(one["count"] for one in states),
        first_at=min(one.get("since", now) for one in states),
        last_at=now,
        facts={"facilities": facilities},
    )


def _known(told: Told, kind: Kind) -> set[str]:
    """Facilities of open alerts."""
    return {one["facility"] for alert in told.open_of(kind) for one in alert.facts["facilities"]}


def _silent(
    connection: Connection, settings: Settings, known: set[str], told_as_missing: set[str]
) -> dict[str, _State]:
    """But for those of which the calendar tells that their claims are missing."""
    return {
        one.facility_id: {
            "facility": one.facility_id,
            "last_day": one.last_day.isoformat(),
            "silent_days": one.silent_days,
            "usual_gap": one.usual_gap,
            "count": 1,
        }
        for one in silent_facilities(connection, settings)
        if one.facility_id in known or not (one.is_forgotten or one.facility_id in told_as_missing)
    }


def _spikes(connection: Connection, settings: Settings, known: set[str]) -> dict[str, _State]:
    return {
        one.facility_id: {
            "facility": one.facility_id,
            "day": one.day.isoformat(),
            "dossier_count": one.dossier_count,
            "quarantined_count": one.quarantined_count,
            "share_before": round(one.share_before, 3),
            "count": one.quarantined_count,
        }
        for one in quarantine_spikes(connection, settings)
        if not one.is_old or one.facility_id in known
    }


def _refused(connection: Connection, told: Told) -> dict[str, _State]:
    rows = connection.execute(_REFUSED, {"since": told.installed_at}).all()
    states = {}
    by_facility = sorted(rows, key=lambda row: shown_facility(row.facility_id))
    for facility, group in groupby(by_facility, lambda row: shown_facility(row.facility_id)):
        files = list(group)
        rules = sorted({file.rule_id for file in files if file.rule_id})
        states[facility] = {
            "facility": facility,
            "file_count": len(files),
            "rule_ids": rules,
            "files": [
                {
                    "delivery": shown(file.facility_id, file.received_at, file.sha256),
                    "rule_id": file.rule_id,
                }
                for file in files[:_FILES_SHOWN]
            ],
            "since": min(file.judged_at for file in files),
            "count": len(files),
        }
    return states


def _new(connection: Connection, told: Told) -> list[Condition]:
    since = told.since.get(NEW, told.installed_at)
    rows = connection.execute(_NEW, {"since": since}).all()
    if not rows:
        return []
    names = tuple(dict.fromkeys(shown_facility(row.facility_id) for row in rows))
    return [
        Condition(
            NEW,
            Kind.FACILITY_NEW,
            occurrence_count=len(rows),
            first_at=rows[0].noted_at,
            last_at=rows[-1].noted_at,
            reasons=names,
            is_over=True,
        )
    ]
