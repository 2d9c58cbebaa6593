"""The steps of an upgrade. Each may be done again, so one that was killed is run again.

The former marts stay until the new ones are built and audited; readers are shut meanwhile, for
grants and shapes change under them. The new marts are loaded as in a first release: nothing is
compared, nothing kept of what they replace, and no roll-back leads across. Where only the versions
of claims move, marts stay as they are and the next build is an increment.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from health_warehouse.database import former_dossiers
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.migrate import migrate
from health_warehouse.errors import ConfigurationError
from health_warehouse.quality.incidents import raise_incident, resolve_incidents
from health_warehouse.release.former_marts import drop_former_marts, views_of_others
from health_warehouse.release.releases import Release
from health_warehouse.settings import Settings
from health_warehouse.upgrade.check_ins import read_check_ins_again
from health_warehouse.upgrade.dossiers import move_dossiers
from health_warehouse.upgrade.plan import plan
from health_warehouse.upgrade.shutting import open_readers, shut_readers

UPGRADE = "upgrade"
"""Fingerprint of the incident by which people are told that an upgrade is under way."""

_TOLD = (
    "the warehouse is being upgraded: readers cannot log in until it is done; if this stays, "
    "run `warehouse upgrade` again, it goes on where it stopped"
)


def upgrade(
    settings: Settings, say: Callable[[str], None], *, drop_views: bool = False
) -> Release | None:
    """Bring the data to this version; the release that readers see then, None when none is.

    Nothing else of the warehouse may run (`warehouse down`, then `warehouse upgrade`). Raises
    ConfigurationError when views of others select from marts and `drop_views` is not given, and
    what a build, an audit or a publication raises: readers stay shut, and the same command goes on.
    """
    migrate(settings)
    found = plan(settings)
    if not found.upgrades:
        say("the data are of this version: nothing to do")
        return None
    if not found.has_room:
        raise ConfigurationError(
            f"the upgrade needs about {found.needed_bytes / 1e9:.1f} GB of free disk, "
            f"{(found.free_bytes or 0) / 1e9:.1f} are there: make room, nothing was changed"
        )
    _refuse_views(settings, drop_views)
    tell_upgrade(settings)
    shut = shut_readers(settings)
    say(f"readers are shut: {', '.join(shut)}")
    move_dossiers(settings, say)
    _make_keys(settings, say)
    read_check_ins_again(settings, say)
    is_built_anew = found.upgrades != [former_dossiers.NAME]
    release = _publish_anew(settings, say) if is_built_anew else None
    with engine(settings, OWNER).begin() as connection:
        opened = open_readers(connection)
        connection.execute(text("update ops.upgrades set finished_at = clock_timestamp()"))
        resolve_incidents(connection, UPGRADE)
    say(f"readers may log in again: {', '.join(opened)}")
    return release


def _refuse_views(settings: Settings, drop_views: bool) -> None:
    with engine(settings, OWNER).connect() as connection:
        views = views_of_others(connection)
    if views and not drop_views:
        raise ConfigurationError(
            f"views of others select from marts, whose tables are made anew: {', '.join(views)}. "
            "Save their definitions and drop them, or have them dropped: `warehouse upgrade "
            "--drop-views`. Nothing was changed"
        )


def tell_upgrade(settings: Settings) -> None:
    """Raise the incident; it is resolved when the upgrade is done."""
    with engine(settings, OWNER).begin() as connection:
        raise_incident(connection, UPGRADE, "marts", None, _TOLD)


def _make_keys(settings: Settings, say: Callable[[str], None]) -> None:
    from health_warehouse.rekeying.run import Progress, make_keys

    def told(progress: Progress) -> None:
        say(f"keys, {progress.step}: {progress.done:,} of {progress.total:,} rows")

    make_keys(settings, told)


def _publish_anew(settings: Settings, say: Callable[[str], None]) -> Release | None:
    from health_warehouse.quality.marts import audit  # loads Great Expectations, 9 s
    from health_warehouse.release.build import build  # loads dbt, 3 s
    from health_warehouse.release.publish import publish

    with engine(settings, OWNER).connect() as connection:
        if not connection.execute(text("select exists (select from ops.releases)")).scalar_one():
            return None  # nothing was published yet: the first build of Airflow does it
    built = build(settings, full=True, progress=say, is_upgrade=True)
    report = audit(settings, built.build_id)
    say(f"build {built.build_id} is {report.status}")
    dropped = drop_former_marts(settings, built.build_id)
    say(f"{dropped} former tables of marts dropped")
    release = publish(settings, built.build_id)
    say(f"release {release.release_id} is what readers will see")
    return release
