"""dbt keeps its sessions from model to model, closes them at its end, and replaces a broken one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from dbt.adapters.contracts.connection import ConnectionState
from dbt.adapters.postgres.connections import PostgresConnectionManager
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine, session_name
from health_warehouse.database.watchdog import SUFFIX
from health_warehouse.release.build import build
from health_warehouse.release.dbt_sessions import sessions_kept
from health_warehouse.settings import Settings


def _number(settings: Settings, query: str) -> int:
    with engine(settings, OWNER).connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def _sessions_so_far(settings: Settings) -> int:
    return _number(
        settings, "select sessions from pg_stat_database where datname = current_database()"
    )


def test_a_build_opens_few_sessions_and_leaves_none(released: Settings) -> None:
    before = _sessions_so_far(released)

    build(released)

    assert _sessions_so_far(released) - before < 15, "there are 40 models and more"
    left = "select count(*) from pg_stat_activity where datname = current_database()"
    assert _number(released, f"{left} and application_name = 'dbt'") == 0


def test_sessions_of_dbt_bear_the_name_of_the_process(released: Settings) -> None:
    """By it, who waits for what a stopped builder holds finds that the process is silent."""
    names: set[str] = set()

    def look(_step: str) -> None:
        with engine(released, OWNER).connect() as connection:
            query = text(
                "select application_name from pg_stat_activity"
                " where datname = current_database() and usename = 'transformer'"
            )
            names.update(connection.execute(query).scalars())

    build(released, progress=look)

    ours = session_name("transformer")
    assert names == {ours, ours + SUFFIX}


@pytest.mark.parametrize(
    ("state", "is_closed", "is_kept"),
    [
        (ConnectionState.OPEN, 0, True),
        (ConnectionState.OPEN, 2, False),  # as psycopg2 tells that the server has gone
        (ConnectionState.FAIL, 0, False),
    ],
)
def test_only_a_session_that_works_is_kept(
    monkeypatch: pytest.MonkeyPatch, state: ConnectionState, is_closed: int, is_kept: bool
) -> None:
    done = []
    manager: Any = SimpleNamespace(
        get_if_exists=lambda: SimpleNamespace(
            state=state, handle=SimpleNamespace(closed=is_closed)
        ),
        rollback_if_open=lambda: done.append("rolled back"),
    )
    monkeypatch.setattr(PostgresConnectionManager, "release", lambda _self: done.append("closed"))

    with sessions_kept("a test"):
        PostgresConnectionManager.release(manager)

    assert done == ["rolled back" if is_kept else "closed"]
