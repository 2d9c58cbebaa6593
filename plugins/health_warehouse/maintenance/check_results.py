"""Old results of rules. A release keeps its own checks in its record, whatever goes here."""

from __future__ import annotations

from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.retention import Retention
from health_warehouse.maintenance.step import Step

# Kept: the newest build's, by which it may still be published, and where a rule failed that has an
# open incident, for its counts are told.
_OLD = """
from ops.check_runs as r
where
    r.started_at < :before
    and (r.build_id is null or r.build_id < (select max(b.build_id) from ops.builds as b))
    and not exists (
        select from ops.rule_results as f
        inner join ops.incidents as i on i.rule_id = f.rule_id and i.state = 'open'
        where f.check_run_id = r.check_run_id and f.state in ('failed', 'error')
    )
"""
_COUNT = f"select count(*) {_OLD}"
_REMOVE = f"""
with chosen as materialized (
    select r.check_run_id {_OLD} order by r.started_at limit :limit for update of r skip locked
),
results as (
    delete from ops.rule_results as t using chosen
    where t.check_run_id = chosen.check_run_id returning pg_column_size(t.*) as byte_count
),
files as (
    delete from ops.check_run_files as t using chosen
    where t.check_run_id = chosen.check_run_id returning pg_column_size(t.*) as byte_count
),
runs as (
    delete from ops.check_runs as t using chosen
    where t.check_run_id = chosen.check_run_id returning pg_column_size(t.*) as byte_count
)
select
    (select count(*) from runs) as removed_count,
    coalesce(sum(gone.byte_count), 0) as byte_count
from (table results union all table files union all table runs) as gone
"""

_RETENTION = Retention(_COUNT, _REMOVE)

STEP = Step(
    StepName.REMOVE_CHECK_RESULTS,
    "runs of rules",
    lambda settings: settings.keep_check_results_days,
    _RETENTION.preview,
    _RETENTION.batches,
)
