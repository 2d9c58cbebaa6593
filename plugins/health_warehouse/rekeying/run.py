"""Make all keys anew, batch by batch; whoever is killed is followed by a run that goes on there."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection, text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ConfigurationError
from health_warehouse.privacy import key_state as state
from health_warehouse.privacy.known_key import agreed_person_key, check_value, fits
from health_warehouse.rekeying.keys import Keys
from health_warehouse.rekeying.steps import STEPS, Step, Work
from health_warehouse.settings import Settings

BATCH_ROWS = 20_000
# What releases replaced has keys of before: no roll-back may bring it back. Maintenance removes it.
_END_ROLLBACKS = text(
    "update ops.releases set replaced_rows = 'leaving' where replaced_rows = 'kept'"
)
_NEW_KEY = text("update ops.person_key_check set check_value = :value")


class Progress(NamedTuple):
    """`done` rows of a step in this run, of about `total` that it has in all."""

    step: str
    done: int
    total: int


Told = Callable[[Progress], None]


def is_due(settings: Settings) -> bool:
    """Whether keys are to be made before anything can be loaded: after an upgrade, or a kill."""
    with engine(settings, OWNER).connect() as connection:
        return state.open_rekeying(connection) is not None


def extent(settings: Settings) -> dict[str, int]:
    """Rows that each step reads."""
    with engine(settings, OWNER).connect() as connection:
        return {step.name: _total(connection, step) for step in STEPS}


def make_keys(
    settings: Settings, told: Told | None = None, *, batch_rows: int = BATCH_ROWS
) -> dict[str, int]:
    """After an upgrade, make the keys that rows of before lack; rows that this run read, by step.

    Nothing when none is due. Raises ConfigurationError when the person key is missing or not this
    warehouse's, or when a rotation was begun: that is finished first.
    """
    with engine(settings, OWNER).connect() as connection:
        found = state.open_rekeying(connection)
    if found is None:
        return {}
    if found.kind != "upgrade":
        state.refuse(found.kind)
    key = agreed_person_key(settings)
    with engine(settings, OWNER).begin() as connection:
        state.begin(connection, "upgrade", check_value(key))
    return run(settings, Keys(key, key), told, batch_rows=batch_rows)


def run(
    settings: Settings, keys: Keys, told: Told | None = None, *, batch_rows: int = BATCH_ROWS
) -> dict[str, int]:
    """All that is left of the re-keying under way; rows that this run read, by step.

    Raises ConfigurationError when it is done with another key.
    """
    done: dict[str, int] = {}
    totals: dict[str, int] = {}
    while (step := _batch(settings, keys, batch_rows, done)) is not None:
        if told is not None:
            if step.name not in totals:
                with engine(settings, OWNER).connect() as connection:
                    totals[step.name] = _total(connection, step)
            told(Progress(step.name, done[step.name], totals[step.name]))
    return done


def _batch(settings: Settings, keys: Keys, batch_rows: int, done: dict[str, int]) -> Step | None:
    """One batch, in one transaction; the step that it was of, None when all is done."""
    with engine(settings, OWNER).begin() as connection:
        found = state.locked_rekeying(connection)
        if found is None:
            return None
        _require_key_of(found, keys)
        number = next((n for n, step in enumerate(STEPS) if step.name == found.step), 0)
        step = STEPS[number]
        batch = step.run(Work(connection, settings, keys, batch_rows), found.place)
        if batch.place is not None:
            state.note(connection, step.name, batch.place)
        elif number + 1 < len(STEPS):
            state.note(connection, STEPS[number + 1].name, None)
        else:
            _finish(connection, keys)
    done[step.name] = done.get(step.name, 0) + batch.count
    return step


def _require_key_of(found: state.Rekeying, keys: Keys) -> None:
    if found.check_value is None or not fits(keys.secret, found.check_value):
        raise ConfigurationError(
            "the keys of this warehouse are being made anew with another person key than this one: "
            "go on with that (docs/operations/secrets.md)"
        )


def _finish(connection: Connection, keys: Keys) -> None:
    connection.execute(_END_ROLLBACKS)
    connection.execute(_NEW_KEY, {"value": check_value(keys.secret)})
    state.finish(connection)


def _total(connection: Connection, step: Step) -> int:
    return int(connection.execute(step.counted).scalar_one())
