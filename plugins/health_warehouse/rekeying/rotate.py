"""Another person key, and every key made anew with it.

The new key lies beside the old one until the last batch, which makes the database know the new one
and no other; then its file takes the name of the old one. Killed between the two, whoever needs the
key next finds that the new file fits and puts it in place (known_key.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.privacy import key_state
from health_warehouse.privacy.known_key import (
    agreed_person_key,
    check_value,
    fits,
    kept_check,
    take_next_key,
)
from health_warehouse.privacy.person_key import make_next_key, next_key_file, read_key
from health_warehouse.rekeying import run
from health_warehouse.rekeying.documents import require_contracts
from health_warehouse.rekeying.keys import Keys
from health_warehouse.settings import Settings


@dataclass(frozen=True, slots=True)
class Rotation:
    """Rows that were read, by step. `key_file`: of the new key, where a setting must get it."""

    rows: dict[str, int] = field(default_factory=dict)
    key_file: Path | None = None


def rotate(
    settings: Settings, told: run.Told | None = None, *, batch_rows: int = run.BATCH_ROWS
) -> Rotation:
    """Make a new person key and every key with it, or finish what was cut off.

    Raises ConfigurationError when an upgrade is to make keys first, the key that is here is not
    this warehouse's, or a feed with documents has no contract any more.
    """
    rows: dict[str, int] = {}
    if not _is_known(settings):
        former = agreed_person_key(settings)
        with engine(settings, OWNER).connect() as connection:
            require_contracts(connection, settings)
        secret = make_next_key(settings)
        with engine(settings, OWNER).begin() as connection:
            found = key_state.open_rekeying(connection)
            if found is not None and found.kind != "rotation":
                key_state.refuse(found.kind)
            key_state.begin(connection, "rotation", check_value(secret))
        rows = run.run(settings, Keys(secret, former), told, batch_rows=batch_rows)
    if settings.person_key is not None:
        return Rotation(rows, next_key_file(settings))
    take_next_key(settings)
    return Rotation(rows)


def _is_known(settings: Settings) -> bool:
    """Whether the database knows the next key already: only its file is to be put in place."""
    path = next_key_file(settings)
    if not path.exists():
        return False
    with engine(settings, OWNER).connect() as connection:
        kept = kept_check(connection)
    return kept is not None and fits(read_key(path), kept)
