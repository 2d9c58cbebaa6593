"""Commands of feeds: what is taken in, by contracts. Only what is owed needs a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from health_warehouse.commands import feed_files
from health_warehouse.commands.feed_status import status
from health_warehouse.commands.listing import print_rows
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import get_settings

_AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
_FEED = Annotated[str, typer.Argument(help="Its name, as the list of feeds shows it.")]
_COLUMNS = ("feed", "mode", "owner", "rhythm", "title")


def register(app: typer.Typer) -> None:
    """Mount the commands on `app`."""
    group = typer.Typer(invoke_without_command=True)
    group.callback()(list_by_default)
    group.command("list")(list_feeds)
    group.command("show")(show)
    group.command("validate")(validate)
    group.command("export")(export)
    group.command("suite")(suite)
    group.command("status")(status)
    feed_files.register(group)
    app.add_typer(group, name="feeds")


def list_by_default(context: typer.Context, as_json: _AS_JSON = False) -> None:
    """Feeds: what is taken in, each described by a contract. Without a command: list them."""
    if context.invoked_subcommand is None:
        list_feeds(as_json)


def list_feeds(as_json: _AS_JSON = False) -> None:
    """List the feeds of this warehouse: ours, and those of the folder WAREHOUSE_FEEDS."""
    from health_warehouse.feeds.catalogue import catalogue
    from health_warehouse.feeds.in_words import rhythm

    contracts = catalogue(get_settings()).values()
    found: list[dict[str, Any]] = [
        {
            "feed": contract.feed,
            "mode": contract.mode,
            "owner": contract.owner,
            "rhythm": rhythm(contract),
            "title": f"{contract.title.en} | {contract.title.vi}",
            "contract": str(contract.path),
            "overridden": sorted(contract.overridden),
        }
        for contract in contracts
    ]
    if as_json:
        _print_json(found)
        return
    print_rows(_COLUMNS, [[entry[name] for name in _COLUMNS] for entry in found])


def show(feed: _FEED, as_json: _AS_JSON = False) -> None:
    """Say what the contract of a feed says: files, keys, rhythm, and every column."""
    from health_warehouse.feeds.catalogue import contract_of
    from health_warehouse.feeds.in_words import COLUMN_HEADS, column_cells, lines_of
    from health_warehouse.feeds.in_words import as_json as values

    contract = contract_of(get_settings(), feed)
    if as_json:
        _print_json(values(contract))
        return
    print_rows(("what", "the contract says"), list(lines_of(contract)))
    for table in contract.tables:
        typer.echo(f"\nraw.{table.raw_table}: one row per {table.grain.en} | {table.grain.vi}")
        print_rows(COLUMN_HEADS, [column_cells(column) for column in table.columns])


def validate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Contracts, or folders of them; without, all of this warehouse."),
    ] = None,
    as_json: _AS_JSON = False,
) -> None:
    """Say everything that is wrong in contracts, by file and line. Exit code 1 when anything is.

    A file that has the name of one of our feeds is read as one that changes single keys of it.
    """
    from health_warehouse.feeds.catalogue import examine, examine_paths, problems_of_ours

    folder = get_settings().feeds
    read = examine_paths(paths, folder) if paths else examine(folder)
    problems = [*read.problems, *([] if paths else problems_of_ours())]
    if as_json:
        told = [
            {"path": str(one.path), "line": one.line, "message": one.message} for one in problems
        ]
        _print_json({"right": sorted(read.contracts), "problems": told})
    else:
        for problem in problems:
            typer.echo(str(problem))
        if not problems:
            typer.echo(f"right: {', '.join(sorted(read.contracts)) or 'there is no contract here'}")
    if problems:
        raise typer.Exit(1)


def export(
    feed: _FEED,
    odcs: Annotated[
        bool, typer.Option("--odcs", help="As the Open Data Contract Standard has it, in YAML.")
    ] = False,
) -> None:
    """Print the contract of a feed in the form of a standard, for other tools."""
    from health_warehouse.feeds.catalogue import contract_of
    from health_warehouse.feeds.odcs import odcs_yaml

    if not odcs:
        raise typer.BadParameter("say in which form: --odcs")
    typer.echo(odcs_yaml(contract_of(get_settings(), feed)), nl=False)


def suite(feed: _FEED) -> None:
    """Print the rules of a list as a suite of Great Expectations, in JSON."""
    from health_warehouse.feeds.catalogue import contract_of
    from health_warehouse.quality.runner import suite_of_feed

    contract = contract_of(get_settings(), feed)
    if not contract.is_of_rows:
        raise ConfigurationError(
            f"{feed} is no list: its rules are written by hand, and `warehouse rules` says them"
        )
    _print_json(suite_of_feed(contract))


def _print_json(told: Any) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
