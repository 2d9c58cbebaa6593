"""Is a build due? Read from the ledger: a lost asset event or a killed run costs nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from health_warehouse.database.connections import engine
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
    `is_at_work`: somebody builds from a terminal at this moment."""

    pending_changes: int
    last_change_id: int
    last_build: LastBuild | None
    hold: str | None
    is_at_work: bool = False


@dataclass(frozen=True)
class Decision:
    is_due: bool
    reason: str


def decide(situation: Situation, *, full: bool, by_person: bool) -> Decision:
    """Whether to build now.

    A held build is not built again every few minutes to fail alike: it waits for a delivery or
    for a person, who triggers the run after mending the cause. So does the build of a dry run, when
    it holds nothing that was delivered. A build that failed or that was killed is tried again by
    the clock, because nobody may be there to ask for it. Who builds from a terminal is not
    overtaken by the clock: a build longer than its five minutes would never end.
    """
    if full:
        return Decision(True, "a full rebuild was asked for")
    if situation.is_at_work and not by_person:
        return Decision(False, "somebody builds from a terminal; the clock looks again")
    build = situation.last_build
    is_done = build is None or build.status == "published"
    if situation.pending_changes == 0 and is_done:
        return Decision(False, "no dossier changed since the published release")
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
    return is_published and now.pending_changes == 0


def situation(settings: Settings) -> Situation:
    """Read the present state."""
    from health_warehouse.release.pending import pending_changes
    from health_warehouse.release.turns import is_at_work

    with engine(settings, "transformer").connect() as connection:
        last_change_id: int = connection.execute(
            text("select coalesce(max(change_id), 0) from ops.dossier_changes")
        ).scalar_one()
        row = connection.execute(
            text(
                "select build_id, status, to_change_id, message, is_dry_run"
                " from ops.builds order by build_id desc limit 1"
            )
        ).one_or_none()
    return Situation(
        pending_changes=pending_changes(settings),
        last_change_id=last_change_id,
        last_build=LastBuild(**row._mapping) if row else None,
        hold=publish_hold(settings),
        is_at_work=is_at_work(settings),
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
