"""Commands for claim files: take them in, read the ledger."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from health_warehouse.commands.ahead import tell_ahead
from health_warehouse.commands.listing import print_rows
from health_warehouse.moments import to_second
from health_warehouse.settings import get_settings

if TYPE_CHECKING:
    from health_warehouse.landing.delivery import Delivery, ReceivedAt
    from health_warehouse.landing.inbox import Listing

_LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
_REFUSED_SHOWN = 20
_WIDTH_OF_A_FILE = 200  # columns, when the table does not go to a terminal
_AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON only.")]


def register(app: typer.Typer) -> None:
    """Mount the commands on `app`."""
    sources = typer.Typer(no_args_is_help=True, help="Take in files of a source.")
    sources.command("claims")(ingest_claims)
    app.add_typer(sources, name="ingest")
    app.command()(reingest)
    app.command()(replay)
    app.command()(ledger)


def ingest_claims(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders or fsspec URLs; none: the inbox.", show_default=False),
    ] = None,
    received_at: Annotated[
        str | None,
        typer.Option(
            help="When the files count as received: an ISO time (local when it names no zone), or "
            "`declared` for NGAYLAP. Otherwise their modification time.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be loaded.")] = False,
    as_json: _AS_JSON = False,
) -> None:
    """Load insurance claim files (XML1-XML15 in GIAMDINHHS) and check them at the door.

    A file that is refused, and a dossier that is quarantined, is an outcome (exit code 0).
    """
    from health_warehouse.landing.inbox import look

    settings = get_settings()
    received = _received_at(received_at)
    listing = look(settings, paths or (), received)
    tell_ahead(listing.ahead)
    if dry_run:
        _show_deliveries(listing, as_json)
        return
    _ingest(listing, received, as_json)


def reingest(
    facility: Annotated[
        str | None, typer.Option(help="Only files of this facility (MACSKCB).")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="Only files received on this day or later.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="Only files received on this day or earlier.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Parse, and say what would change.")
    ] = False,
    as_json: _AS_JSON = False,
) -> None:
    """Read archived files again with today's parser and rules, in place of what was read before.

    Days are such as 2026-01-31, local and included. The next build takes up what changed.
    """
    from health_warehouse.landing import read_again
    from health_warehouse.landing import reingest as again
    from health_warehouse.landing.scope import Scope
    from health_warehouse.landing.senders import require_sender

    settings, scope = get_settings(), Scope.required(facility, first, last)
    require_sender(settings, scope.facility_id)
    if dry_run:
        changes = read_again.preview(settings, scope)
        _show_changes({name: asdict(change) for name, change in changes.items()}, as_json)
        return
    console = Console(stderr=True, soft_wrap=True)
    report = again.reingest(settings, scope, progress=console.print)
    if as_json:
        typer.echo(json.dumps(asdict(report), indent=1))
        return
    typer.echo(
        f"{report.files} files read again, {report.left} left as they were; "
        f"{report.refused_files} refused, {report.quarantined_dossiers} dossiers quarantined, "
        f"{report.changed_dossiers} dossiers for the next build"
    )


def replay(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many receipts there are; load nothing.")
    ] = False,
    as_json: _AS_JSON = False,
) -> None:
    """Load what the archive holds and this warehouse lacks, as it was received and first seen."""
    from health_warehouse.landing import replay as replays

    settings = get_settings()
    if dry_run:
        found = replays.replayable(settings)
        counts = {"receipts": len(found.receipts), "missing": found.missing}
        told = f"{counts['receipts']} receipts, {found.missing} more without their bytes"
        typer.echo(json.dumps(counts, indent=1) if as_json else told)
        return
    report = replays.replay(settings)
    if as_json:
        typer.echo(json.dumps(asdict(report), indent=1, ensure_ascii=False))
    else:
        _show_report(asdict(report))


def ledger(
    status: Annotated[
        str | None, typer.Option(help="Only `loaded`, `refused`, `not_taken` or `duplicate`.")
    ] = None,
    file: Annotated[
        str | None,
        typer.Option(help="Only this file: as shown here, its hash, or its name or location."),
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="With names of files: they may be patients'.")
    ] = False,
    as_json: _AS_JSON = False,
) -> None:
    """Every file received, and where its dossiers stand now.

    A file is shown by facility, day and the beginning of its hash. `signed` says that there is a
    signature; nobody verifies it.
    """
    from health_warehouse.landing.ledger import STATES, STATUSES, entries

    if status is not None and status not in STATUSES:
        raise typer.BadParameter(f"one of {', '.join(STATUSES)}", param_hint="--status")
    found = entries(get_settings(), status, file, with_names=names)
    if as_json:
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    files = ("delivery", "file") if names else ("delivery",)
    last = ("lines", "blank", "kind", "signed", "reason")
    columns = ("received (UTC)", *files, "status", *STATES, *last)
    print_rows(columns, [_ledger_row(entry, files) for entry in found])


def _ledger_row(entry: dict[str, Any], files: tuple[str, ...]) -> list[Any]:
    received = to_second(datetime.fromisoformat(entry["received_at"]))
    counts = entry["dossiers"].values()
    key = (received, *(entry[name] for name in files), entry["status"])
    blank = sum(entry["blank_rows"].values())
    signed = {True: "not verified", False: "no", None: ""}[entry["is_signed"]]
    return [*key, *counts, entry["lines"], blank, entry["kind"], signed, entry["reason"]]


def _show_changes(changes: dict[str, dict[str, int]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"would_read_again": changes}, indent=1))
        return
    if not changes:
        typer.echo("no file was received in that scope: nothing would be read again")
        return
    columns = next(iter(changes.values()))
    table = Table("facility", *(name.replace("_", " ") for name in columns), box=None)
    for facility_id, counts in sorted(changes.items()):
        table.add_row(facility_id or "unknown", *map(str, counts.values()))
    Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE).print(table)


def _received_at(value: str | None) -> ReceivedAt:
    if value is None:
        return None
    if value == "declared":
        return "declared"
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        message = f"{value!r} is neither an ISO time nor `declared`"
        raise typer.BadParameter(message, param_hint="--received-at") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=_LOCAL_TIME)


def _show_deliveries(listing: Listing, as_json: bool) -> None:
    if as_json:
        listed = {"would_load": _described(listing.new), "ahead": _described(listing.ahead)}
        typer.echo(json.dumps(listed, indent=1, ensure_ascii=False))
        return
    for delivery in listing.new:
        typer.echo(delivery.shown)
    typer.echo(f"{len(listing.new)} files would be loaded")


def _described(deliveries: list[Delivery]) -> list[dict[str, Any]]:
    return [{"bytes": d.byte_count, "modified_at": d.modified_at.isoformat()} for d in deliveries]


def _ingest(listing: Listing, received: ReceivedAt, as_json: bool) -> None:
    from health_warehouse.landing.ingest import ingest

    console = Console(stderr=True, soft_wrap=True)
    columns = (TextColumn("loading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=len(listing.new))
        report = ingest(
            get_settings(),
            listing.new,
            received,
            progress=lambda _delivery, _outcome: progress.advance(task),
            unreadable=listing.unreadable,
        )
    if as_json:
        told = {**asdict(report), "ahead": _described(listing.ahead)}
        typer.echo(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        _show_report(asdict(report))


def _show_report(report: dict[str, Any]) -> None:
    outcomes = ", ".join(f"{count} {name}" for name, count in sorted(report["outcomes"].items()))
    typer.echo(f"files: {outcomes or 'nothing new'}")
    for one in report["refused"][:_REFUSED_SHOWN]:
        typer.echo(f"  refused: {one['delivery']}: {one['reason']}")
    if len(report["refused"]) > _REFUSED_SHOWN:
        more = len(report["refused"]) - _REFUSED_SHOWN
        typer.echo(f"  {more} more refused: `warehouse ledger --status refused`")
    for one in report["not_taken"][:_REFUSED_SHOWN]:
        typer.echo(f"  {one['delivery']}: {one['reason']}")
    if len(report["not_taken"]) > _REFUSED_SHOWN:
        more = len(report["not_taken"]) - _REFUSED_SHOWN
        typer.echo(f"  {more} more not taken: `warehouse ledger --status not_taken`")
    for one in report["quarantined"][:_REFUSED_SHOWN]:
        rules = ", ".join(f"{rule} {count}" for rule, count in one["rules"].items())
        typer.echo(
            f"  quarantined: {one['delivery']}: {one['quarantined']} of {one['dossiers']} dossiers"
            f" ({rules})"
        )
    if len(report["quarantined"]) > _REFUSED_SHOWN:
        more = len(report["quarantined"]) - _REFUSED_SHOWN
        typer.echo(f"  {more} more files with quarantined dossiers: `warehouse quarantine`")
    typer.echo(f"read: {report['dossier_count']} dossiers, {report['line_count']} lines")
    typer.echo(
        f"checked: {len(report['file_ids'])} files, {report['refused_files']} of them refused, "
        f"{report['quarantined_dossiers']} dossiers quarantined, {report['findings']} findings, "
        f"{report['changed_dossiers']} dossiers changed"
    )
    if report["waiting"]:
        typer.echo(f"waiting: {report['waiting']} dossiers, for `warehouse decisions list`")
