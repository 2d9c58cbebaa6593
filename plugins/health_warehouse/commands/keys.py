"""Command of the person key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from health_warehouse.settings import get_settings

if TYPE_CHECKING:
    from health_warehouse.rekeying.run import Progress


def register(app: typer.Typer) -> None:
    """Mount the command on `app`."""
    app.command("rotate-key")(rotate_key)


def rotate_key(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count the rows that get other keys; change nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Make a new person key, and every key of patients, dossiers and staff with it.

    Nothing is loaded or built meanwhile. Cut off, it goes on where it was when it is called again.
    Afterwards build and publish: until then readers see the former keys.
    """
    from health_warehouse.rekeying import rotate, run

    settings = get_settings()
    if dry_run:
        _tell({"would_read": run.extent(settings), "key_file": None}, as_json)
        return
    console = Console(stderr=True, soft_wrap=True)

    def told(progress: Progress) -> None:
        status.update(f"{progress.step}: {progress.done:,} of {progress.total:,} rows")

    with console.status("new keys") as status:  # at a terminal, and gone when the work is done
        rotation = rotate.rotate(settings, told)
    key_file = None if rotation.key_file is None else str(rotation.key_file)
    _tell({"read": rotation.rows, "key_file": key_file}, as_json)


def _tell(answer: dict[str, object], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(answer, indent=1))
        return
    for what, rows in answer.items():
        if isinstance(rows, dict):
            for step, count in rows.items():
                typer.echo(f"{step}: {count:,} rows {what.replace('_', ' ')}")
    if answer["key_file"] is not None:
        typer.echo(
            f"set WAREHOUSE_PERSON_KEY to what {answer['key_file']} says, remove that file, and "
            "start the services again: until then nothing is loaded"
        )
