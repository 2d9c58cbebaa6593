"""The demonstration."""

from __future__ import annotations

from rich.console import Console

from health_warehouse.settings import Settings


def demo(settings: Settings, console: Console) -> None:
    raise NotImplementedError(settings, console)
