"""Checks of the machine: disk, permissions, ports."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from health_warehouse import loopback
from health_warehouse.doctor.finding import Finding
from health_warehouse.services import ports, postgres
from health_warehouse.services.bring_up import airflow
from health_warehouse.settings import SETTINGS_FILE, Settings

_LITTLE_SPACE = 5 * 1024**3
_NO_SPACE = 1024**3
"""Bytes. A choice, not a measurement: time to act below the first, none below the second."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.state).free
    if free < _LITTLE_SPACE:
        yield Finding(
            "disk",
            "error" if free < _NO_SPACE else "warning",
            f"{free / 1024**3:.1f} GiB are free under {settings.state}",
            "free some space, or move the folder and set WAREHOUSE_STATE",
        )


def permissions(settings: Settings) -> Iterator[Finding]:
    """Secrets and the folders with patients' data are their owner's alone.

    So is the file of settings, which may hold passwords; whoever may write it need not be who runs
    this, and the state folder lets others through when root runs the warehouse.
    """
    private = [settings.state / name for name in ("secrets", "logs", "inbox", "archive", "airflow")]
    for path in (*private, *sorted(settings.secrets_dir.glob("*"))):
        if not path.exists():
            continue
        yield from _mode(path)
        yield from _owner(path)
    settings_file = settings.state / SETTINGS_FILE
    if settings_file.exists():
        yield from _mode(settings_file)


def taken_ports(settings: Settings) -> Iterator[Finding]:
    """A service of ours that is down can only start on a free port."""
    running = {
        ports.AIRFLOW: any(daemon.is_running() for daemon in airflow(settings).daemons()),
        ports.POSTGRES: not postgres.is_needed(settings) or postgres.server(settings).is_running(),
    }
    for service, is_running in running.items():
        port = ports.remembered(settings, service)
        if port is not None and not is_running and not loopback.is_free(port):
            yield Finding(
                "ports",
                "warning",
                f"port {port} of {service.name} is taken by {loopback.holder(port)}",
                f"end that, or set {service.variable}; unset, `warehouse up` takes a free one",
            )


def _mode(path: Path) -> Iterator[Finding]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        wanted = "0700" if path.is_dir() else "0600"
        yield Finding(
            "permissions",
            "error",
            f"{path} has mode {mode:04o}: others of this machine can get at it",
            f"chmod {wanted} {path}",
        )


def _owner(path: Path) -> Iterator[Finding]:
    if path.stat().st_uid != os.geteuid():
        yield Finding(
            "permissions",
            "error",
            f"{path} belongs to another user than the one who runs this",
            f"run `warehouse` as its owner, or chown {path}",
        )
