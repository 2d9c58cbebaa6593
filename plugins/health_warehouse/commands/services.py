"""Commands for the machine: start, stop, look, connect, migrate, demonstrate."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from health_warehouse.database.connections import OWNER
from health_warehouse.database.roles import ROLES
from health_warehouse.errors import WarehouseError
from health_warehouse.settings import get_settings

_AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
_MISSING_SHOWN = 10
_console = Console(stderr=True, soft_wrap=True)


def _say(message: str) -> None:
    _console.print(message, markup=False, highlight=False)


def register(app: typer.Typer) -> None:
    """Mount the commands on `app`."""
    for command in (up, down, status, doctor, dsn, migrate, demo):
        app.command()(command)


def up() -> None:
    """Start Postgres, Airflow and the sender of alerts; wait until all is healthy."""
    from health_warehouse.services.bring_up import up as bring_up

    service = bring_up(get_settings(), _say)
    _say(f"up: {service.url} (user admin, password in {get_settings().secrets_dir})")


def down() -> None:
    """Stop Postgres, Airflow and the sender of alerts. Data stay."""
    from health_warehouse.services.bring_up import down as bring_down

    bring_down(get_settings(), _say)
    _say("down")


def status(as_json: _AS_JSON = False) -> None:
    """What runs, with process ids, ports, versions, number of DAGs, and the published release.

    Exit code 1 when there is no warehouse, its database does not answer, or something does not run
    that `warehouse up` started and `warehouse down` did not stop.
    """
    from health_warehouse.services.status import amiss
    from health_warehouse.services.status import status as read_status

    settings = get_settings()
    now = read_status(settings)
    if as_json:
        typer.echo(json.dumps(now, indent=1))
    else:
        _show(now)
    if settings.dsn is not None and now["database_error"] is not None:
        raise WarehouseError(f"WAREHOUSE_DSN cannot be reached: {now['database_error']}")
    if wrong := amiss(now):
        raise WarehouseError(
            f"{'; '.join(wrong)}: `warehouse doctor` says more, `warehouse up` starts"
        )


def _show(now: dict[str, Any]) -> None:
    table = Table("service", "state", "pid", "port", box=None, pad_edge=False)
    for service in now["services"]:
        state = "running" if service["is_running"] else "stopped"
        table.add_row(service["name"], state, str(service["pid"] or ""), str(service["port"] or ""))
    out = Console(soft_wrap=True)
    out.print(table)
    if "airflow" in now:
        release = now["release"]
        count = now["dag_count"]
        dags = "its database does not answer" if count is None else f"{count} DAGs"
        out.print(f"\nAirflow   {now['airflow']['url']}, {dags}", highlight=False)
        is_known = now["alerts"]["open_count"] is not None
        told = release["release_id"] if release else "none yet" if is_known else "unknown"
        out.print(f"release   {told}", highlight=False)
        if now["hold"]:
            out.print(f"hold      {now['hold']['message']}", markup=False, highlight=False)
        out.print(f"alerts    {_alerts(now['alerts'])}", highlight=False)
        if silent := now["silent_facilities"]:
            out.print(f"silent    {', '.join(silent)} stopped sending claims", highlight=False)
        if files := now["waiting"]:
            told = ", ".join(f"{count} of {feed}" for feed, count in files.items())
            out.print(f"inbox     {told} to be taken in", highlight=False)
        for one in (now["missing_deliveries"] or ())[-_MISSING_SHOWN:]:
            told = f"{one['feed']} of {one['period']}: {one['count']} have not sent it"
            out.print(f"missing   {told}", highlight=False)
    out.print(f"state     {now['state']}", highlight=False)


def doctor(as_json: _AS_JSON = False) -> None:
    """What is wrong with this warehouse, and the remedy; exit code 1 when work is at risk."""
    from health_warehouse.doctor.examine import CHECKS, examine

    findings = examine(get_settings(), None if as_json else _say)
    if as_json:
        typer.echo(json.dumps([finding.as_dict() for finding in findings], indent=1))
    for finding in () if as_json else findings:
        typer.echo(f"{finding.level}: {finding.what}\n    remedy: {finding.remedy}")
    if not findings and not as_json:
        typer.echo(f"nothing found by {len(CHECKS)} checks (version {version('health-warehouse')})")
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(1)


def _alerts(alerts: dict[str, Any]) -> str:
    count, age = alerts["open_count"], alerts["heartbeat_age_seconds"]
    told = "never" if age is None else f"{age:.0f} s ago"
    return f"{'?' if count is None else count} open; the sender's last pass was {told}"


def dsn(
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}, {OWNER}, or a reader.")],
    as_json: _AS_JSON = False,
) -> None:
    """The URL, password included, by which ROLE connects."""
    from health_warehouse.database.connections import dsn as role_dsn

    value = role_dsn(get_settings(), role)
    typer.echo(json.dumps({"role": role, "dsn": value}) if as_json else value)


def migrate() -> None:
    """Bring roles, tables and grants of the warehouse's database to the present version."""
    from health_warehouse.database.migrate import migrate as run_migrations

    run_migrations(get_settings())
    _say("migrated")


def demo() -> None:
    """Start everything, deliver a small synthetic province, watch the scheduler publish it."""
    from health_warehouse.demo.demonstration import demo as run_demo

    run_demo(get_settings(), Console())
