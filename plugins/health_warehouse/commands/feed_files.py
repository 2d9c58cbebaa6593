"""Commands on files of a feed, for those who send them. None of them needs a database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from health_warehouse.commands.listing import print_rows
from health_warehouse.settings import get_settings

if TYPE_CHECKING:
    from health_warehouse.landing.dry_run import DryRun

_FEED = Annotated[str, typer.Argument(help="Its name, as the list of feeds shows it.")]
_COLUMNS = ("severity", "sheet", "cell", "column", "rule", "found")
_SHOWN = 200
_DOES = {
    "quarantine_dossier": "quarantine",
    "flag_line": "flag",
    "record": "record",
}


def register(group: typer.Typer) -> None:
    """Mount the commands beside those on contracts."""
    group.command("check")(check)
    group.command("template")(write_template)
    group.command("new")(new)


def check(
    feed: _FEED,
    file: Annotated[Path, typer.Argument(help="A file as it would be sent.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Try a file before it is sent: what would be found in it, by sheet and cell. Exit code 1 when
    something is to be mended.

    The folder that the file lies in counts as the first folder below the inbox. Rules between rows
    and with other deliveries are judged when it arrives.
    """
    from health_warehouse.feeds.catalogue import contract_of
    from health_warehouse.landing.dry_run import dry_run
    from health_warehouse.readers.protocol import Bounds

    settings = get_settings()
    bounds = Bounds(settings.max_file_bytes, settings.max_dossier_bytes)
    trial = dry_run(contract_of(settings, feed), file, datetime.now(UTC), bounds)
    if as_json:
        typer.echo(json.dumps(_as_json(trial), ensure_ascii=False, indent=1))
    else:
        _print(trial)
    if not trial.is_good:
        raise typer.Exit(1)


def write_template(
    feed: _FEED,
    output: Annotated[Path, typer.Option("--output", "-o", help="The .xlsx to write.")],
    force: Annotated[bool, typer.Option(help="Write over a file that is there.")] = False,
) -> None:
    """Write a workbook for senders to fill in: headings, lists to choose from, explanations."""
    from health_warehouse.feeds.catalogue import contract_of
    from health_warehouse.feeds.template import template
    from health_warehouse.readers.value_checks import listed_codes

    contract = contract_of(get_settings(), feed)
    if not contract.is_of_rows:
        raise typer.BadParameter(f"{feed} is no feed of rows")
    _write(output, template(contract, listed_codes), force=force)


def new(
    feed: Annotated[str, typer.Argument(help="The name of the new feed: small letters and _.")],
    example: Annotated[Path, typer.Option("--from", help="A file of the feed.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write it; without, print it.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Write over a file that is there.")] = False,
) -> None:
    """Begin a contract from a file: labels, types and what is always filled are guessed."""
    from health_warehouse.landing.guessed_contract import guessed_contract
    from health_warehouse.readers.protocol import Bounds

    settings = get_settings()
    bounds = Bounds(settings.max_file_bytes, settings.max_dossier_bytes)
    text = guessed_contract(feed, example, bounds)
    if output is None:
        typer.echo(text, nl=False)
    else:
        _write(output, text.encode(), force=force)


def _write(path: Path, content: bytes, *, force: bool) -> None:
    if path.exists() and not force:
        raise typer.BadParameter(f"{path} is there already: name another file, or add --force")
    try:
        path.write_bytes(content)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written ({error.strerror})") from None
    typer.echo(f"written: {path}")


def _print(trial: DryRun) -> None:
    from health_warehouse.quality.reasons_vi import in_vietnamese

    if trial.found:
        print_rows(
            _COLUMNS,
            [
                [
                    _DOES[one.severity],
                    one.sheet,
                    one.cell,
                    one.field,
                    one.rule,
                    in_vietnamese(one.reason),
                ]
                for one in trial.found[:_SHOWN]
            ],
        )
    more = max(len(trial.found) - _SHOWN, 0) + trial.not_shown
    if more:
        typer.echo(f"… and {more} more")
    if trial.refusal is not None:
        typer.echo(f"refused: {trial.refusal}")
        return
    counts = trial.severities
    typer.echo(
        f"{trial.rows} rows, {trial.set_aside} would be set aside, {counts['flag_line']} flags; "
        f"{trial.passed_over} rows that are none of the list; "
        f"lists: {', '.join(trial.partitions) or 'none'}"
    )


def _as_json(trial: DryRun) -> dict[str, object]:
    from health_warehouse.quality.reasons_vi import in_vietnamese

    return {
        "rows": trial.rows,
        "set_aside": trial.set_aside,
        "passed_over": trial.passed_over,
        "partitions": list(trial.partitions),
        "refusal": trial.refusal,
        "found": [{**one._asdict(), "reason_vi": in_vietnamese(one.reason)} for one in trial.found],
        "not_shown": trial.not_shown,
    }
