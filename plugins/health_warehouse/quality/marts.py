"""The audit of the candidate: the last thing between a build and its readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text

from expectations import registry
from expectations.rules.rule import Rule, Severity
from health_warehouse.database.connections import engine
from health_warehouse.errors import CheckError, ConfigurationError, ReleaseHeld
from health_warehouse.quality.gate_message import lines, said
from health_warehouse.quality.incidents import raise_incident, resolve_incidents
from health_warehouse.quality.outcomes import Outcome, in_state, store
from health_warehouse.quality.places import with_places
from health_warehouse.quality.runner import judging
from health_warehouse.settings import Settings

_ROLE = "transformer"
_AUDITABLE = ("built", "passed", "held")


@dataclass(frozen=True)
class AuditReport:
    """What the audit said of a build: `status` passed or held, and every rule's outcome."""

    build_id: int
    status: str
    outcomes: tuple[Outcome, ...]

    @property
    def notices(self) -> tuple[Outcome, ...]:
        """Failed rules that do not hold the release; they are published with it."""
        return tuple(
            outcome
            for outcome in in_state(self.outcomes, "failed")
            if outcome.rule.severity is Severity.NOTICE
        )


def audit(
    settings: Settings,
    build_id: int | None = None,
    rules: Sequence[Rule] | None = None,
    *,
    with_dossier_ids: bool = False,
) -> AuditReport:
    """Judge the candidate (`build_id`, or the newest build); the build becomes passed or held.

    `rules`: those of the gate, when none are named.

    The build stays locked until all is stored, so that no newer build writes the candidate under
    the audit. Raises ReleaseHeld naming the critical rules that failed, CheckError when a rule
    could not be judged or there is no candidate; results and incidents are stored before either.
    Their message has a line for each rule and for each place where it fails (gate_message);
    `with_dossier_ids`: for a reader who may see MA_LK.
    """
    with engine(settings, _ROLE).begin() as connection:
        build = _lock_newest(connection, build_id)
        found = int(build.build_id)
        with judging(settings, _ROLE, _batch_sql(build)) as judge:
            outcomes = judge("marts", gate_rules(settings) if rules is None else rules)
        errors = in_state(outcomes, "error")
        batch_sql = _batch_sql(build)
        failed = {
            outcome.rule.id: with_places(connection, outcome, batch_sql)
            for outcome in in_state(outcomes, "failed")
        }
        outcomes = tuple(failed.get(outcome.rule.id, outcome) for outcome in outcomes)
        critical = tuple(
            outcome for outcome in failed.values() if outcome.rule.severity is not Severity.NOTICE
        )
        report = AuditReport(found, "held" if errors or critical else "passed", outcomes)
        _store(connection, report, errors + critical)
        said_of = lines(connection, errors or critical, with_dossier_ids=with_dossier_ids)
    if errors:
        raise CheckError(_told(f"build {found} is held, rules could not be judged:", said_of))
    if critical:
        raise ReleaseHeld(_told(f"build {found} is held, the last good release stays:", said_of))
    return report


def gate_rules(settings: Settings) -> tuple[Rule, ...]:
    """The rules of the gate, some notices of which hold a release here
    (`WAREHOUSE_HOLD_RELEASE_FOR`).

    Raises ConfigurationError naming an id that is none of a notice.
    """
    asked = {rule_id.strip() for rule_id in settings.hold_release_for.split(",")} - {""}
    notices = {rule.id for rule in registry.MARTS if rule.severity is Severity.NOTICE}
    if unknown := sorted(asked - notices):
        raise ConfigurationError(
            f"WAREHOUSE_HOLD_RELEASE_FOR names {', '.join(unknown)}: name notices of the gate "
            f"({', '.join(sorted(notices))}), the other rules hold a release already"
        )
    return tuple(
        replace(rule, severity=Severity.HOLD_RELEASE) if rule.id in asked else rule
        for rule in registry.MARTS
    )


def _told(first: str, rest: Sequence[str]) -> str:
    return "\n".join((first, *rest))


def _batch_sql(build: Any) -> str:
    """The stretch of the build in figures: of a row of ops.builds that is joined, the planner
    cannot know how few changes lie in it, and hashed all encounters to find 150."""
    return (
        f"select {int(build.build_id)} as build_id,"
        f" {int(build.from_change_id)}::bigint as from_change_id,"
        f" {int(build.to_change_id)}::bigint as to_change_id, {bool(build.is_full)} as is_full"
    )


def _lock_newest(connection: Connection, build_id: int | None) -> Any:
    """Its row of ops.builds."""
    row = connection.execute(
        text(
            "select build_id, status, from_change_id, to_change_id, is_full from ops.builds"
            " order by build_id desc limit 1 for no key update"
        )
    ).one_or_none()
    if row is None:
        raise CheckError("there is no build to audit: run `warehouse build`")
    if build_id not in (None, row.build_id):
        raise CheckError(
            f"build {build_id} was overwritten by build {row.build_id}: audit that one"
        )
    if row.status not in _AUDITABLE:
        raise CheckError(
            f"build {row.build_id} is {row.status}: there is no candidate to audit; build again"
        )
    return row


def _store(connection: Connection, report: AuditReport, stopping: Sequence[Outcome]) -> None:
    store(connection, "marts", report.outcomes, build_id=report.build_id)
    held_by = {outcome.rule.id for outcome in stopping}
    for outcome in report.outcomes:
        fingerprint = f"marts:{outcome.rule.id}:"
        if outcome.rule.id in held_by:
            raise_incident(
                connection,
                fingerprint,
                "marts",
                outcome.rule.id,
                said(outcome),
                build_id=report.build_id,
            )
        else:
            resolve_incidents(connection, fingerprint)
    connection.execute(
        text(
            "update ops.builds set status = :status, audited_at = clock_timestamp(),"
            " message = :message where build_id = :build_id"
        ),
        {
            "status": report.status,
            "message": f"held by {_names(stopping)}" if stopping else None,
            "build_id": report.build_id,
        },
    )


def _names(outcomes: Sequence[Outcome]) -> str:
    return "; ".join(map(said, outcomes))
