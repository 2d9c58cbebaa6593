"""The command that is Airflow's own, for the Airflow of this state folder.

Typed as it is, `airflow` looks into ~/airflow, where nothing of ours is: it makes a new home there,
and what it is told reaches nobody.
"""

from __future__ import annotations

import os
import sys

import typer

from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import get_settings, inherited_environment

# All that is typed is Airflow's, `--help` too.
_AS_TYPED = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "allow_interspersed_args": False,
    "help_option_names": [],
}


def register(app: typer.Typer) -> None:
    """Mount the command on `app`."""
    app.command("airflow", context_settings=_AS_TYPED)(airflow)


def airflow(context: typer.Context) -> None:
    """Airflow's own commands (`warehouse airflow dags list`), told where our Airflow is."""
    from health_warehouse.child_environment import Child
    from health_warehouse.services.airflow_environment import airflow_home
    from health_warehouse.services.bring_up import airflow as service_of

    settings = get_settings()
    if not airflow_home(settings).is_dir():
        raise ConfigurationError(
            f"no Airflow in {settings.state}: run `warehouse up`; in a container, type `airflow …`"
        )
    environment = inherited_environment() | service_of(settings).environment(Child.TASKS)
    os.umask(0o077)  # as for its services: what it writes holds secrets and names of files
    os.execve(  # noqa: S606 - no shell; Airflow's exit code and signals become ours
        sys.executable, [sys.executable, "-m", "airflow", *context.args], environment
    )
