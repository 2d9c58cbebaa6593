"""Files whose modification time is in the future, told to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from health_warehouse.landing.delivery import Delivery

_SHOWN = 20


def tell_ahead(ahead: Sequence[Delivery]) -> None:
    """On stderr, so that JSON stays alone on stdout."""
    console = Console(stderr=True, soft_wrap=True)
    for delivery in ahead[:_SHOWN]:
        console.print(
            f"{delivery.shown} is from the future: "
            "until then it wins over every other delivery of its dossiers; to correct that, ingest "
            "it again with --received-at",
            style="yellow",
            markup=False,
            highlight=False,
        )
    if len(ahead) > _SHOWN:
        console.print(f"{len(ahead) - _SHOWN} more files are from the future", style="yellow")
