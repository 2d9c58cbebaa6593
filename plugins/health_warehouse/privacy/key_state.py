"""Whether all keys are being made anew, and how far that is. Only the owner writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, TextClause, text

from health_warehouse.errors import ConfigurationError, SourceUnavailable
from health_warehouse.privacy.known_key import fits

Kind = Literal["upgrade", "rotation"]

STATE = (
    "select (select kind from ops.rekeyings where finished_at is null),"
    " (select check_value from ops.person_key_check)"
)
_IS_OPEN = "select kind from ops.rekeyings where finished_at is null"
COMMANDS: dict[str, str] = {"upgrade": "warehouse upgrade", "rotation": "warehouse rotate-key"}
_OPEN = text(
    "select rekeying_id, kind, check_value, step, last_place from ops.rekeyings"
    " where finished_at is null"
)
_LOCKED = text(
    "select rekeying_id, kind, check_value, step, last_place from ops.rekeyings"
    " where finished_at is null for update"
)
_BEGIN = text("insert into ops.rekeyings (kind, check_value) values (:kind, :check_value)")
_NOTE = text("update ops.rekeyings set step = :step, last_place = :place where finished_at is null")
# Waits for every transaction that has looked whether keys are whole; later ones find them not.
_STOP_OTHERS = text("lock table ops.rekeyings in access exclusive mode")
# A build that has begun has keys of before. Its builder and its publisher fail on the row.
_END_BUILDS = text(
    "update ops.builds set status = 'superseded' where status in ('building', 'built', 'passed',"
    " 'held')"
)


@dataclass(frozen=True, slots=True)
class Rekeying:
    """One that is under way; `step` and `place` say where the next batch begins."""

    rekeying_id: int
    kind: Kind
    check_value: str | None
    step: str | None
    place: str | None


def require_whole_keys(connection: Connection) -> None:
    """Raises ConfigurationError while keys are made anew. Until the transaction ends, none begins.

    For whoever writes or reads keys: a reader of the table has a lock that opening one waits for.
    """
    refuse(connection.execute(text(_IS_OPEN)).scalar_one_or_none())


def require_key(key: bytes, kind: str | None, kept: str | None) -> None:
    """As `require_whole_keys`, of a row of STATE; and that keys are made with `key`.

    Raises SourceUnavailable when they are made with another one since it was asked for.
    """
    refuse(kind)
    if kept is not None and not fits(key, kept):
        raise SourceUnavailable("the person key was changed meanwhile: with the new one it goes on")


def refuse(kind: str | None) -> None:
    """Raises ConfigurationError when `kind` is that of a re-keying that is open."""
    if kind is not None:
        raise ConfigurationError(
            f"the keys of this warehouse are being made anew ({kind}), until then nothing is "
            f"loaded or built: finish it by `{COMMANDS[kind]}`"
        )


def open_rekeying(connection: Connection) -> Rekeying | None:
    """The one under way, if any."""
    return _found(connection, _OPEN)


def locked_rekeying(connection: Connection) -> Rekeying | None:
    """As `open_rekeying`, after whoever else works on it has committed a batch."""
    return _found(connection, _LOCKED)


def _found(connection: Connection, statement: TextClause) -> Rekeying | None:
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    return Rekeying(row.rekeying_id, row.kind, row.check_value, row.step, row.last_place)


def begin(connection: Connection, kind: Kind, check_value: str) -> None:
    """Open one; when one is open already, of an upgrade, say with what key it is done.

    Waits for loads, checks and the opening of builds that are under way; ends unpublished builds.
    """
    connection.execute(_STOP_OTHERS)
    connection.execute(_END_BUILDS)
    found = open_rekeying(connection)
    if found is None:
        connection.execute(_BEGIN, {"kind": kind, "check_value": check_value})
    elif found.check_value is None:
        connection.execute(
            text("update ops.rekeyings set check_value = :value where finished_at is null"),
            {"value": check_value},
        )


def note(connection: Connection, step: str, place: str | None) -> None:
    """Where the next batch begins, in the transaction of this one."""
    connection.execute(_NOTE, {"step": step, "place": place})


def finish(connection: Connection) -> None:
    connection.execute(
        text("update ops.rekeyings set finished_at = clock_timestamp() where finished_at is null")
    )
