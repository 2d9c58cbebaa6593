"""Commands of decisions: versions of dossiers, and lists, that wait for a person."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING, Annotated

import typer

from health_warehouse.commands.listing import print_rows
from health_warehouse.settings import get_settings

if TYPE_CHECKING:
    from health_warehouse.landing.decisions import Decision

_AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
_FILE = Annotated[str, typer.Argument(help="As the list shows it, its hash, or its name.")]
_POSITION = Annotated[
    int, typer.Argument(help="Place of the dossier in the file, from 1; 0: the whole list.")
]
_NOTE = Annotated[str, typer.Option(help="Why. Name no patient: the note is kept.")]
_BY = Annotated[str, typer.Option(help="Who decides; the user of the terminal by default.")]
_DRY_RUN = Annotated[bool, typer.Option("--dry-run", help="Say what would change; change nothing.")]
_WAITING = ("delivery", "position", "facility", "dossier", "about", "rule", "reason")
_DECIDED = ("delivery", "position", "about", "decision", "decided_by", "decided_at", "note")


def register(app: typer.Typer) -> None:
    """Mount the commands on `app`."""
    group = typer.Typer(
        help="Versions of dossiers, and lists, that wait for a person to decide.",
        no_args_is_help=True,
    )
    group.command("list")(list_decisions)
    group.command("accept")(accept)
    group.command("refuse")(refuse)
    app.add_typer(group, name="decisions")


def list_decisions(
    decided: Annotated[
        bool, typer.Option("--decided", help="The decisions that were taken instead.")
    ] = False,
    as_json: _AS_JSON = False,
) -> None:
    """List what waits. About `replacement`: the version is held, for it would replace the dossier
    of somebody else. About `order`: it lost to one that was seen before it. About `shrinking`: the
    list is held, for it lacks many of the one before it; its position is 0."""
    from health_warehouse.landing import decisions

    settings = get_settings()
    found = decisions.decided(settings) if decided else decisions.waiting(settings)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    columns = _DECIDED if decided else _WAITING
    print_rows(columns, [[entry[name] for name in columns] for entry in found])


def accept(
    file: _FILE,
    position: _POSITION,
    note: _NOTE = "",
    by: _BY = "",
    dry_run: _DRY_RUN = False,
    as_json: _AS_JSON = False,
) -> None:
    """Let a held version or list replace the one before it, or let one win that lost by its
    sender's clock.

    The next build takes up what changed.
    """
    _decide(file, position, "accepted", note, by, dry_run, as_json)


def refuse(
    file: _FILE,
    position: _POSITION,
    note: _NOTE = "",
    by: _BY = "",
    dry_run: _DRY_RUN = False,
    as_json: _AS_JSON = False,
) -> None:
    """Leave what counts as it is: what is held never counts, what lost stays superseded."""
    _decide(file, position, "refused", note, by, dry_run, as_json)


def _decide(
    file: str,
    position: int,
    decision: Decision,
    note: str,
    by: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    from health_warehouse.landing import decisions

    done = decisions.decide(
        get_settings(),
        file,
        position,
        decision,
        decided_by=by or getpass.getuser(),
        note=note,
        is_dry_run=dry_run,
    )
    if as_json:
        told = {**done.as_dict(), "is_dry_run": dry_run}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    would = "would be" if dry_run else "is"
    effect = "another version counts now" if done.changed_dossiers else "the same version counts"
    if not position:
        effect = f"documents that change: {done.changed_dossiers}"
    typer.echo(f"{done.delivery}, position {position}: {would} {decision}; {effect}")
