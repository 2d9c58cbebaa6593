"""Old alerts that are over and whose every message has arrived."""

from __future__ import annotations

from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.retention import Retention
from health_warehouse.maintenance.step import Step

# The newest alert of a cause stays: it says since when failures of it are to be told.
_OLD = """
from ops.alerts as a
where
    a.state = 'resolved' and a.resolved_at < :before
    and exists (
        select from ops.alerts as newer
        where newer.fingerprint = a.fingerprint and newer.alert_id > a.alert_id
    )
    and not exists (
        select from ops.alert_messages as m
        inner join ops.alert_deliveries as d using (message_id)
        where m.alert_id = a.alert_id and d.sent_at is null
    )
"""
_COUNT = f"select count(*) {_OLD}"
_REMOVE = f"""
with chosen as materialized (
    select a.alert_id {_OLD} order by a.resolved_at limit :limit
),
deliveries as (
    delete from ops.alert_deliveries as t using chosen, ops.alert_messages as m
    where m.alert_id = chosen.alert_id and t.message_id = m.message_id
    returning pg_column_size(t.*) as byte_count
),
messages as (
    delete from ops.alert_messages as t using chosen
    where t.alert_id = chosen.alert_id returning pg_column_size(t.*) as byte_count
),
alerts as (
    delete from ops.alerts as t using chosen
    where t.alert_id = chosen.alert_id returning pg_column_size(t.*) as byte_count
)
select
    (select count(*) from alerts) as removed_count,
    coalesce(sum(gone.byte_count), 0) as byte_count
from (table deliveries union all table messages union all table alerts) as gone
"""

_RETENTION = Retention(_COUNT, _REMOVE)

STEP = Step(
    StepName.REMOVE_ALERTS,
    "alerts",
    lambda settings: settings.keep_alert_days,
    _RETENTION.preview,
    _RETENTION.batches,
)
