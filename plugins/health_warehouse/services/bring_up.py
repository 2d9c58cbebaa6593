"""`up` and `down`: all services of a state folder, in order, under its lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from health_warehouse.alerting.channels import channels
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.migrate import migrate
from health_warehouse.database.upgrades import pending
from health_warehouse.errors import ConfigurationError
from health_warehouse.privacy.known_key import wrong_key
from health_warehouse.privacy.person_key import load_person_key
from health_warehouse.services import alert_sender, ports, postgres, state
from health_warehouse.services.airflow import Airflow, PortLost, metadata_url
from health_warehouse.services.secret_files import (
    airflow_secrets,
    write_login_file,
)
from health_warehouse.services.state import Say
from health_warehouse.settings import Settings


def up(settings: Settings, say: Say) -> Airflow:
    """Start what does not run, bring both databases up to date, wait until everything is healthy.

    Idempotent, and safe to call twice at once. Raises ConfigurationError, saying what to do.
    """
    if settings.dsn is None and settings.dsn_conn_id:
        raise ConfigurationError(
            "WAREHOUSE_DSN_CONN_ID is for the tasks of an Airflow of your own; here the services "
            "themselves need to know where the warehouse is: set WAREHOUSE_DSN, or neither"
        )
    channels(settings)  # set up by half, alerts would not go out, and nobody would know
    state.prepare(settings)
    with state.locked(settings, say):
        secrets = airflow_secrets(settings)
        write_login_file(settings, secrets)
        load_person_key(settings)  # makes it for a new warehouse
        if postgres.is_needed(settings):
            postgres.start(settings, secrets, say)
        migrate(settings)
        _warn_of_wrong_key(settings, say)
        _require_upgraded(settings)
        state.want(settings)
        try:
            return _start_airflow(settings, say)
        finally:  # all the more when Airflow is not well: a DAG that does not load, say
            alert_sender.start(settings, say)


@contextmanager
def database_only(settings: Settings, say: Say) -> Iterator[None]:
    """Our Postgres runs and its schema is of this version, and nothing else of this state folder
    runs: for work that must be alone. Raises ConfigurationError while Airflow runs.
    """
    with state.locked(settings, say):
        secrets = airflow_secrets(settings)
        if any(daemon.is_running() for daemon in airflow(settings).daemons()):
            raise ConfigurationError("Airflow runs: `warehouse down` first")
        if postgres.is_needed(settings):
            postgres.start(settings, secrets, say)
        migrate(settings)
        yield


def _require_upgraded(settings: Settings) -> None:
    """Postgres runs then, so that a backup can be taken; Airflow does not start."""
    with engine(settings, OWNER).connect() as connection:
        due = pending(connection)
    if due:
        raise ConfigurationError(
            "Postgres runs, Airflow was not started: the data of this warehouse are those of an "
            "older version. Take a backup, then `warehouse upgrade` (docs/operations/upgrade.md); "
            "`warehouse upgrade --dry-run` says what it will do"
        )


def _warn_of_wrong_key(settings: Settings, say: Say) -> None:
    """Readers are served without the person key; who loads is refused."""
    with engine(settings, OWNER).connect() as connection:
        if wrong := wrong_key(connection, settings):
            say(f"warning: nothing can be loaded: {wrong}")


def _start_airflow(settings: Settings, say: Say) -> Airflow:
    """Start it on a free port; on the next one when another warehouse, starting too, was faster."""
    for is_last in (False, False, True):
        running = any(daemon.is_running() for daemon in airflow(settings).daemons())
        ports.claim(settings, ports.AIRFLOW, running, say)
        service = airflow(settings)
        try:
            service.start(say)
        except PortLost:
            if is_last:
                raise
            service.stop()
        else:
            break
    return service


def down(settings: Settings, say: Say) -> None:
    """Stop everything that `up` started. What was being done is done again after the next `up`."""
    if not (settings.state / "run").is_dir():
        say(f"nothing was ever started in {settings.state}")
        return
    with state.locked(settings, say):
        state.want_no_more(settings)
        alert_sender.stop(settings)  # first: that Airflow ends is not to be told
        say("stopping Airflow")
        airflow(settings).stop()
        if postgres.is_needed(settings):
            say("stopping Postgres")
            postgres.server(settings).stop()


def airflow(settings: Settings) -> Airflow:
    """Airflow of this state folder, running or not."""
    secrets = airflow_secrets(settings)
    server = postgres.server(settings) if postgres.is_needed(settings) else None
    port = ports.remembered(settings, ports.AIRFLOW) or ports.AIRFLOW.usual_port
    return Airflow(settings, secrets, metadata_url(settings, secrets, server), port)
