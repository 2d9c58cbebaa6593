"""What a rule said in one run of a suite, and its place in `ops`: counts, no value of a row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Connection, text

from expectations.rules.rule import Rule

State = Literal["passed", "failed", "error", "not_applicable"]
Suite = Literal["landing", "relations", "marts"]


@dataclass(frozen=True)
class DossierPlace:
    """A dossier by its file and its place there, from 1: nothing that a sender wrote."""

    file_id: int
    position: int


@dataclass(frozen=True)
class Place:
    """Rows of `mart` that fail `check`: how many, of which facilities, the first dossiers.

    `facilities`: code (or `unknown`) and rows of it, those with most rows first; `facility_count`
    counts those that are left out, too.
    """

    mart: str
    check: str
    row_count: int
    facilities: tuple[tuple[str, int], ...] = ()
    facility_count: int = 0
    dossiers: tuple[DossierPlace, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As ops.rule_results.places has it."""
        return {
            "mart": self.mart,
            "check": self.check,
            "row_count": self.row_count,
            "facilities": [{"facility": f, "row_count": n} for f, n in self.facilities],
            "facility_count": self.facility_count,
            "dossiers": [asdict(one) for one in self.dossiers],
        }


@dataclass(frozen=True)
class Outcome:
    """`checked_count` rows were judged, `failed_count` of them failed, in `seconds`.

    `places`: where, of a rule of the marts.
    """

    rule: Rule
    state: State
    checked_count: int = 0
    failed_count: int = 0
    seconds: float = 0.0
    message: str | None = None
    places: tuple[Place, ...] = ()


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
            " failed_count, message, seconds, places) values"
            " (:run, :rule, :severity, :state, :checked, :failed, :message, :seconds,"
            " cast(:places as jsonb))"
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
                "places": json.dumps([place.as_dict() for place in outcome.places]),
            }
            for outcome in outcomes
        ],
    )
    return run_id
