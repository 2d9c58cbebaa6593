"""`warehouse …`: the same functions as the tasks of the DAGs, for a terminal."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from sqlalchemy.exc import OperationalError

from health_warehouse.commands import (
    airflow_cli,
    alerts,
    ask,
    backup,
    claims,
    decisions,
    documents,
    feeds,
    keys,
    maintenance,
    metrics,
    quality,
    readers,
    release,
    roles,
    services,
    synth,
    upgrade,
)
from health_warehouse.errors import ReleaseHeld, WarehouseError
from health_warehouse.telling import lines_of_code, reason, told

app = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
for module in (
    services, claims, feeds, quality, decisions, release, ask, metrics, readers, roles, synth,
    alerts, backup, maintenance, keys, airflow_cli, upgrade, documents,
):  # fmt: skip
    module.register(app)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"health-warehouse {version('health-warehouse')}")
        raise typer.Exit


@app.callback()
def options(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """The same functions as the tasks of the DAGs, for a terminal."""


def main() -> None:
    """Run a command. An expected error is told on stderr, without a trace, with exit code 1.

    Any other is told with its lines of code, and without the values that its message may hold:
    what a terminal shows may be the log of a timer.
    """
    try:
        app()
    except ReleaseHeld as error:
        _fail(f"{error}\nrunbook: docs/runbooks/release_held.md")
    except WarehouseError as error:
        _fail(str(error))
    except OperationalError as error:  # the server is down, or was while we asked
        why = reason(error)
        _fail(f"the database cannot be reached: {why}; see `warehouse status`, `warehouse up`")
    except Exception as error:
        _fail(f"{told(error)}\n{lines_of_code(error)}")


def _fail(message: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(f"error: {message}", style="red", markup=False)
    sys.exit(1)
