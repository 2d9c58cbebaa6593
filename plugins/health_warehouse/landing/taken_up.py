"""Which feeds of rows this warehouse has tables for."""

from __future__ import annotations

from sqlalchemy import Connection, text

from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.contract import Contract

_FIND = text("select mode from ops.feeds where feed = :feed")


def require_taken_up(connection: Connection, contract: Contract) -> None:
    """Raises ConfigurationError when `warehouse migrate` has not seen the contract yet, or the mode
    of its documents has changed since."""
    mode = connection.execute(_FIND, {"feed": contract.feed}).scalar_one_or_none()
    if mode is None:
        raise ConfigurationError(
            f"the feed {contract.feed} has no table yet: run `warehouse migrate`"
        )
    if mode != contract.mode:
        raise ConfigurationError(
            f"{contract.path} says `mode: {contract.mode}`, and what was loaded is {mode}: "
            "write that again, or give the feed another name"
        )
