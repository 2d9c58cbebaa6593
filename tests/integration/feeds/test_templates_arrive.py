"""A template that is filled in and sent is taken in without a finding, for each of the lists."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from feed_steps import rows_of, take_in
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.feeds.contract import Column
from health_warehouse.feeds.template import template
from health_warehouse.landing.findings import entries
from health_warehouse.readers.value_checks import listed_codes
from health_warehouse.settings import Settings
from list_rules import JULY
from rows_of_lists import GOOD


def typed(column: Column, text: str) -> Any:
    """What a person enters in a cell of the column."""
    if not text:
        return None
    if column.type == "date":
        return datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - a day in a cell
    if column.type in ("integer", "number"):
        return float(text)
    return text


def test_templates_that_are_filled_in_arrive_without_a_finding(settings: Settings) -> None:
    for feed, row in GOOD.items():
        contract = built_in()[feed]
        values = {name: typed(contract.table.column(name), text) for name, text in row.items()}
        file = settings.state / "inbox" / feed / f"{feed}_20260630.xlsx"
        file.parent.mkdir(parents=True)
        file.write_bytes(template(contract, listed_codes, [values]))
        os.utime(file, (JULY.timestamp(), JULY.timestamp()))
    take_in(settings)
    assert entries(settings) == []
    stored = rows_of(settings, "select kind, status from ops.files order by 1")
    assert stored == [(feed, "loaded") for feed in sorted(GOOD)]
    for feed in GOOD:
        [[count]] = rows_of(settings, f"select count(*) from feeds.{feed}")
        assert count == 1, feed
