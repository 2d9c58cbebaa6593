"""Every error of a task becomes "retry" or "do not retry", and is told without data (telling.py).

A traceback of Airflow prints the message of each error in the chain, so the chain is cut here. What
the warehouse raises on purpose is told in its own words, a line of the log for each of its lines,
with a link to the runbook and without a stack trace: where in our code a rule was found broken
helps nobody. An error that nobody foresaw is told with its lines of code.
"""

from __future__ import annotations

import functools
import inspect
import logging
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, ParamSpec, TypeVar

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from health_warehouse.document_pages import page_url
from health_warehouse.errors import ReleaseHeld, SourceDenied, WarehouseError
from health_warehouse.telling import lines_of_code, told

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

_RUNBOOKS: dict[type[WarehouseError], str] = {
    ReleaseHeld: "docs/runbooks/release_held.md",
    SourceDenied: "docs/runbooks/inbox_elsewhere.md",
    WarehouseError: "docs/runbooks/task_failed.md",
}


class HandledFailure(AirflowFailException):  # type: ignore[misc]
    """Told already; trying again cannot help."""


class HandledRetry(AirflowException):  # type: ignore[misc]
    """Told already; it is tried again."""


def told_plainly(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a task: see the module. Skips and failures that the task raised itself pass."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except AirflowException:
            raise
        except WarehouseError as error:
            _tell(error)
            failure = (HandledRetry if error.retry else HandledFailure)(told(error))
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


def runbook_url(error: WarehouseError) -> str:
    """The page about it in Airflow's UI, where the reader of the log is."""
    from airflow.configuration import conf

    runbook = next(_RUNBOOKS[one] for one in type(error).__mro__ if one in _RUNBOOKS)
    base: str = conf.get("api", "base_url", fallback="") or ""
    return page_url(base, runbook) if "://" in base else runbook


def _tell(error: WarehouseError) -> None:
    _leave_out_traces()
    for line in told(error).splitlines():
        log.error("%s", line)
    log.error("Runbook: %s", runbook_url(error))


def _leave_out_traces() -> None:
    """Airflow logs each failure with its stack trace, and has no switch for it. The processors of
    its logger are a list of this process, which ends with the task."""
    import structlog

    processors = structlog.get_config()["processors"]
    if _without_trace not in processors:
        processors.insert(0, _without_trace)


def _without_trace(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A processor of structlog."""
    if isinstance(sys.exc_info()[1], (HandledFailure, HandledRetry)):
        event.pop("exc_info", None)
    return event
