"""Commands of quality: what is quarantined, the audit of a build, the rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from health_warehouse.commands.listing import print_rows
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings, get_settings

if TYPE_CHECKING:
    from expectations.rules.rule import Rule

_FINDING = (
    "delivery",
    "facility",
    "dossier",
    "position",
    "table",
    "line",
    "field",
    "rule",
    "severity",
    "reason",
)
_AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON only.")]


def register(app: typer.Typer) -> None:
    """Mount the commands on `app`."""
    app.command()(quarantine)
    app.command()(audit)
    app.command()(rules)


def quarantine(
    file: Annotated[
        str | None,
        typer.Option(help="Only this file: as the ledger shows it, its hash, or its name."),
    ] = None,
    rule: Annotated[
        list[str] | None, typer.Option(help="Only this rule, e.g. L01; may be repeated.")
    ] = None,
    facility: Annotated[str | None, typer.Option(help="Only this facility (MACSKCB).")] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="Only files received on this day or later.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="Only files received on this day or earlier.")
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="With names of files: they may be patients'.")
    ] = False,
    xlsx: Annotated[
        Path | None, typer.Option(help="Write a workbook for the sender, in Vietnamese.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the same as CSV (UTF-8).")] = None,
    each_facility: Annotated[
        Path | None,
        typer.Option(help="Write a workbook for each facility into this folder: its rows only."),
    ] = None,
    as_json: _AS_JSON = False,
) -> None:
    """List what was refused, quarantined or flagged: where, by which rule, and why.

    With --xlsx, --csv or --each-facility it is written to files, mode 0600, with what each rule
    asks and what to do. A file for a sender needs --facility: without it, it holds rows of all.
    """
    from health_warehouse.landing import findings
    from health_warehouse.landing.scope import Scope
    from health_warehouse.landing.senders import require_sender

    settings = get_settings()
    require_sender(settings, facility)
    found = findings.entries(
        settings,
        file=file,
        rule_ids=rule or (),
        scope=Scope.of(facility, first, last),
        with_names=names,
    )
    for one in rule or ():
        if not any(entry["rule"] == one for entry in found):  # a former rule's are still listed
            _require_rule(settings, one)
    if xlsx or csv or each_facility:
        _write_files(settings, found, xlsx, csv, each_facility, as_json)
    elif as_json:
        _print_json(found)
    else:
        columns = ("file", *_FINDING) if names else _FINDING
        print_rows(columns, [[entry.get(name) for name in columns] for entry in found])


def _write_files(
    settings: Settings,
    found: list[dict[str, Any]],
    xlsx: Path | None,
    csv: Path | None,
    each_facility: Path | None,
    as_json: bool,
) -> None:
    from health_warehouse.quality import sender_files

    rules = _rules(settings)
    written = []
    if xlsx:
        sender_files.write_xlsx(xlsx, found, rules)
        written.append(xlsx)
    if csv:
        sender_files.write_csv(csv, found, rules)
        written.append(csv)
    if each_facility:
        written += sender_files.write_each_facility(each_facility, found, rules).values()
    facilities = sorted({str(entry["facility"] or "unknown") for entry in found})
    if as_json:
        files = [str(path) for path in written]
        _print_json({"findings": len(found), "facilities": facilities, "files": files})
        return
    typer.echo(f"{len(found)} findings written to {', '.join(map(str, written)) or 'no file'}")
    if len(facilities) > 1 and (xlsx or csv):
        typer.echo(
            f"of {len(facilities)} facilities: for yourselves, not for a sender; --facility and "
            "--each-facility write the rows of one"
        )


def audit(
    build_id: Annotated[
        int | None, typer.Option("--build", help="The build; default: the newest.")
    ] = None,
    as_json: _AS_JSON = False,
) -> None:
    """Judge the candidate by the promises to readers. Exit code 1 when the release is held."""
    from health_warehouse.quality import marts

    report = marts.audit(get_settings(), build_id, with_dossier_ids=True)
    results = [
        {
            "rule": outcome.rule.id,
            "state": outcome.state,
            "severity": outcome.rule.severity.value,
            "checked_count": outcome.checked_count,
            "failed_count": outcome.failed_count,
            "seconds": round(outcome.seconds, 3),
            "sentence": outcome.rule.sentence_en,
        }
        for outcome in report.outcomes
    ]
    if as_json:
        _print_json({"build_id": report.build_id, "status": report.status, "rules": results})
        return
    columns = ("rule", "state", "severity", "checked_count", "failed_count", "sentence")
    print_rows(columns, [[result[name] for name in columns] for result in results])
    typer.echo(f"build {report.build_id}: {report.status}")


def rules(as_json: _AS_JSON = False) -> None:
    """List every rule: what it says, where it comes from, what happens when it fails."""
    from health_warehouse.quality.rules_page import described

    found = described(list(_rules(get_settings()).values()))
    if as_json:
        _print_json(found)
        return
    columns = ("id", "severity", "category", "owner", "sentence_vi", "sentence_en")
    table = Table(*columns)
    for row in found:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in columns))
    Console().print(table)


def _rules(settings: Settings) -> Mapping[str, Rule]:
    """Every rule, those of contracts too."""
    from health_warehouse.feeds.catalogue import catalogue
    from health_warehouse.quality.rules import all_rules

    return all_rules(catalogue(settings))


def _require_rule(settings: Settings, rule_id: str) -> None:
    if rule_id not in _rules(settings):
        raise ConfigurationError(f"there is no rule {rule_id}: `warehouse rules` lists them")


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
