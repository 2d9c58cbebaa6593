"""Alerts as people look at them: what is open, what was, and whether it was told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from health_warehouse.alerting.wording import title
from health_warehouse.database.connections import engine
from health_warehouse.settings import Settings

_ALERTS = """
select
    a.alert_id, a.fingerprint, a.kind, a.state, a.occurrence_count, a.reasons, a.facts,
    a.opened_at, a.last_seen_at, a.well_since, a.resolved_at,
    coalesce(d.deliveries, '[]') as deliveries
from ops.alerts as a
left join lateral (
    select jsonb_agg(
        jsonb_build_object(
            'event', m.event, 'target', d.target, 'attempts', d.attempt_count,
            'next_attempt_at', case when d.sent_at is null then d.next_attempt_at end,
            'sent_at', d.sent_at, 'error', d.error, 'message_key', m.message_key
        ) order by m.message_id, d.target
    ) as deliveries
    from ops.alert_messages as m
    inner join ops.alert_deliveries as d using (message_id)
    where m.alert_id = a.alert_id
) as d on true
where a.state <> 'resolved' or :with_resolved
order by a.alert_id desc
limit 1000
"""


def entries(settings: Settings, with_resolved: bool = False) -> list[dict[str, Any]]:
    """Open alerts, newest first, each with its deliveries; on request resolved ones, too."""
    with engine(settings, "ops_reader").connect() as connection:
        rows = connection.execute(text(_ALERTS), {"with_resolved": with_resolved}).mappings()
        found = [dict(row) for row in rows]
    return [{**one, "title": title({**one, "event": "opened"})} for one in found]
