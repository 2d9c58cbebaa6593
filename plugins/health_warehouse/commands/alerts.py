"""Commands of alerts: send them, list them, see that the sender lives."""

from __future__ import annotations

import json
import logging
import signal
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from health_warehouse.moments import to_second
from health_warehouse.settings import Settings, get_settings

if TYPE_CHECKING:
    from health_warehouse.alerting.sender import Airflow

_AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON only.")]


def register(app: typer.Typer) -> None:
    """Mount the commands on `app`."""
    group = typer.Typer(help="What people are told of failures.", no_args_is_help=True)
    group.command("send")(send)
    group.command("list")(list_alerts)
    group.command("check")(check)
    group.command("test")(test)
    app.add_typer(group, name="alerts")


def send(
    once: Annotated[bool, typer.Option("--once", help="One pass, then end.")] = False,
) -> None:
    """Read states and send what is due, every ten seconds. `warehouse up` starts it."""
    from health_warehouse.alerting.sender import Sender

    settings = get_settings()
    # Ours alone: httpx, for one, tells at level INFO addresses, which may hold secrets.
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("health_warehouse").setLevel(logging.INFO)
    sender = Sender(settings, lambda: _airflow(settings))
    if once:
        typer.echo(f"{sender.pass_once()} messages sent")
        return
    asked_to_end = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_end.set())
    sender.run(asked_to_end)


def list_alerts(
    with_resolved: Annotated[bool, typer.Option("--all", help="Resolved ones, too.")] = False,
    as_json: _AS_JSON = False,
) -> None:
    """Open alerts, and whether they were told."""
    from health_warehouse.alerting.listing import entries

    found = entries(get_settings(), with_resolved)
    if as_json:
        typer.echo(json.dumps(found, indent=1, default=str, ensure_ascii=False))
        return
    table = Table("alert", "state", "what", "failures", "first seen (UTC)", "told", box=None)
    for one in found:
        sent = sum(delivery["sent_at"] is not None for delivery in one["deliveries"])
        table.add_row(
            str(one["alert_id"]),
            one["state"],
            one["title"],
            str(one["occurrence_count"]),
            to_second(one["opened_at"]),
            f"{sent} of {len(one['deliveries'])}" if one["deliveries"] else "nobody",
        )
    Console().print(table)


def check(
    alive: Annotated[
        bool, typer.Option("--alive", help="Only whether the sender lives: for what restarts it.")
    ] = False,
    as_json: _AS_JSON = False,
) -> None:
    """Exit code 1 when the sender has not done a pass for two minutes, or messages are stuck."""
    from health_warehouse.alerting.health import health

    now = health(get_settings())
    if as_json:
        typer.echo(json.dumps(now.as_json()))
    elif now.age_seconds is None:
        typer.echo("the sender has never run")
    else:
        stuck = f", {now.stuck_count} messages do not get through" if now.stuck_count else ""
        typer.echo(f"last heartbeat {now.age_seconds:.0f} s ago{stuck}")
    if not (now.is_beating if alive else now.is_well):
        raise typer.Exit(1)


def test() -> None:
    """Send a test message by every channel that the settings name."""
    from health_warehouse.alerting.trial import send_trial

    settings = get_settings()
    outcomes = send_trial(settings, _airflow(settings).url)
    for target, error in outcomes.items():
        typer.echo(f"{target}: {error or 'sent'}")
    if not outcomes:
        typer.echo("no channel is set up: see WAREHOUSE_ALERT_TO and WAREHOUSE_ALERT_WEBHOOK_URL")
    if not outcomes or any(outcomes.values()):
        raise typer.Exit(1)


def _airflow(settings: Settings) -> Airflow:
    from health_warehouse.alerting.sender import Airflow
    from health_warehouse.services.bring_up import airflow

    found = airflow(settings)
    return Airflow(found.metadata, found.url)
