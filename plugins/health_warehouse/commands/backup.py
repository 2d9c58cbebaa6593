"""Commands that save a whole warehouse and bring it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from health_warehouse.settings import get_settings

if TYPE_CHECKING:
    from health_warehouse.backup.manifest import Manifest

_AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON only.")]


def register(app: typer.Typer) -> None:
    """Mount the commands on `app`."""
    app.command()(backup)
    app.command()(restore)


def backup(
    folder: Annotated[Path, typer.Argument(help="Where to; a folder that does not exist.")],
    as_json: _AS_JSON = False,
) -> None:
    """Save database, archive, passwords and person key to FOLDER. It holds patients' data."""
    from health_warehouse.backup.take import backup as take

    taken = take(get_settings(), folder, _say)
    _tell(taken, as_json, f"backup in {folder}; keep it as safe as the warehouse itself")


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `warehouse backup` wrote.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Verify the backup, look at the target, do nothing.")
    ] = False,
    as_json: _AS_JSON = False,
) -> None:
    """Fill an empty warehouse from FOLDER: a new state folder, or an empty WAREHOUSE_DSN."""
    from health_warehouse.backup.restore import examine
    from health_warehouse.backup.restore import restore as bring_back

    settings = get_settings()
    if dry_run:
        place = "WAREHOUSE_DSN" if settings.dsn is not None else "the embedded server"
        held = examine(settings, folder.expanduser().absolute())
        _tell(held, as_json, f"whole; would be restored into {place}, state {settings.state}")
        return
    _tell(bring_back(settings, folder, _say), as_json, "restored: now `warehouse up`")


def _tell(held: Manifest, as_json: bool, what: str) -> None:
    summary = _summary(held)
    if as_json:
        typer.echo(json.dumps(summary, indent=1))
        return
    typer.echo(what)
    for name, value in summary.items():
        typer.echo(f"  {name.replace('_', ' '):<15} {value}")


def _summary(held: Manifest) -> dict[str, Any]:
    return {
        "taken_at": held.taken_at.isoformat(timespec="seconds"),
        "program": held.program,
        "revision": held.revision,
        "postgres": held.postgres,
        "tables": len(held.rows),
        "rows": sum(held.rows.values()),
        "archived_files": sum(name.startswith("archive/") for name in held.files),
        "not_archived": len(held.not_archived),
        "readers": [reader.name for reader in held.readers],
        "has_airflow": held.has_airflow,
    }


def _say(message: str) -> None:
    Console(stderr=True, soft_wrap=True).print(message, style="dim", markup=False, highlight=False)
