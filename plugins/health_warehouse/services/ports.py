"""The two ports of a warehouse, chosen once and remembered in STATE/ports.json."""

from __future__ import annotations

import json
from dataclasses import dataclass

from health_warehouse import loopback
from health_warehouse.errors import ConfigurationError
from health_warehouse.private_files import write_private
from health_warehouse.services.state import Say
from health_warehouse.settings import Settings


@dataclass(frozen=True)
class Service:
    """A service with a port: how it is called, its usual port, the setting that fixes it."""

    name: str
    usual_port: int
    setting: str

    def wanted(self, settings: Settings) -> int:
        """The port that the settings fix; 0 when they leave it to us."""
        return int(getattr(settings, self.setting))

    @property
    def variable(self) -> str:
        return f"WAREHOUSE_{self.setting.upper()}"


POSTGRES = Service("postgres", 54320, "postgres_port")
AIRFLOW = Service("airflow", 8080, "airflow_port")
_LEAVING_SECONDS = 3


def remembered(settings: Settings, service: Service) -> int | None:
    """The port of last time; None before the first."""
    return _read(settings).get(service.name)


def claim(settings: Settings, service: Service, is_running: bool, say: Say) -> int:
    """The port for `service` to use now, remembered for next time.

    A fixed port that somebody else holds, or that is not the one on which the service runs
    (`is_running`), is a ConfigurationError. A port that we chose moves when somebody took it: not
    at once, for what a killed server forked last holds its port for an instant, and readers have
    the port in their settings.
    """
    wanted, last = service.wanted(settings), remembered(settings, service)
    if is_running and last is not None:
        if wanted not in (0, last):
            raise ConfigurationError(
                f"{service.name} runs on port {last}: `warehouse down` first, "
                f"then `warehouse up` moves it to {wanted} ({service.variable})"
            )
        return last
    port = wanted or last or service.usual_port
    if not loopback.becomes_free(port, _LEAVING_SECONDS if last == port else 0):
        other = loopback.next_free_port(port + 1)
        if wanted:
            raise ConfigurationError(
                f"port {port} ({service.variable}) is taken by {loopback.holder(port)}; end that, "
                f"set {service.variable} to a free one, e.g. {other}, or unset it to have one found"
            )
        say(f"port {port} is taken by {loopback.holder(port)}: {service.name} uses {other}")
        port = other
    write_private(settings.state / "ports.json", json.dumps(_read(settings) | {service.name: port}))
    return port


def _read(settings: Settings) -> dict[str, int]:
    path = settings.state / "ports.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}
