"""The process that sends alerts: ours, not Airflow, whose death it must tell."""

from __future__ import annotations

import sys
from pathlib import Path

from health_warehouse.child_environment import Child, passed_on, settings_for
from health_warehouse.services import daemons
from health_warehouse.services.daemons import Daemon
from health_warehouse.services.state import Say
from health_warehouse.settings import Settings

NAME = "alert-sender"


def alert_sender(settings: Settings) -> Daemon:
    """The sender of this state folder, running or not."""
    return Daemon(
        name=NAME,
        command=(str(Path(sys.executable).with_name("warehouse")), "alerts", "send"),
        folder=settings.state / "run",
        log=settings.logs_dir / f"{NAME}.log",
        cwd=settings.state,
        environment=settings_for(Child.ALERT_SENDER, settings),
        grace_seconds=15,  # it ends after the message that it is sending
    )


def start(settings: Settings, say: Say) -> None:
    """Start it unless it runs; anew when the settings have changed."""
    daemon = alert_sender(settings)
    if daemon.is_running() and daemon.has_other_environment():
        say("settings have changed: restarting the sender of alerts")
        daemons.stop([daemon])
    elif not daemon.is_running():
        say("starting the sender of alerts")
    daemon.start(passed_on(Child.ALERT_SENDER))


def stop(settings: Settings) -> None:
    """End it. What is unsent waits in the outbox."""
    daemons.stop([alert_sender(settings)])
