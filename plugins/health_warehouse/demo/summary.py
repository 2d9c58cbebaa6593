"""What came out, read back from the ledger, the quality records and the marts."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text
from sqlalchemy import Row, text

from health_warehouse.database.connections import dsn, engine
from health_warehouse.demo.progress import TaskRun, read_tasks
from health_warehouse.demo.queries import asked
from health_warehouse.moments import to_second
from health_warehouse.release.answers import ask
from health_warehouse.services.airflow import Airflow
from health_warehouse.services.secret_files import ADMIN
from health_warehouse.settings import DEFAULT_STATE, Settings

_CHECKS = """
select runs.suite, results.state, count(*), count(distinct results.rule_id)
from ops.rule_results as results
join ops.check_runs as runs using (check_run_id)
group by 1, 2 order by 1, 2
"""
_RELEASE = """
select release_id, published_at, rows_inserted, rows_deleted, notices
from ops.releases where status = 'current'
"""
_FEEDS = """
with files as (
    select
        f.kind as feed, count(*) as files,
        count(*) filter (where f.status = 'refused') as refused,
        coalesce(sum(f.dossier_count), 0) as documents
    from ops.files as f
    group by f.kind
),
found as (
    select
        f.kind as feed, count(*) as findings,
        count(distinct (one.file_id, one.position)) filter (
            where one.severity = 'quarantine_dossier'
        ) as quarantined
    from quarantine.all_findings as one
    join ops.files as f using (file_id)
    group by f.kind
)
select
    feed, files, refused, documents, coalesce(quarantined, 0) as quarantined,
    coalesce(findings, 0) as findings
from files left join found using (feed)
order by feed
"""
_ROWS_SHOWN = 6
_RULES_SHOWN = 15
_CLOSED = "closed."
_STATES = ("received", "loaded", "quarantined", "duplicate", "superseded", "withdrawn")


def show(settings: Settings, airflow: Airflow, delivered_at: datetime, console: Console) -> None:
    """Print what is worth reading after a demonstration whose files came at `delivered_at`."""
    from health_warehouse.landing import findings, ledger

    with engine(settings, "ops_reader").connect() as connection:
        release = connection.execute(text(_RELEASE)).one()
    for title, part in (
        ("Files", _files(ledger.entries(settings))),
        ("Feeds", _feeds(settings)),
        ("Quarantined, and why", _findings(settings, findings.entries(settings))),
        ("Checks", _checks(settings)),
        ("Release", _release(settings, release)),
        ("Time per stage", _times(read_tasks(airflow, delivered_at, release.published_at))),
        ("Three questions to the marts", _answers(settings)),
        ("Where to look", _places(settings, airflow)),
    ):
        console.rule(Text(title, style="bold"), align="left")
        # addresses are copied by hand: no line break in them that is not theirs
        console.print(part, soft_wrap=isinstance(part, Text))
        console.print()


def _files(entries: list[dict[str, Any]]) -> RenderableType:
    by_status = Counter(entry["status"] for entry in entries)
    files = ", ".join(f"{count} {status}" for status, count in sorted(by_status.items()))
    dossiers = Counter[str]()
    for entry in entries:
        dossiers.update(entry["dossiers"])
    table = _table(*_STATES)
    table.add_row(*(f"{dossiers[state]:,}" for state in _STATES))
    lines = sum(entry["lines"] for entry in entries)
    heading = f"{len(entries)} files ({files}), {lines:,} lines of drugs and services. Dossiers:"
    return Group(heading, table)


def _feeds(settings: Settings) -> RenderableType:
    """Each feed: its files and rows (of claims dossiers), findings, and what is late."""
    from health_warehouse.landing.delivery_states import states

    late = Counter(one.feed for one in states(settings) if one.state in ("late", "missing"))
    with engine(settings, "ops_reader").connect() as connection:
        rows = connection.execute(text(_FEEDS)).all()
    table = _table("feed", "files", "refused", "rows", "quarantined", "findings", "late or missing")
    for row in rows:
        feed, *counts = map(str, row)
        table.add_row(feed, *counts, str(late[feed]))
    return table


def _findings(settings: Settings, entries: list[dict[str, Any]]) -> RenderableType:
    from health_warehouse.readers.remark import SENTENCES_EN

    sentences = _sentences(settings)
    counts = Counter((entry["rule"], entry["severity"]) for entry in entries)
    if not counts:
        return Text("Nothing.")
    table = _table("rule", "outcome", "findings", "what it asks")
    for (rule, severity), count in counts.most_common(_RULES_SHOWN):
        asked = sentences.get(rule) or SENTENCES_EN.get(rule.rpartition(".")[2], "")
        table.add_row(rule, severity, f"{count:,}", asked)
    more = len(counts) - _RULES_SHOWN
    others = f", with {more} rules more" if more > 0 else ""
    return Group(table, Text(f"warehouse quarantine{others}; docs/rules.md", style="dim"))


def _checks(settings: Settings) -> RenderableType:
    with engine(settings, "ops_reader").connect() as connection:
        rows = connection.execute(text(_CHECKS)).all()
    table = _table("suite", "state", "results", "rules")
    for suite, state, results, rules in rows:
        table.add_row(str(suite), str(state), f"{results:,}", str(rules))
    return table


def _release(settings: Settings, release: Row[Any]) -> RenderableType:
    table = _table("mart", "rows written", "rows removed")
    removed: Mapping[str, int] = release.rows_deleted
    closed = 0
    for mart, written in sorted(release.rows_inserted.items()):
        if mart.startswith(_CLOSED):
            closed += written
        else:
            table.add_row(mart, f"{written:,}", f"{removed.get(mart, 0):,}")
    sentences = _sentences(settings)
    notices = "".join(
        f"\nNotice {notice['rule_id']}, not kept: {sentences.get(notice['rule_id'], '')}"
        for notice in release.notices
    )
    heading = f"Release {release.release_id}, published {to_second(release.published_at)} UTC"
    of_closed = f"{closed:,} rows beside these, for logins of a closed class only"
    return Group(heading + notices, table, Text(of_closed, style="dim"))


def _times(tasks: Iterable[TaskRun]) -> RenderableType:
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    for task in tasks:
        if task.state == "success" and task.seconds is not None:
            seconds[task.dag_id, task.task_id].append(task.seconds)
    table = _table("task", "times", "seconds", "longest")
    for (dag_id, task_id), times in seconds.items():
        table.add_row(
            f"{dag_id}.{task_id}", str(len(times)), f"{sum(times):.1f}", f"{max(times):.1f}"
        )
    return table


def _answers(settings: Settings) -> RenderableType:
    parts: list[RenderableType] = []
    for question in asked():
        answer = ask(settings, question)
        table = _table(*answer.columns)
        for row in answer.rows[:_ROWS_SHOWN]:
            table.add_row(*("" if value is None else str(value) for value in row))
        more = len(answer.rows) - _ROWS_SHOWN
        again = f"warehouse ask {question.name}" + (f", {more} more rows" if more > 0 else "")
        parts += [Text(question.title["en"], style="bold"), table, Text(again, style="dim"), ""]
    return Group(*parts[:-1])


def _places(settings: Settings, airflow: Airflow) -> RenderableType:
    program = Path(sys.executable).with_name("warehouse")
    state = "" if settings.state == DEFAULT_STATE else f"WAREHOUSE_STATE={settings.state} "
    lines = (
        f"Airflow    {airflow.url}  (user {ADMIN}, password {airflow.secrets.admin_password})",
        f"Postgres   {dsn(settings, 'bi_reader')}",
        f"commands   {state}{program} ledger | quarantine | releases | status  [--json]",
        f"logs       {settings.logs_dir}",
        "stop       make down",
    )
    return Text("\n".join(lines))


def _sentences(settings: Settings) -> dict[str, str]:
    """What each rule asks, by its id."""
    from health_warehouse.feeds.catalogue import catalogue
    from health_warehouse.quality.rules import all_rules

    return {name: rule.sentence_en for name, rule in all_rules(catalogue(settings)).items()}


def _table(*columns: str) -> Table:
    table = Table(*columns, box=None, pad_edge=False, header_style="dim")
    for column in table.columns:
        column.overflow = "fold"
    return table
