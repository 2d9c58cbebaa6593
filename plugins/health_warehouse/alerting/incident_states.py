"""Held releases, rules in error, incomplete files and waiting decisions: from `ops.incidents`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from health_warehouse.alerting.conditions import Condition, Kind, Reading, Told

_KINDS = frozenset(
    {
        Kind.RELEASE_HELD,
        Kind.UPGRADING,
        Kind.RULES_IN_ERROR,
        Kind.FILES_INCOMPLETE,
        Kind.DECISIONS_WAITING,
    }
)

# An audit that holds a release raises one incident per rule: together they are one cause.
_CAUSES = """
with incidents as (
    select
        i.*,
        case
            when i.fingerprint = 'upgrade' then 'upgrading'
            when i.suite = 'marts' then 'release_held'
            when i.suite = 'relations' then 'decisions_waiting'
            when starts_with(i.fingerprint, 'landing:incomplete:') then 'files_incomplete'
            else 'rules_in_error'
        end as kind
    from ops.incidents as i
),
causes as (
    select
        i.kind, i.fingerprint, i.rule_id, i.file_id, max(i.build_id) as build_id,
        sum(i.occurrence_count) as occurrence_count,
        min(i.opened_at) as first_at, max(i.last_seen_at) as last_at,
        bool_or(i.state = 'open') as is_open
    from incidents as i
    left join unnest(cast(:kinds as text[]), cast(:since as timestamptz[])) as told (kind, since)
        on told.kind = i.kind
    where i.state = 'open' or i.last_seen_at > coalesce(told.since, :installed_at)
    group by i.kind, i.fingerprint, i.rule_id, i.file_id
)
select
    kind,
    array_agg(distinct rule_id) filter (where rule_id is not null) as rule_ids,
    cast(
        case when kind = 'files_incomplete' then sum(occurrence_count)
            else max(occurrence_count) end as integer
    ) as occurrence_count,
    min(first_at) as first_at,
    max(last_at) as last_at,
    max(build_id) as build_id,
    count(distinct file_id) as file_count,
    not bool_or(is_open) as is_over
from causes
group by kind
"""

_COUNTS = """
select distinct on (r.rule_id)
    r.rule_id, r.state, r.checked_count, r.failed_count, r.places
from ops.rule_results as r
inner join ops.check_runs as c using (check_run_id)
where
    r.rule_id = any(:rule_ids) and r.state in ('failed', 'error')
    and c.suite = case when :kind = 'release_held' then 'marts' else 'landing' end
order by r.rule_id, r.check_run_id desc
"""

_RUN_ID = "select run_id from ops.builds where build_id = :build_id"

_INTERVALS = """
select suite, opened_at, last_seen_at from ops.incidents
where last_seen_at > :installed_at
"""


@dataclass(frozen=True)
class Judgement:
    """From when to when a suite raised an incident: a task that failed meanwhile told of it."""

    suite: str
    opened_at: datetime
    last_seen_at: datetime


def read_incidents(connection: Connection, told: Told) -> Reading:
    """One condition per kind of incident that is open, or was since it was last told."""
    known = {kind: told.since[kind] for kind in _KINDS if kind in told.since}
    rows = connection.execute(
        text(_CAUSES),
        {
            "kinds": [kind.value for kind in known],
            "since": list(known.values()),
            "installed_at": told.installed_at,
        },
    ).all()
    conditions = []
    for row in rows:
        rule_ids = tuple(row.rule_ids or ())
        facts = {
            "rules": _counts(connection, row.kind, rule_ids),
            "build_id": row.build_id,
            "file_count": row.file_count or None,
            **_run(connection, row.kind, row.build_id),
        }
        conditions.append(
            Condition(
                fingerprint=row.kind,
                kind=Kind(row.kind),
                occurrence_count=row.occurrence_count,
                first_at=row.first_at,
                last_at=row.last_at,
                reasons=rule_ids,
                facts={name: value for name, value in facts.items() if value},
                is_over=row.is_over,
            )
        )
    return Reading(tuple(conditions), _KINDS)


def judgements(connection: Connection, told: Told) -> list[Judgement]:
    """When suites raised incidents, open or not."""
    rows = connection.execute(text(_INTERVALS), {"installed_at": told.installed_at})
    return [Judgement(row.suite, row.opened_at, row.last_seen_at) for row in rows]


def _counts(connection: Connection, kind: str, rule_ids: tuple[str, ...]) -> list[dict[str, Any]]:
    """What each rule last found, and in which facilities. The texts of incidents stay where they
    are: counts are enough."""
    found = connection.execute(text(_COUNTS), {"rule_ids": list(rule_ids), "kind": kind})
    counts = {row.rule_id: row for row in found}
    return [
        {
            "rule_id": rule_id,
            "state": counts[rule_id].state,
            "checked_count": counts[rule_id].checked_count,
            "failed_count": counts[rule_id].failed_count,
            "places": [_without_dossiers(place) for place in counts[rule_id].places],
        }
        if rule_id in counts
        else {"rule_id": rule_id}
        for rule_id in rule_ids
    ]


def _without_dossiers(place: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in place.items() if name != "dossiers"}


def _run(connection: Connection, kind: str, build_id: int | None) -> dict[str, str]:
    """The task of Airflow that told of it, for a link."""
    if kind != Kind.RELEASE_HELD:
        return {}
    run_id: str | None = connection.execute(text(_RUN_ID), {"build_id": build_id}).scalar()
    if run_id is None:  # built from a terminal
        return {}
    return {"dag_id": "build_release", "run_id": run_id, "task_id": "audit_candidate"}
