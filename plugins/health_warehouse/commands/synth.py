"""`warehouse synth`: write a fictional province to try the warehouse with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from health_warehouse.errors import ConfigurationError
from health_warehouse.synthetic.generator import Summary, generate, plan
from health_warehouse.synthetic.lists.delivering import Written
from health_warehouse.synthetic.lists.province_files import write_province
from health_warehouse.synthetic.options import DEFAULT_START, Options
from health_warehouse.synthetic.world.published import PUBLISHED, published
from health_warehouse.synthetic.world.sizes import Size


def register(app: typer.Typer) -> None:
    """Mount the command on `app`."""
    app.command()(synth)


def synth(
    out: Annotated[Path, typer.Argument(help="Folder to write to, made when missing.")],
    facilities: Annotated[int, typer.Option(min=1, max=900, help="Number of facilities.")] = 6,
    days: Annotated[int, typer.Option(min=1, max=3660, help="Days on which care ends.")] = 10,
    dossiers: Annotated[
        int, typer.Option(min=0, help="Dossiers of the whole province; resends come on top.")
    ] = 1000,
    seed: Annotated[int, typer.Option(help="Another seed, another province.")] = 1,
    defects: Annotated[
        float, typer.Option(min=0, max=1, help="Share of dossiers that get one defect.")
    ] = 0.0,
    start: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=f"First day; {DEFAULT_START} when not given."),
    ] = None,
    lists: Annotated[
        bool,
        typer.Option("--lists", help="Write the lists of the other feeds, and truth.json, too."),
    ] = False,
    world: Annotated[
        str | None,
        typer.Option(
            help="A small world with figures that a province published: "
            f"{', '.join(sorted(PUBLISHED))}. Its size is its own; lists are written."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the facilities and write nothing.")
    ] = False,
) -> None:
    """Write a fictional province: claim and check-in files in the real format, and labels.csv.

    Files are OUT/<facility>/<facility>_<yyyymmdd>_<n>.xml, some packed as .gz or .zip; n = 0 is the
    day's check-ins. Their modification time is the receipt. The same options write the same bytes
    on any machine. labels.csv names every injected defect, feed_labels.csv those of lists.
    """
    first = start.date() if start else DEFAULT_START
    try:
        options = Options(facilities, days, dossiers, seed, defects, first)
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    size = published(world) if world else Size(options) if lists else None
    options = size.claims if size else options
    console = Console(stderr=True)
    if dry_run:
        Console().print(_planned(options))
        return
    columns = (
        TextColumn("writing dossiers"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=options.dossiers or None)
        province = None
        if size is None:
            summary = generate(out, options, lambda count: progress.advance(task, count))
        else:
            province = write_province(out, size, lambda count: progress.advance(task, count))
            summary = province.claims
        progress.update(task, total=summary.dossiers, completed=summary.dossiers)
    said = Console(soft_wrap=True)
    said.print(_written(out, summary), markup=False, highlight=False)
    if province is not None:
        said.print(_listed(province.lists), markup=False, highlight=False)


def _planned(options: Options) -> Table:
    table = Table("facility", "name", "tier", title="Nothing is written (dry run)")
    table.add_column("dossiers", justify="right")
    for line in plan(options):
        table.add_row(line.facility_id, line.name, line.tier, f"{line.dossiers:,}")
    return table


def _written(out: Path, summary: Summary) -> str:
    return (
        f"{out}: {summary.files:,} claim files (and {summary.copies:,} copies), "
        f"{summary.check_in_files:,} check-in files, "
        f"{summary.dossiers:,} dossier versions, {summary.lines:,} lines, "
        f"{summary.defects.total():,} labelled defects (labels.csv)"
    )


def _listed(written: Written) -> str:
    feeds = ", ".join(
        f"{feed} {written.files[feed]} ({written.rows[feed]:,} rows)" for feed in written.files
    )
    return (
        f"lists: {feeds}; {written.defects.total():,} labelled defects (feed_labels.csv); "
        "what is true: truth.json"
    )
