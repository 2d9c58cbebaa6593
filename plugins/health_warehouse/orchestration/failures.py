"""Every error of a task becomes "retry" or "do not retry", and is told without data (telling.py).

A traceback of Airflow prints the message of each error in the chain, so the chain is cut here.
"""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from health_warehouse.errors import WarehouseError
from health_warehouse.telling import lines_of_code, told

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


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
