"""Which build the candidate schema holds, and whether it may be published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from health_warehouse.errors import ConfigurationError, PublishConflict, ReleaseHeld
from health_warehouse.release.releases import Release
from health_warehouse.release.transaction import ReleaseCursor

_NOTICE = "notice"


@dataclass(frozen=True)
class Candidate:
    """One row of ops.builds."""

    build_id: int
    base_release_id: int | None
    to_change_id: int
    is_full: bool
    status: str


@dataclass(frozen=True)
class Approval:
    """A person lets a failed critical rule pass, once, for one release."""

    rule_id: str
    by: str
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What the audit said of a build: every rule, and those that only deserve a notice."""

    checks: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    approvals: list[dict[str, Any]]


def newest_candidate(cursor: ReleaseCursor) -> Candidate | None:
    """The newest build. The candidate schema holds it and no other: each build overwrites it."""
    row = cursor.execute(
        "select build_id, base_release_id, to_change_id, is_full, status"
        " from ops.builds order by build_id desc limit 1"
    ).fetchone()
    return Candidate(*row) if row else None


def require_candidate(cursor: ReleaseCursor, build_id: int | None) -> Candidate:
    """The build to publish: `build_id`, or the newest. Raises PublishConflict when it is gone."""
    newest = newest_candidate(cursor)
    if newest is None:
        raise ConfigurationError(
            "there is nothing to publish: run `warehouse build` and `warehouse audit`"
        )
    if build_id is not None and newest.build_id != build_id:
        raise PublishConflict(
            f"build {build_id} was overwritten by build {newest.build_id}: "
            "audit and publish that one"
        )
    return newest


def require_base(candidate: Candidate, current: Release | None) -> None:
    """Raises PublishConflict when the build started from another release than the current one."""
    base = current.release_id if current else None
    is_older = current is not None and candidate.to_change_id < current.to_change_id
    if candidate.base_release_id != base or is_older:
        raise PublishConflict(
            f"build {candidate.build_id} is based on release "
            f"{candidate.base_release_id or 'none'}, but the current one is {base or 'none'}: "
            "build again"
        )


def is_publishable(candidate: Candidate, current: Release | None) -> bool:
    """Whether the build is audited and starts from the current release."""
    base = current.release_id if current else None
    return candidate.status in ("passed", "held") and candidate.base_release_id == base


def judge(cursor: ReleaseCursor, candidate: Candidate, approvals: Sequence[Approval]) -> Verdict:
    """Let a passed build through, and a held one whose failed rules are all approved.

    Raises ReleaseHeld, naming the rules, otherwise. A rule in state *error* said nothing, so it
    cannot be approved.
    """
    if candidate.status not in ("passed", "held"):
        raise ReleaseHeld(
            f"build {candidate.build_id} is {candidate.status}, not passed: "
            "run `warehouse build` and `warehouse audit`"
        )
    checks = _checks(cursor, candidate.build_id)
    failed = {check["rule_id"] for check in _in_state(checks, "failed") if not _is_notice(check)}
    unjudged = {check["rule_id"] for check in _in_state(checks, "error") if not _is_notice(check)}
    approved = {approval.rule_id for approval in approvals}
    open_rules = sorted((failed - approved) | unjudged)
    if open_rules:
        raise ReleaseHeld(
            f"build {candidate.build_id} is held by {', '.join(open_rules)}; the last good "
            "release stays. Correct the cause and build again, or approve a failed rule: "
            "`warehouse publish --approve RULE --by NAME --reason TEXT`"
        )
    if candidate.status == "held" and not failed:
        raise ReleaseHeld(
            f"build {candidate.build_id} is held without a failed rule: audit it again"
        )
    return Verdict(
        checks=checks,
        notices=[check for check in _in_state(checks, "failed") if _is_notice(check)],
        approvals=[asdict(one) for one in approvals if one.rule_id in failed],
    )


def _checks(cursor: ReleaseCursor, build_id: int) -> list[dict[str, Any]]:
    """Results of the last audit of the build."""
    rows = cursor.execute(
        "select rule_id, severity, state, checked_count, failed_count, message"
        " from ops.rule_results where check_run_id = (select max(check_run_id) from ops.check_runs"
        "  where suite = 'marts' and build_id = %s) order by rule_id",
        [build_id],
    ).fetchall()
    return [row._asdict() for row in rows]


def _in_state(checks: Sequence[dict[str, Any]], state: str) -> list[dict[str, Any]]:
    return [check for check in checks if check["state"] == state]


def _is_notice(check: dict[str, Any]) -> bool:
    return bool(check["severity"] == _NOTICE)
