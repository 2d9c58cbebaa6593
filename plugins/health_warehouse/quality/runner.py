"""Judge suites of rules on one batch with Great Expectations.

One ephemeral context per process, because contexts are process-global and two at once lose their
data sources (GX #12209); nothing is written to disk (a file context writes the password in clear)
and nothing is printed or sent. The session is read-only.
"""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any
from uuid import uuid4

from expectations.rules.rule import Rule
from health_warehouse.database.connections import role_url
from health_warehouse.feeds.contract import Contract
from health_warehouse.quality.outcomes import Outcome, State
from health_warehouse.settings import Settings

_ONE_AT_A_TIME = Lock()
Judge = Callable[[str, Sequence[Rule]], tuple[Outcome, ...]]
"""From the name of a suite and its rules to an outcome per rule."""

_DRIVER_ERROR = re.compile(r"\(psycopg\.errors\.(\w+)\)")


@contextmanager
def judging(settings: Settings, role: str, batch_sql: str) -> Iterator[Judge]:
    """Judge suites on the batch that `batch_sql` selects (`select …`), one after another.

    What is given takes the name of a suite and its rules, and returns one outcome per rule, in
    their order. A rule that cannot be judged has the state *error*; nothing is raised for it.
    All suites share one session: to connect, and to tell GX of a source, costs more than most
    rules.
    """
    with _ONE_AT_A_TIME:
        context = _context()
        from great_expectations import ExpectationSuite

        from health_warehouse.quality.expectation import expectation

        source_name = f"batch {uuid4().hex}"
        source = context.data_sources.add_postgres(
            name=source_name,
            connection_string=role_url(settings, role).render_as_string(hide_password=False),
            kwargs={
                "pool_size": 1,
                "connect_args": {
                    "application_name": "warehouse checks",
                    "options": "-c default_transaction_read_only=on",
                },
            },
        )

        def judge(suite: str, rules: Sequence[Rule]) -> tuple[Outcome, ...]:
            expectations = list(map(expectation, rules))
            named = ExpectationSuite(name=f"{suite} {source_name}", expectations=expectations)
            result = batch.validate(named, result_format="SUMMARY")
            by_rule = {item.expectation_config.kwargs["rule_id"]: item for item in result.results}
            return tuple(_outcome(rule, by_rule[rule.id]) for rule in rules)

        try:
            batch = (
                source.add_query_asset(name="batch", query=batch_sql)
                .add_batch_definition_whole_table("all")
                .get_batch()
            )
            yield judge
        finally:
            _close(source)
            context.data_sources.delete(source_name)


def suite_of_feed(contract: Contract) -> dict[str, Any]:
    """The rules of a list in Great Expectations' own words, as its JSON."""
    _context()
    from health_warehouse.quality.feed_suite import suite

    told: dict[str, Any] = suite(contract).to_json_dict()
    return told


@lru_cache(maxsize=1)
def _context() -> Any:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    _silence()
    with warnings.catch_warnings():  # it imports modules that Python 3.11 calls deprecated
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def _silence() -> None:
    """GX logs the text of database errors, which may quote a value of a row; the state *error* and
    the class of the error are kept by `_outcome`. Some of its modules set a level of their own."""
    logger = logging.getLogger("great_expectations")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    logger.addHandler(logging.NullHandler())


def _close(source: Any) -> None:
    """End the session now: GX leaves it to the garbage collector."""
    engine = source.get_execution_engine()
    engine.close()
    engine.engine.dispose()
    source.get_engine().dispose()


def _outcome(rule: Rule, result: Any) -> Outcome:
    details = (result.result or {}).get("details") or {}
    if "checked_count" not in details:
        return Outcome(rule, "error", message=_error(result.exception_info))
    checked, failed = details["checked_count"], details["failed_count"]
    state: State = "failed" if not result.success else "passed" if checked else "not_applicable"
    return Outcome(rule, state, checked, failed, details["seconds"])


def _error(exception_info: Any) -> str:
    """The class of a database error only: its text may quote a value of a row."""
    found = _DRIVER_ERROR.search(str(exception_info))
    return f"the rule could not be judged: {found.group(1) if found else 'unexpected result'}"
