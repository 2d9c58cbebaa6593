"""Sessions of those who build: a transaction of their role, and one that is alone at its work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from health_warehouse.database.connections import engine
from health_warehouse.database.turns import LOCK_NOT_AVAILABLE, turn
from health_warehouse.errors import BuildFailed, SourceUnavailable
from health_warehouse.release import dbt
from health_warehouse.settings import Settings


@contextmanager
def transformer(settings: Settings) -> Iterator[Connection]:
    """One transaction of role transformer. Raises SourceUnavailable when the database is away."""
    try:
        with engine(settings, "transformer").begin() as connection:
            yield connection
    except OperationalError as error:
        raise SourceUnavailable(
            f"the warehouse's database: {dbt.scrub(str(error.orig))}"
        ) from error


@contextmanager
def alone(settings: Settings) -> Iterator[Connection]:
    """A session that keeps every other builder out until the block ends or the process dies.

    Raises BuildFailed when another builder does not end within 15 minutes.
    """
    try:
        with _writing(settings), engine(settings, "transformer").connect() as connection:
            yield connection
    except OperationalError as error:
        raise SourceUnavailable(
            f"the warehouse's database: {dbt.scrub(str(error.orig))}"
        ) from error


@contextmanager
def _writing(settings: Settings) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(
                turn(settings, "transformer", "writing", waiting=lambda: None, patience="15min")
            )
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            raise BuildFailed(
                "another builder has been writing the candidate for 15 minutes; end its process, "
                "or wait for it and build again; `warehouse doctor` names its session"
            ) from error
        yield
