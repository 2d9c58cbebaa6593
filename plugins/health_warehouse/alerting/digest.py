"""The daily message: what needs no haste, together and once. Nothing to say, no message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from health_warehouse.alerting.conditions import Condition, Kind, Reading, Told
from health_warehouse.privacy.shown import shown_facility
from health_warehouse.settings import Settings

DIGEST = "digest"
"""Fingerprint of its alert."""

_LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
# Of each rule the newest run says how it stands; a notice that went meanwhile is no news.
_NOTICES = text(
    """
    select newest.rule_id, newest.state, newest.checked_count, newest.failed_count
    from (
        select distinct on (r.rule_id) r.rule_id, r.state, r.checked_count, r.failed_count
        from ops.rule_results as r
        inner join ops.check_runs as c using (check_run_id)
        where
            c.suite = 'marts' and r.severity = 'notice'
            and c.started_at > :since and c.started_at <= :until
        order by r.rule_id, r.check_run_id desc
    ) as newest
    where newest.state = 'failed'
    order by newest.rule_id
    """
)
_REFUSED = text(
    """
    select facility_id, count(*) as file_count from ops.refused_files
    where judged_at > :since and judged_at <= :until
    group by facility_id
    """
)
_QUARANTINED = text(
    """
    select facility_id, sum(quarantined_count) as quarantined_count, sum(dossier_count) as dossiers
    from ops.facility_days
    where day between :first_day and :last_day
    group by facility_id
    having sum(quarantined_count) > 0
    """
)


def read_digest(connection: Connection, told: Told, settings: Settings) -> Reading:
    """The digest, when its hour has come since the last one and there is something in it."""
    since, until = told.since.get(DIGEST, told.installed_at), _last_hour(settings)
    if DIGEST in told.open_alerts or until <= since:
        return Reading((), frozenset())
    facts = _facts(connection, since, until)
    if not any(facts.values()):
        return Reading((), frozenset())
    return Reading(
        (
            Condition(
                DIGEST,
                Kind.NOTICES,
                occurrence_count=sum(map(len, facts.values())),
                first_at=until,
                last_at=until,
                facts=facts,
                is_over=True,
            ),
        ),
        frozenset(),
    )


def _last_hour(settings: Settings) -> datetime:
    """When the last digest was due."""
    now = datetime.now(_LOCAL_TIME)
    due = now.replace(hour=settings.alert_digest_hour, minute=0, second=0, microsecond=0)
    return (due if due <= now else due - timedelta(days=1)).astimezone(UTC)


def _facts(connection: Connection, since: datetime, until: datetime) -> dict[str, Any]:
    span = {"since": since, "until": until}
    rules = [dict(row) for row in connection.execute(_NOTICES, span).mappings()]
    facilities: dict[str, dict[str, Any]] = {}
    for row in connection.execute(_REFUSED, span):
        _of(facilities, row.facility_id)["refused_count"] += row.file_count
    yesterday = until.astimezone(_LOCAL_TIME).date() - timedelta(days=1)
    first_day = max(since.astimezone(_LOCAL_TIME).date(), yesterday - timedelta(days=6))
    days = {"first_day": min(first_day, yesterday), "last_day": yesterday}
    for row in connection.execute(_QUARANTINED, days):
        counts = _of(facilities, row.facility_id)
        counts["quarantined_count"] += row.quarantined_count
        counts["dossier_count"] += row.dossiers
    return {"rules": rules, "facilities": sorted(facilities.values(), key=lambda f: f["facility"])}


def _of(facilities: dict[str, dict[str, Any]], facility_id: str | None) -> dict[str, Any]:
    name = shown_facility(facility_id)
    empty = {"facility": name, "refused_count": 0, "quarantined_count": 0, "dossier_count": 0}
    return facilities.setdefault(name, empty)
