"""`warehouse upgrade`: bring the data of an older version to this one."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from health_warehouse.settings import get_settings

if TYPE_CHECKING:
    from health_warehouse.upgrade.plan import Plan

_AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
_DRY_RUN = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done, change no data.")
]
_progress = Console(stderr=True, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Mount the command on `app`."""
    app.command()(upgrade)


def upgrade(
    dry_run: _DRY_RUN = False,
    drop_views: Annotated[
        bool, typer.Option("--drop-views", help="Drop views of others that select from marts.")
    ] = False,
    as_json: _AS_JSON = False,
) -> None:
    """Bring the data to this version: keys, closed store, marts. Killed, it goes on where it was.

    Take a backup first, and stop Airflow (`warehouse down`). Readers cannot log in meanwhile, and
    no roll-back leads back.
    """
    from health_warehouse.services import alert_sender
    from health_warehouse.services.bring_up import database_only
    from health_warehouse.upgrade.plan import plan
    from health_warehouse.upgrade.run import upgrade as run

    settings = get_settings()
    with database_only(settings, _say):
        found = plan(settings)
        if dry_run or not found.upgrades:
            typer.echo(json.dumps(asdict(found), indent=1) if as_json else _told(found))
            return
        _say(_told(found))
        alert_sender.start(settings, _say)
        release = run(settings, _say, drop_views=drop_views)
        alert_sender.stop(settings)  # `up` starts it again: until then nothing is amiss
    released = release.release_id if release else None
    done = f"upgraded; readers see release {released or 'none yet'}; start again: `warehouse up`"
    typer.echo(json.dumps({"release_id": released}) if as_json else done)


def _told(found: Plan) -> str:
    if not found.upgrades:
        return "the data are of this version: nothing to do"
    free = "unknown" if found.free_bytes is None else f"{found.free_bytes / 1e9:.1f} GB"
    return "\n".join(
        (
            f"to do: {', '.join(found.upgrades)}",
            f"  shut the logins of readers, make {found.dossiers_without_key:,} keys of dossiers,",
            f"  build {found.lines:,} lines anew, audit, load the marts, open the logins",
            f"about {timedelta(seconds=found.seconds)} on two cores; the database has "
            f"{found.database_bytes / 1e9:.1f} GB and needs {found.needed_bytes / 1e9:.1f} GB more "
            f"for a while (free: {free})",
            "no roll-back leads across it: take a backup first (`warehouse backup FOLDER`)",
        )
    )


def _say(message: str) -> None:
    _progress.print(message, markup=False, highlight=False)
