"""Command of upkeep."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console

from health_warehouse.settings import get_settings

_AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON only.")]


def register(app: typer.Typer) -> None:
    """Mount the command on `app`."""
    app.command()(maintain)


def maintain(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, change nothing.")
    ] = False,
    only: Annotated[str | None, typer.Option(help="One step, by name; without, all.")] = None,
    as_json: _AS_JSON = False,
) -> None:
    """Remove what is older than its bound, renew statistics, look whether vacuum keeps up.

    Bounds are the settings WAREHOUSE_KEEP_…_DAYS. Exit code 1 when a step failed or
    work is at risk.
    """
    from health_warehouse.maintenance import run

    step = run.step_named(only) if only else None
    console = Console(stderr=True, soft_wrap=True)
    with console.status("maintenance") as status:  # at a terminal, and gone when the work is done
        report = run.maintain(
            get_settings(), lambda message: status.update(message), dry_run=dry_run, only=step
        )
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=1))
    else:
        for result in report.steps:
            typer.echo(run.tell(result))
        for finding in report.findings:
            typer.echo(f"{finding.level}: {finding.what}\n    remedy: {finding.remedy}")
    if not report.is_well:
        raise typer.Exit(1)
