"""Tasks and runs that failed for good, as Airflow's metadata tells them.

Only final states count: a task that is to be tried again is not `failed`. How a task ended makes no
difference to that state, so an error, a time-out, a killed process and a killed supervisor are all
seen here, also those of which Airflow calls no callback.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from health_warehouse.alerting.conditions import Condition, Kind, Reading, Told
from health_warehouse.alerting.incident_states import Judgement

# Which tasks tell the verdict of which suite: their failure is that of the release or the rule.
_JUDGES = {
    "marts": (("build_release", "audit_candidate"),),
    "landing": (
        ("ingest_claims", "load_batch"),
        ("validate_deliveries", "check_deliveries"),
        ("reingest_claims", "load_files_again"),
    ),
}
_FAILED, _LOST = "failed", "lost"

# That a failure cannot be found any more is no recovery: a person cleared the task, and it waits to
# be tried. Over it is when a later run, or the same one, was good: the task succeeded in it and no
# instance of it did not. An instance alone is no evidence: one batch of many may fail while its
# neighbours succeed.
# Clocks of Airflow's workers and of Postgres may differ by some seconds.
_TASKS = """
with told as (
    select * from unnest(%(fingerprints)s::text[], %(since)s::timestamptz[])
        as t (fingerprint, since)
),
known as (
    select * from unnest(
        %(known_dag_ids)s::text[], %(known_task_ids)s::text[],
        %(known_run_ids)s::text[], %(known_last_at)s::timestamptz[]
    ) as k (dag_id, task_id, run_id, last_at)
),
judged as (
    select * from unnest(
        %(dag_ids)s::text[], %(task_ids)s::text[],
        %(opened)s::timestamptz[], %(seen)s::timestamptz[]
    ) as j (dag_id, task_id, opened_at, last_seen_at)
),
failures as (
    select
        t.dag_id, t.task_id, t.run_id, t.end_date,
        exists (
            select from log as l
            where
                l.dag_id = t.dag_id and l.task_id = t.task_id and l.run_id = t.run_id
                and l.map_index = t.map_index and l.event = 'heartbeat timeout'
                and l.dttm between t.end_date - interval '1 minute'
                and t.end_date + interval '1 minute'
        ) as is_lost
    from task_instance as t
    left join told on told.fingerprint = 'task:' || t.dag_id || '.' || t.task_id
    where
        t.state = 'failed' and t.end_date > greatest(told.since, %(installed_at)s)
        and not exists (
            select from judged as j
            where
                j.dag_id = t.dag_id and j.task_id = t.task_id
                and j.opened_at <= t.end_date + interval '5 seconds'
                and j.last_seen_at >= t.start_date - interval '5 seconds'
        )
),
found as (
    select
        dag_id, task_id, count(*) as occurrence_count,
        min(end_date) as first_at, max(end_date) as last_at,
        bool_or(is_lost) as any_lost, bool_or(not is_lost) as any_failed,
        (array_agg(run_id order by end_date desc))[1] as run_id
    from failures
    group by dag_id, task_id
),
causes as (
    select
        dag_id, task_id,
        coalesce(f.occurrence_count, 0) as occurrence_count,
        coalesce(f.first_at, k.last_at) as first_at,
        greatest(f.last_at, k.last_at) as last_at,
        coalesce(f.run_id, k.run_id) as run_id,
        coalesce(f.any_lost, false) as any_lost,
        coalesce(f.any_failed, false) as any_failed
    from found as f full join known as k using (dag_id, task_id)
)
select
    c.*,
    exists (
        select from dag_run as r
        inner join task_instance as s on s.dag_id = r.dag_id and s.run_id = r.run_id
        where
            r.dag_id = c.dag_id and s.task_id = c.task_id
            and r.run_after >= coalesce(
                (
                    select last.run_after from dag_run as last
                    where last.dag_id = c.dag_id and last.run_id = c.run_id
                ),
                '-infinity'
            )
        group by r.run_id
        having
            bool_or(s.state = 'success')
            and bool_and(coalesce(s.state in ('success', 'skipped', 'removed'), false))
            and max(s.end_date) > c.last_at
    ) as is_over
from causes as c
"""

# A run may fail without a task that did, e.g. when it took too long as a whole. One whose tasks
# were touched afterwards is another matter: a person cleared the task that failed, or marked it.
_RUNS = """
with told as (
    select * from unnest(%(fingerprints)s::text[], %(since)s::timestamptz[])
        as t (fingerprint, since)
),
known as (
    select * from unnest(
        %(run_dag_ids)s::text[], %(run_run_ids)s::text[], %(run_last_at)s::timestamptz[]
    ) as k (dag_id, run_id, last_at)
),
found as (
    select
        r.dag_id, count(*) as occurrence_count,
        min(r.end_date) as first_at, max(r.end_date) as last_at,
        (array_agg(r.run_id order by r.end_date desc))[1] as run_id
    from dag_run as r
    left join told on told.fingerprint = 'run:' || r.dag_id
    where
        r.state = 'failed' and r.end_date > greatest(told.since, %(installed_at)s)
        and not exists (
            select from task_instance as t
            where
                t.dag_id = r.dag_id and t.run_id = r.run_id
                and (t.state = 'failed' or t.updated_at > r.end_date + interval '1 minute')
        )
    group by r.dag_id
),
causes as (
    select
        dag_id,
        coalesce(f.occurrence_count, 0) as occurrence_count,
        coalesce(f.first_at, k.last_at) as first_at,
        greatest(f.last_at, k.last_at) as last_at,
        coalesce(f.run_id, k.run_id) as run_id
    from found as f full join known as k using (dag_id)
)
select
    c.*,
    exists (
        select from dag_run as later
        where
            later.dag_id = c.dag_id and later.state = 'success' and later.end_date > c.last_at
    ) as is_over
from causes as c
"""


def read_tasks(
    metadata: psycopg.Connection[Any], told: Told, judgements: Iterable[Judgement]
) -> Reading:
    """One condition per task, or DAG, that failed for good since it was last told or is open.

    A failure by which a task told an incident is the incident's: it is not told twice.
    """
    judges = [(*task, one) for one in judgements for task in _JUDGES.get(one.suite, ())]
    tasks, runs = told.open_of(Kind.TASK_FAILED), told.open_of(Kind.RUN_FAILED)
    parameters = {
        "fingerprints": list(told.since),
        "since": list(told.since.values()),
        "installed_at": told.installed_at,
        "known_dag_ids": [alert.facts["dag_id"] for alert in tasks],
        "known_task_ids": [alert.facts["task_id"] for alert in tasks],
        "known_run_ids": [alert.facts["run_id"] for alert in tasks],
        "known_last_at": [alert.last_seen_at for alert in tasks],
        "run_dag_ids": [alert.facts["dag_id"] for alert in runs],
        "run_run_ids": [alert.facts["run_id"] for alert in runs],
        "run_last_at": [alert.last_seen_at for alert in runs],
        "dag_ids": [dag_id for dag_id, _, _ in judges],
        "task_ids": [task_id for _, task_id, _ in judges],
        "opened": [one.opened_at for _, _, one in judges],
        "seen": [one.last_seen_at for _, _, one in judges],
    }
    failed_tasks = [_task(row) for row in metadata.execute(_TASKS, parameters)]
    failed_runs = [_run(row) for row in metadata.execute(_RUNS, parameters)]
    # Each open alert has a condition here, so its absence would mean nothing: no kind is covered.
    return Reading((*failed_tasks, *failed_runs), frozenset())


def _task(row: Any) -> Condition:
    ends = {_FAILED: row.any_failed, _LOST: row.any_lost}
    return Condition(
        fingerprint=f"task:{row.dag_id}.{row.task_id}",
        kind=Kind.TASK_FAILED,
        occurrence_count=row.occurrence_count,
        first_at=row.first_at,
        last_at=row.last_at,
        reasons=tuple(name for name, is_so in ends.items() if is_so),
        facts={"dag_id": row.dag_id, "task_id": row.task_id, "run_id": row.run_id},
        is_over=row.is_over,
    )


def _run(row: Any) -> Condition:
    return Condition(
        fingerprint=f"run:{row.dag_id}",
        kind=Kind.RUN_FAILED,
        occurrence_count=row.occurrence_count,
        first_at=row.first_at,
        last_at=row.last_at,
        facts={"dag_id": row.dag_id, "run_id": row.run_id},
        is_over=row.is_over,
    )
