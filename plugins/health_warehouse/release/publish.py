"""Publish an audited build: exchange in `marts` the rows that differ, in one transaction.

What is published is the candidate minus what `marts` holds, however many builds were held between.
A reader sees the old release or the new one. A build that changes nothing makes no release: the
current one is noted to hold the content up to that build's last change, so that nobody builds the
same changes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg.types.json import Jsonb

from health_warehouse.errors import ConfigurationError, ReleaseHeld
from health_warehouse.marts.contracts import MartContract
from health_warehouse.marts.manifest import load_contracts
from health_warehouse.release import protection, reader_views, schema, statements
from health_warehouse.release.candidates import (
    Approval,
    Candidate,
    Verdict,
    is_publishable,
    judge,
    newest_candidate,
    require_base,
    require_candidate,
)
from health_warehouse.release.current import NAME as CURRENT_RELEASE
from health_warehouse.release.current import ensure_current_release, show_release
from health_warehouse.release.exchange import TablePlan, exchange, load, plan_exchange
from health_warehouse.release.hold import current_hold, lift_hold, require_no_hold
from health_warehouse.release.releases import Release, current_release, get_release
from health_warehouse.release.row_security import audiences
from health_warehouse.release.shadows import ensure_shadows
from health_warehouse.release.transaction import (
    ReleaseCursor,
    fetch_row,
    reading_transaction,
    release_transaction,
)
from health_warehouse.settings import Settings


@dataclass(frozen=True)
class Publication:
    """The release that readers see after `publication`; `is_new` when that made it."""

    release: Release
    is_new: bool
    has_lifted_hold: bool = False


def plan(settings: Settings, build_id: int | None = None) -> list[TablePlan]:
    """What `publish` would do now: nothing, to no mart, when the newest build is published.

    Writes nothing; refuses what publish would refuse of shapes.
    """
    contracts = load_contracts(settings)
    with reading_transaction(settings) as cursor:
        schema.lock_candidate(cursor, contracts)
        candidate = require_candidate(cursor, build_id)
        current = current_release(cursor)
        if candidate.status == "published" and current is not None:
            return []
        require_base(candidate, current)
        widenings = schema.check_shapes(cursor, contracts)
        _require_full(widenings, candidate)
        return plan_exchange(cursor, contracts, candidate.is_full, widenings)


def publish(
    settings: Settings,
    build_id: int | None = None,
    resume: bool = False,
    approvals: Sequence[Approval] = (),
) -> Release:
    """The release that readers see after `publication`."""
    return publication(settings, build_id, resume, approvals).release


def publication(
    settings: Settings,
    build_id: int | None = None,
    resume: bool = False,
    approvals: Sequence[Approval] = (),
) -> Publication:
    """Publish the newest build (or refuse, when it is not `build_id`).

    The release is the one before when the build changed nothing or is published already, so a task
    may run twice. `resume` lifts the hold of a roll-back in the same transaction, and
    builds and audits first when the candidate does not start from the current release.
    Raises ReleaseHeld, PublishConflict or ConfigurationError; readers then keep what they had.
    """
    if resume:
        _renew_candidate(settings, approvals)
    contracts = load_contracts(settings)
    _adapt(settings, contracts, build_id)
    with release_transaction(settings) as cursor:
        schema.lock_candidate(cursor, contracts)
        candidate = require_candidate(cursor, build_id)
        current = current_release(cursor)
        has_lifted_hold = resume and lift_hold(cursor)
        require_no_hold(cursor)
        if candidate.status == "published" and current is not None:
            return Publication(current, False, has_lifted_hold)
        require_base(candidate, current)
        verdict = judge(cursor, candidate, approvals)
        release = _release(cursor, settings, contracts, candidate, current, verdict)
        is_new = current is None or release.release_id != current.release_id
        return Publication(release, is_new, has_lifted_hold)


def _release(
    cursor: ReleaseCursor,
    settings: Settings,
    contracts: Sequence[MartContract],
    candidate: Candidate,
    current: Release | None,
    verdict: Verdict,
) -> Release:
    started_at = fetch_row(cursor, "select clock_timestamp() as now").now
    ensure_current_release(cursor, settings)
    new = schema.new_marts(cursor, contracts)
    published = [contract.name for contract in contracts if contract.name not in new]
    protection.verify(cursor, settings, [*published, CURRENT_RELEASE])
    plans = plan_exchange(cursor, contracts, candidate.is_full)
    has_change = any(p.is_new or p.rows_to_delete or p.rows_to_insert for p in plans)
    if current is not None and not has_change:
        return _note_unchanged(cursor, contracts, candidate, current)
    release_id = _insert_release(cursor, candidate, plans, verdict, started_at)
    ensure_shadows(cursor, settings, contracts)
    for contract, table_plan in zip(contracts, plans, strict=True):
        if table_plan.is_new:
            schema.create_mart(cursor, settings, contract)
        if current is None:
            load(cursor, contract, table_plan)
        else:
            exchange(cursor, contract, table_plan, candidate.is_full, release_id)
    cursor.execute("set constraints all immediate")  # a broken key shows here, not in COMMIT
    schema.complete(cursor, contracts)
    for contract, table_plan in zip(contracts, plans, strict=True):
        if table_plan.is_new:
            cursor.execute(statements.analyze(contract))
            for audience in audiences(settings, contract):
                protection.admit(cursor, contract.name, audience)
    views = reader_views.reader_views(settings, contracts)
    reader_views.make(cursor, reader_views.missing(cursor, views))
    cursor.execute(
        "update ops.releases set published_at = clock_timestamp() where release_id = %s",
        [release_id],
    )
    show_release(cursor, release_id)
    _finish_build(cursor, candidate)
    release = get_release(cursor, release_id)
    if release is None:
        raise ConfigurationError(f"release {release_id} cannot be read back by the publisher")
    return release


def _insert_release(
    cursor: ReleaseCursor,
    candidate: Candidate,
    plans: Sequence[TablePlan],
    verdict: Verdict,
    started_at: datetime,
) -> int:
    """Make the new release the current one; the order matters, for only one may be current."""
    cursor.execute("update ops.releases set status = 'replaced' where status = 'current'")
    row = fetch_row(
        cursor,
        "insert into ops.releases (base_release_id, build_id, to_change_id, is_full, status,"
        " rows_deleted, rows_inserted, checks, notices, approvals, started_at)"
        " values (%s, %s, %s, %s, 'current', %s, %s, %s, %s, %s, %s) returning release_id",
        [
            candidate.base_release_id,
            candidate.build_id,
            candidate.to_change_id,
            candidate.is_full,
            Jsonb({p.mart: p.rows_to_delete for p in plans}),
            Jsonb({p.mart: p.rows_to_insert for p in plans}),
            Jsonb(verdict.checks),
            Jsonb(verdict.notices),
            Jsonb(verdict.approvals),
            started_at,
        ],
    )
    return int(row.release_id)


def _note_unchanged(
    cursor: ReleaseCursor,
    contracts: Sequence[MartContract],
    candidate: Candidate,
    current: Release,
) -> Release:
    schema.complete(cursor, contracts)
    cursor.execute(
        "update ops.releases set to_change_id = %s where release_id = %s",
        [candidate.to_change_id, current.release_id],
    )
    _finish_build(cursor, candidate, f"changed nothing: release {current.release_id} holds it")
    return replace(current, to_change_id=candidate.to_change_id)


def _finish_build(cursor: ReleaseCursor, candidate: Candidate, note: str | None = None) -> None:
    """Note that nothing of the build is left to publish."""
    cursor.execute(
        "update ops.builds set status = 'published',"
        " message = nullif(concat_ws('; ', message, %s::text), '') where build_id = %s",
        [note, candidate.build_id],
    )


def _adapt(settings: Settings, contracts: Sequence[MartContract], build_id: int | None) -> None:
    """Before the publication: add the columns that the contracts have more than the marts, and
    renew the policies and views whose rule is another now.
    """
    with reading_transaction(settings) as cursor:
        schema.lock_candidate(cursor, contracts)
        candidate = require_candidate(cursor, build_id)
        widenings = schema.check_shapes(cursor, contracts)
        renewals = protection.renewals(cursor, settings, contracts)
    _require_full(widenings, candidate)
    schema.widen(settings, widenings)
    schema.renew_policies(settings, renewals)
    schema.renew_views(settings, reader_views.reader_views(settings, contracts))


def _require_full(widenings: Sequence[schema.Widening], candidate: Candidate) -> None:
    """Only a full build fills a new column in every row: an incremental one would leave its old
    rows null in `marts` for ever, for only affected rows are compared."""
    if widenings and not candidate.is_full:
        names = ", ".join(f"{one.mart}.{one.column.name}" for one in widenings)
        raise ConfigurationError(
            f"new columns ({names}) need a full build: `warehouse build --full`"
        )


def _renew_candidate(settings: Settings, approvals: Sequence[Approval]) -> None:
    """Build and audit again when publishing is on hold and the candidate cannot be published.

    So it is after a roll-back, until somebody builds: the candidate holds what was rolled back.
    """
    with reading_transaction(settings) as cursor:
        candidate = newest_candidate(cursor)
        current = current_release(cursor)
        if current_hold(cursor) is None or (candidate and is_publishable(candidate, current)):
            return
    from health_warehouse.quality.marts import audit  # loads Great Expectations, 9 s
    from health_warehouse.release.build import build  # loads dbt, 3 s

    renewed = build(settings)
    try:
        audit(settings, renewed.build_id)
    except ReleaseHeld:
        if not approvals:
            raise
