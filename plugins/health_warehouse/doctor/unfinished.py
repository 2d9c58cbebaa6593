"""Check of work on all data that was begun and not finished: an upgrade, a re-keying."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.upgrades import pending
from health_warehouse.doctor.finding import Finding
from health_warehouse.privacy.key_state import COMMANDS
from health_warehouse.settings import Settings

_OPEN = text("select kind from ops.rekeyings where finished_at is null")


def unfinished(settings: Settings) -> Iterator[Finding]:
    with engine(settings, OWNER).connect() as connection:
        upgrades = pending(connection)
        rekeyed: str | None = connection.execute(_OPEN).scalar_one_or_none()
    if upgrades:
        what = f"the data are those of an older version ({', '.join(upgrades)}): nothing is loaded"
        yield Finding("unfinished", "error", what, "warehouse down, then warehouse upgrade")
    elif rekeyed:
        what = (
            "keys of persons and dossiers are being made anew: nothing is loaded until it is done"
        )
        remedy = f"if nobody runs it now: {COMMANDS[rekeyed]}, it goes on where it stopped"
        yield Finding("unfinished", "warning", what, remedy)
