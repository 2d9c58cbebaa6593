"""Old incidents that are resolved."""

from __future__ import annotations

from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.retention import Retention
from health_warehouse.maintenance.step import Step

_OLD = """
from ops.incidents as i
where i.state = 'resolved' and i.resolved_at < :before
"""
_COUNT = f"select count(*) {_OLD}"
# By an incident the sender of alerts knows a failed task as told already. So failures of before the
# bound are of the past for it, even if Airflow remembers the task for longer than we the incident.
_REMOVE = f"""
with chosen as materialized (
    select i.incident_id {_OLD} order by i.resolved_at limit :limit for update of i skip locked
),
floor as (
    update ops.alert_heartbeat set installed_at = :before
    where installed_at < :before and exists (select from chosen)
),
gone as (
    delete from ops.incidents as t using chosen
    where t.incident_id = chosen.incident_id returning pg_column_size(t.*) as byte_count
)
select count(*) as removed_count, coalesce(sum(byte_count), 0) as byte_count from gone
"""

_RETENTION = Retention(_COUNT, _REMOVE)

STEP = Step(
    StepName.REMOVE_INCIDENTS,
    "incidents",
    lambda settings: settings.keep_incident_days,
    _RETENTION.preview,
    _RETENTION.batches,
)
