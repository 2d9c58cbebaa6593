"""Is a build due? Read from the ledger: a lost asset event or a killed run costs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.release.hours import is_within
from health_warehouse.release.project import in_short
from health_warehouse.settings import Settings


@dataclass(frozen=True)
class LastBuild:
    build_id: int
    status: str
    to_change_id: int
    message: str | None
    is_dry_run: bool = False


@dataclass(frozen=True)
class Situation:
    """What the decision rests on. `hold` is why publishing is on hold, None when it is not;
    `is_at_work`: somebody builds from a terminal at this moment; `changed`: what of the project is
    not as the newest build had it; `waits_for`: the hours that a build as large as this one waits
    for, None when it does not wait."""

    pending_changes: int
    last_change_id: int
    last_build: LastBuild | None
    hold: str | None
    is_at_work: bool = False
    changed: tuple[str, ...] = ()
    waits_for: str | None = None


@dataclass(frozen=True)
class Decision:
    is_due: bool
    reason: str


def decide(situation: Situation, *, full: bool, by_person: bool) -> Decision:
    """Whether to build now.

    Another project than the newest build's is work too. A full build of many lines waits for its
    hours, and what is delivered meanwhile with it, unless a person asks.
    A held build is not built again every few minutes to fail alike: it waits for a delivery, a
    change of the project, or a person, who triggers the run after mending the cause. So does the
    build of a dry run, when it holds nothing that was delivered. A build that failed or that was
    killed is tried again by the clock, because nobody may be there to ask for it. Who builds from a
    terminal is not overtaken by the clock: a build longer than its five minutes would never end.
    """
    if full:
        return Decision(True, "a full rebuild was asked for")
    if situation.is_at_work and not by_person:
        return Decision(False, "somebody builds from a terminal; the clock looks again")
    due = _due(situation, by_person=by_person)
    if due.is_due and situation.waits_for is not None and not by_person:
        return Decision(False, f"{due.reason}; {situation.waits_for}")
    return due


def _due(situation: Situation, *, by_person: bool) -> Decision:
    """Whether there is something to build, at whatever hour."""
    build = situation.last_build
    if build is not None and situation.changed:
        return Decision(True, f"changed since the last build: {in_short(list(situation.changed))}")
    is_done = build is None or build.status == "published"
    if situation.pending_changes == 0 and is_done:
        return Decision(
            False, "neither a dossier nor the project changed since the published release"
        )
    if build is not None and build.to_change_id >= situation.last_change_id:
        if build.status == "held" and not by_person:
            return Decision(
                False,
                f"build {build.build_id} is held ({build.message or 'no reason recorded'}) and "
                "nothing was delivered since; mend the cause, then trigger this DAG",
            )
        if build.status == "passed" and situation.hold is not None:
            return Decision(
                False,
                f"build {build.build_id} is ready, but {situation.hold}; "
                "`warehouse publish --resume` publishes it",
            )
        if build.is_dry_run and situation.pending_changes == 0 and not by_person:
            return Decision(
                False,
                f"build {build.build_id} is of a dry run; `warehouse publish` publishes it",
            )
    if build is not None and situation.pending_changes == 0:  # a rebuild
        return Decision(True, f"build {build.build_id} is {build.status}, not published")
    return Decision(
        True, f"{situation.pending_changes} dossiers changed since the published release"
    )


def is_up_to_date(settings: Settings) -> bool:
    """Whether readers see all that was delivered, as the models that are built make it."""
    now = situation(settings)
    is_published = now.last_build is not None and now.last_build.status == "published"
    return is_published and now.pending_changes == 0 and not now.changed


def situation(settings: Settings) -> Situation:
    """Read the present state."""
    from health_warehouse.release.pending import pending_changes
    from health_warehouse.release.project import changes_since_newest_build, present_project
    from health_warehouse.release.turns import is_at_work

    with engine(settings, "transformer").connect() as connection:
        last_change_id: int = connection.execute(
            text("select change_id from ops.log_end")
        ).scalar_one()
        row = connection.execute(
            text(
                "select build_id, status, to_change_id, message, is_dry_run"
                " from ops.builds order by build_id desc limit 1"
            )
        ).one_or_none()
        changed = changes_since_newest_build(connection, present_project(connection))
    return Situation(
        pending_changes=pending_changes(settings),
        last_change_id=last_change_id,
        last_build=LastBuild(**row._mapping) if row else None,
        hold=publish_hold(settings),
        is_at_work=is_at_work(settings),
        changed=tuple(changed),
        waits_for=_waits_for(settings, datetime.now(UTC)),
    )


def _waits_for(settings: Settings, now: datetime) -> str | None:
    """Why a build has to wait for other hours; None when it has not."""
    from health_warehouse.release.full_builds import why_full
    from health_warehouse.release.size import lines_that_count

    if is_within(settings.full_build_hours, now) or why_full(settings) is None:
        return None
    lines = lines_that_count(settings)
    if lines <= settings.full_build_rows:
        return None
    return (
        f"a full build of {lines:,} lines waits for the hours {settings.full_build_hours}"
        " (WAREHOUSE_FULL_BUILD_HOURS); trigger this DAG to build now"
    )


def newest_build_id(settings: Settings) -> int:
    """The build that the candidate schema holds, or will hold; 0 before the first."""
    with engine(settings, "transformer").connect() as connection:
        return int(
            connection.execute(
                text("select coalesce(max(build_id), 0) from ops.builds")
            ).scalar_one()
        )


def publish_hold(settings: Settings) -> str | None:
    """Why nothing may be published now; None when it may."""
    from health_warehouse.release.hold import read_hold

    hold = read_hold(settings)
    return hold.told() if hold else None
