"""Old records of maintenance itself; they are kept as long as results of rules."""

from __future__ import annotations

from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.retention import Retention
from health_warehouse.maintenance.step import Step

_OLD = "from ops.maintenance_runs as r where r.started_at < :before"
_COUNT = f"select count(*) {_OLD}"
_REMOVE = f"""
with chosen as materialized (
    select r.run_id {_OLD} order by r.run_id limit :limit
),
steps as (
    delete from ops.maintenance_steps as t using chosen
    where t.run_id = chosen.run_id returning pg_column_size(t.*) as byte_count
),
runs as (
    delete from ops.maintenance_runs as t using chosen
    where t.run_id = chosen.run_id returning pg_column_size(t.*) as byte_count
)
select
    (select count(*) from runs) as removed_count,
    coalesce(sum(gone.byte_count), 0) as byte_count
from (table steps union all table runs) as gone
"""

_RETENTION = Retention(_COUNT, _REMOVE)

STEP = Step(
    StepName.REMOVE_RUNS,
    "runs of maintenance",
    lambda settings: settings.keep_check_results_days,
    _RETENTION.preview,
    _RETENTION.batches,
)
