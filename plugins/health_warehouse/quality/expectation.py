"""The one kind of expectation that the warehouse uses: a declared rule, judged by its own SQL.

Imported by `runner` only, when a suite runs (see the package's docstring).

Why a subclass: `UnexpectedRowsExpectation` runs its query twice (the rows, then their count), keeps
up to 200 whole rows, which here are rows of patients, and passes on an empty table. This one runs
the verdict of the rule once: one row with two counts, so that there is no value to keep, and "no
row to judge" can be told from "all rows are right".
"""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.expectations import UnexpectedRowsExpectation  # noqa: TID253

from expectations.rules import statements
from expectations.rules.rule import Rule, Severity

_GX_SEVERITY = {
    Severity.STOP_BATCH: "critical",
    Severity.REFUSE_FILE: "critical",
    Severity.QUARANTINE_DOSSIER: "critical",
    Severity.FLAG_LINE: "warning",
    Severity.RECORD: "info",
    Severity.HOLD_RELEASE: "critical",
    Severity.NOTICE: "warning",
}


class DeclaredRule(UnexpectedRowsExpectation):  # type: ignore[misc]
    """A rule of `expectations/`; success means that no row fails."""

    rule_id: str

    # Only the result of the verdict: the inherited second metric would count the rows of a count.
    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
        execution_engine: Any = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        (verdict,) = metrics["unexpected_rows_query.table"]
        counts = {name: int(verdict[name]) for name in ("checked_count", "failed_count")}
        return {
            "success": counts["failed_count"] == 0,
            "result": {
                "observed_value": counts["failed_count"],
                "details": {**counts, "seconds": float(verdict["seconds"])},
            },
        }


def expectation(rule: Rule) -> DeclaredRule:
    """The expectation of a rule: its sentence is the description, its verdict the query."""
    return DeclaredRule(
        rule_id=rule.id,
        unexpected_rows_query=statements.verdict(rule),
        description=rule.sentence_en,
        severity=_GX_SEVERITY[rule.severity],
    )
