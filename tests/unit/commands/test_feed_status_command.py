"""`warehouse feeds status`: sums by default, each delivery when asked for some."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from health_warehouse import cli
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing import arrivals, delivery_states
from health_warehouse.landing.arrivals import Waiting
from health_warehouse.landing.delivery_states import DeliveryState
from health_warehouse.settings import get_settings

DUE = datetime(2026, 7, 7, 17, tzinfo=UTC)  # 24:00 local time of 7 July


def _state(sender: str, state: str, period: str = "2026-06", **values: Any) -> DeliveryState:
    month = int(period[-2:])
    told = {"delivered_at": None, "late_by": None, **values}
    return DeliveryState(
        "workforce", sender, "month", period, date(2026, month, 1), date(2026, month, 28),
        DUE, told["delivered_at"], state, told["late_by"],
    )  # fmt: skip


@pytest.fixture
def asked(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Any, ...]]]:
    """What the states were asked for; they are these four."""
    calls: list[tuple[Any, ...]] = []
    found = [
        _state("96001", "delivered", delivered_at=DUE),
        _state("96002", "delivered_late", delivered_at=DUE, late_by=timedelta(hours=36)),
        _state("96003", "missing", late_by=timedelta(days=9)),
        _state("96001", "not_due", "2026-07"),
    ]

    def states(_: Any, *asked_for: Any, **options: Any) -> list[DeliveryState]:
        calls.append((*asked_for, options["is_recent"]))
        return found

    monkeypatch.setenv("WAREHOUSE_STATE", str(tmp_path))
    get_settings.cache_clear()
    monkeypatch.setattr(delivery_states, "states", states)
    monkeypatch.setattr(arrivals, "waiting", lambda _: [Waiting("claims", 3, 9, DUE, DUE)])
    yield calls
    get_settings.cache_clear()


def _run(*options: str) -> str:
    done = CliRunner().invoke(cli.app, ["feeds", "status", *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_without_options_each_period_is_a_line_of_sums(asked: list[tuple[Any, ...]]) -> None:
    head, june, july, inbox = _run().splitlines()
    assert head.split()[:4] == ["feed", "period", "due", "missing"]
    assert june.split() == ["workforce", "2026-06", "2026-07-07", "1", "1", "1"]
    assert july.split() == ["workforce", "2026-07", "2026-07-07", "1"]
    assert inbox.startswith("in the inbox: 3 files of claims")
    assert asked == [(None, None, None, True)]


def test_with_a_feed_each_delivery_is_a_line_and_the_missing_come_first(
    asked: list[tuple[Any, ...]],
) -> None:
    lines = _run("--feed", "workforce", "--period", "2026-06").splitlines()[1:]
    assert [line.split()[2] for line in lines] == ["96003", "96001", "96002", "96001"]
    assert lines[0].split() == ["workforce", "2026-06", "96003", "missing", "2026-07-07", "9"]
    assert "delivered late" in lines[2]
    assert lines[2].endswith("1.5")
    days = (date(2026, 6, 1), date(2026, 6, 30))
    assert asked == [("workforce", None, days, False)]


@pytest.mark.parametrize(
    ("written", "sender"),
    [("96001 ", "96001"), ("so_y_te", "so_y_te"), ("department", "department")],
)
def test_a_sender_is_a_facility_or_one_that_a_contract_names(
    asked: list[tuple[Any, ...]], written: str, sender: str
) -> None:
    _run("--facility", written)
    assert asked[0][1] == sender


def test_as_json_it_has_every_value(asked: list[tuple[Any, ...]]) -> None:
    told = json.loads(_run("--json"))
    late = told["deliveries"][1]
    assert late["state"] == "delivered_late"
    assert late["due_at"] == "2026-07-08T00:00:00+07:00"
    assert late["late_days"] == 1.5
    assert told["waiting"][0]["files"] == 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--feed", "workforc"], "no contract describes the feed 'workforc'"),
        (["--period", "June"], "write 2026, 2026-Q2"),
    ],
)
def test_what_is_no_feed_or_no_period_is_told(
    asked: list[tuple[Any, ...]], options: list[str], told: str
) -> None:
    done = CliRunner().invoke(cli.app, ["feeds", "status", *options])
    assert isinstance(done.exception, ConfigurationError)
    assert told in str(done.exception)
    assert asked == []
