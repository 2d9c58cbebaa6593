"""Files that wait because their modification time is in the future, told to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from health_warehouse.landing.delivery import Delivery

_SHOWN = 20


def tell_waiting(ahead: Sequence[Delivery]) -> None:
    """On stderr, so that JSON stays alone on stdout."""
    console = Console(stderr=True, soft_wrap=True)
    for delivery in ahead[:_SHOWN]:
        console.print(
            f"not loaded: {delivery.uri} was modified at {delivery.modified_at.isoformat()}, in "
            "the future; touch it, or give --received-at",
            style="yellow",
            markup=False,
            highlight=False,
        )
    if len(ahead) > _SHOWN:
        console.print(f"not loaded: {len(ahead) - _SHOWN} more of such files", style="yellow")
