"""Which model or test of dbt broke, when a task of `build_release` failed."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, text

from health_warehouse.alerting.conditions import Condition, Kind, Reading

_LAYERS = ("build_staging", "build_intermediate", "build_marts")
_BROKEN = text(
    """
    select m.model, m.status
    from ops.model_runs as m
    inner join ops.builds as b using (build_id)
    where
        b.run_id = :run_id and m.status in ('error', 'fail', 'runtime error')
        and 'build_' || m.layer = :task_id
    order by m.model
    limit 10
    """
)


def with_models(connection: Connection, reading: Reading) -> Reading:
    """The reading, with the names of the broken models in the facts of failed builds."""
    conditions = tuple(_with_models(connection, one) for one in reading.conditions)
    return replace(reading, conditions=conditions)


def _with_models(connection: Connection, condition: Condition) -> Condition:
    facts = condition.facts
    is_layer = facts.get("dag_id") == "build_release" and facts.get("task_id") in _LAYERS
    if condition.kind is not Kind.TASK_FAILED or not is_layer:
        return condition
    wanted = {"run_id": facts["run_id"], "task_id": facts["task_id"]}
    broken = [dict(row) for row in connection.execute(_BROKEN, wanted).mappings()]
    return replace(condition, facts={**facts, "models": broken}) if broken else condition
