"""The command of roles: who may do what in Airflow's UI, where its logins are FAB's."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

from health_warehouse.settings import PROJECT_DIR

_SHORTEST_PASSWORD = 12  # characters; this login may do all, and its name is in the guide
_console = Console(stderr=True, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Mount the command on `app`."""
    app.command("airflow-roles")(airflow_roles)


def airflow_roles(
    first_admin: Annotated[
        str,
        typer.Option(
            help="Also make this login, with the role admin, if nobody has that role; "
            "its password is read from standard input."
        ),
    ] = "",
) -> None:
    """Make the roles viewer, operator, approver and admin in Airflow, for the auth manager FAB."""
    password = _read_password() if first_admin else ""
    from health_warehouse.orchestration.roles import make_first_admin, make_roles, read_dags

    for name, changes in make_roles(read_dags(PROJECT_DIR / "dags")).items():
        _console.print(f"role {name}: {changes} changes", highlight=False)
    if first_admin:
        made = make_first_admin(first_admin, password)
        _console.print(f"login {first_admin}: {'made' if made else 'there is an admin already'}")


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\n")
    if len(password) < _SHORTEST_PASSWORD:
        raise typer.BadParameter(f"give a password of at least {_SHORTEST_PASSWORD} characters")
    return password
