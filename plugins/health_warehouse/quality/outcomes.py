"""What a rule said in one run of a suite, and its place in `ops`: counts, no value of a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, text

from expectations.rules.rule import Rule

State = Literal["passed", "failed", "error", "not_applicable"]
Suite = Literal["landing", "relations", "marts"]


@dataclass(frozen=True)
class Outcome:
    """`checked_count` rows were judged, `failed_count` of them failed, in `seconds`."""

    rule: Rule
    state: State
    checked_count: int = 0
    failed_count: int = 0
    seconds: float = 0.0
    message: str | None = None


def in_state(outcomes: Iterable[Outcome], state: State) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in outcomes if outcome.state == state)


def store(
    connection: Connection,
    suite: Suite,
    outcomes: Sequence[Outcome],
    *,
    file_ids: Iterable[int] = (),
    build_id: int | None = None,
) -> int:
    """Insert one check run with its files and results; returns its check_run_id."""
    run_id = int(
        connection.execute(
            text(
                "insert into ops.check_runs (suite, build_id, started_at, finished_at)"
                " values (:suite, :build_id, now(), clock_timestamp()) returning check_run_id"
            ),
            {"suite": suite, "build_id": build_id},
        ).scalar_one()
    )
    files = [{"run": run_id, "file": file_id} for file_id in file_ids]
    if files:
        connection.execute(
            text("insert into ops.check_run_files (check_run_id, file_id) values (:run, :file)"),
            files,
        )
    connection.execute(
        text(
            "insert into ops.rule_results (check_run_id, rule_id, severity, state, checked_count,"
            " failed_count, message, seconds) values"
            " (:run, :rule, :severity, :state, :checked, :failed, :message, :seconds)"
        ),
        [
            {
                "run": run_id,
                "rule": outcome.rule.id,
                "severity": outcome.rule.severity.value,
                "state": outcome.state,
                "checked": outcome.checked_count,
                "failed": outcome.failed_count,
                "message": outcome.message,
                "seconds": round(outcome.seconds, 3),
            }
            for outcome in outcomes
        ],
    )
    return run_id
