"""Every error of a task becomes "retry" or "do not retry", and is told without data.

A traceback of Airflow prints the message of each error in the chain, and messages of Postgres,
of SQLAlchemy or of a conversion carry the values at fault: names, card numbers. So the
chain is cut here. What is told: the message of a WarehouseError (written to be read), the SQLSTATE
and object names of a database error, and for the rest the type and the lines of code.
"""

from __future__ import annotations

import functools
import inspect
import logging
import traceback
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from health_warehouse.errors import WarehouseError

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

# Errors whose message is about our code or the machine, never about a row.
_TELLING = (ImportError, AttributeError, NameError, NotImplementedError, OSError, MemoryError)


def told_plainly(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a task: see the module. Skips and failures that the task raised itself pass."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except AirflowException:
            raise
        except Exception as error:
            log.error("%s\n%s", told(error), lines_of_code(error))
            failure = (AirflowException if can_retry(error) else AirflowFailException)(told(error))
        raise failure  # outside the except clause: no chain, no values

    run.__doc__ = inspect.cleandoc(function.__doc__ or "")  # Airflow shows it as Markdown
    return run


def can_retry(error: Exception) -> bool:
    """Whether trying again can help: by its class for our errors, else for what comes and goes."""
    import psycopg
    import sqlalchemy.exc

    if isinstance(error, WarehouseError):
        return error.retry
    # psycopg's OperationalError: connection lost, deadlock, serialization, disk full, shutdown
    passing = (OSError, psycopg.OperationalError, sqlalchemy.exc.OperationalError)
    return isinstance(error, passing)


def told(error: BaseException) -> str:
    """One line about `error` without any value of a row."""
    import psycopg

    database_error = getattr(error, "orig", error)  # SQLAlchemy wraps the driver's error
    if isinstance(database_error, psycopg.Error):
        return _told_by_database(database_error)
    name = type(error).__name__
    if isinstance(error, (WarehouseError, *_TELLING)):
        return f"{name}: {error}"
    return f"{name} (its message is not shown: it may hold a value of a patient)"


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
