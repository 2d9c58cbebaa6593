"""Whether the contracts of a warehouse fit each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.problem import Problem, shown, write_one_of
from health_warehouse.feeds.tree import Node


def problems_between(
    contracts: Mapping[str, Contract], trees: Mapping[str, Node], feeds: Set[str]
) -> Iterator[Problem]:
    """Two feeds with one table, and feeds that nobody describes. `feeds`: all that have a file,
    right or wrong."""
    taken: dict[str, str] = {}
    for name, contract in contracts.items():
        for table in contract.tables:
            first = taken.setdefault(table.raw_table, name)
            if first != name:
                message = f"raw.{table.raw_table} is a table of {shown(first)} too: rename the feed"
                yield trees[name].problem(message, "feed")
        for feed in contract.closed.refers_to if contract.closed else ():
            if feed not in feeds:
                instead = write_one_of(feed, sorted(feeds - {name}))
                message = f"no contract describes the feed {shown(feed)}: {instead}"
                yield trees[name].problem(message, "closed", "refers_to", feed)
