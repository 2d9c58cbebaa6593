"""`warehouse metrics`: indicators by any group of facilities and time, by MetricFlow."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from health_warehouse.commands.listing import print_rows
from health_warehouse.settings import get_settings

_AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
_ANY = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


def register(app: typer.Typer) -> None:
    """Mount the commands on `app`."""
    group = typer.Typer(help="Indicators as metrics (MetricFlow).", no_args_is_help=True)
    group.command("list")(list_metrics)
    group.command("query")(query)
    group.command("mf", context_settings=_ANY)(mf)
    app.add_typer(group, name="metrics")


def list_metrics(as_json: _AS_JSON = False) -> None:
    """Every metric, its unit, and whether it is added up or answered as it is stored."""
    from health_warehouse.indicators.catalogue import indicators
    from health_warehouse.indicators.semantic_models import is_added_up, metric_name

    told = [
        {
            "metric": metric_name(one),
            "answer": "added up" if is_added_up(one) else "stored",
            "unit": one.unit,
            "name": {"vi": one.name.vi, "en": one.name.en},
        }
        for one in indicators()
    ]
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    columns = ("metric", "answer", "unit", "what it is")
    print_rows(
        columns,
        [
            (metric_name(one), "added up" if is_added_up(one) else "stored", one.unit, one.name.en)
            for one in indicators()
        ],
    )


def query(
    metrics: Annotated[str, typer.Option(help="Names, with commas between them.")],
    group_by: Annotated[
        str, typer.Option(help="metric_time__month, facility, facility__province …, with commas.")
    ] = "",
    where: Annotated[
        list[str] | None,
        typer.Option(help="A condition, as {{ Dimension('facility__facility_id') }} = '…'."),
    ] = None,
    order: Annotated[str, typer.Option(help="What to sort by; -name for downwards.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="So many rows at most.")] = None,
    as_json: _AS_JSON = False,
) -> None:
    """Ask metrics of the published marts by `mf query`, as a plain reader."""
    from health_warehouse.release.metrics import Asked
    from health_warehouse.release.metrics import query as ask

    asked = Asked(_names(metrics), _names(group_by), where or (), _names(order), limit)
    answer = ask(get_settings(), asked)
    if as_json:
        told = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    print_rows(answer.columns, answer.rows)
    if not answer.rows:
        typer.echo("(no row)")


def mf(context: typer.Context) -> None:
    """Run any command of MetricFlow: `warehouse metrics mf list dimensions --metrics alos_days`."""
    from health_warehouse.release.metrics import run_mf

    raise typer.Exit(run_mf(get_settings(), context.args, is_shown=True).returncode)


def _names(text: str) -> list[str]:
    return [name for one in text.split(",") if (name := one.strip())]
