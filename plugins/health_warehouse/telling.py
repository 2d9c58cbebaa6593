"""An error in words that hold no value of a row.

Messages of Postgres, of SQLAlchemy or of a conversion carry the values at fault: names, card
numbers. What is told instead: the message of a WarehouseError (written to be read), the SQLSTATE
and object names of a database error, and for the rest the type and the lines of code.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from health_warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from sqlalchemy.exc import OperationalError

# Errors whose message is about our code or the machine, never about a row.
_TELLING = (ImportError, AttributeError, NameError, NotImplementedError, OSError, MemoryError)
_INBOX = "inbox"  # in the state folder; there a name may be that of a patient


def told(error: BaseException) -> str:
    """One line about `error` without any value of a row."""
    import psycopg

    database_error = getattr(error, "orig", error)  # SQLAlchemy wraps the driver's error
    if isinstance(database_error, psycopg.Error):
        return _told_by_database(database_error)
    name = type(error).__name__
    if isinstance(error, OSError) and not all(map(_is_named_by_us, _names(error))):
        return f"{name}: {error.strerror} (the name of the file is not shown: a sender chose it)"
    if isinstance(error, (WarehouseError, *_TELLING)):
        return f"{name}: {error}"
    return f"{name} (its message is not shown: it may hold a value of a patient)"


def _names(error: OSError) -> list[Path]:
    """The files that it names; an error about a socket or a descriptor names none."""
    named = (error.filename, error.filename2)
    return [Path(str(name)) for name in named if isinstance(name, (str, bytes, Path))]


def _is_named_by_us(path: Path) -> bool:
    from health_warehouse.settings import PROJECT_DIR, state_folder  # DAG files are parsed without

    state = state_folder()
    ours = (PROJECT_DIR, Path(sys.prefix), Path(sys.base_prefix), state)
    is_sent = path.is_relative_to(state / _INBOX)
    return not is_sent and any(path.is_relative_to(folder) for folder in ours)


def is_unreached(error: OperationalError) -> bool:
    """Whether no server answered; one that did gives a SQLSTATE, of a timeout for example."""
    return getattr(error.orig, "sqlstate", None) is None


def reason(error: OperationalError) -> str:
    """Why the database did not answer, in one line: it is about the server, never about a row."""
    return str(error.orig).strip().splitlines()[0]


def lines_of_code(error: BaseException) -> str:
    """Where it happened, for each error of the chain, without messages."""
    lines = []
    seen: BaseException | None = error
    while seen is not None:
        lines.append(f"{type(seen).__name__} at")
        frames = traceback.extract_tb(seen.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(lines)


def _told_by_database(error: object) -> str:
    import psycopg

    assert isinstance(error, psycopg.Error)  # noqa: S101 - checked by the caller
    name = type(error).__name__
    if error.sqlstate is None:  # no answer of a server: about the connection, so without rows
        return f"{name}: {error}"
    places = (error.diag.schema_name, error.diag.table_name, error.diag.constraint_name)
    place = ".".join(part for part in places if part)
    return f"{name} (SQLSTATE {error.sqlstate}){' at ' + place if place else ''}"
