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
        for place, feed, column in _named(contract):
            if feed not in feeds:
                instead = write_one_of(feed, sorted(feeds - {name}))
                message = f"no contract describes the feed {shown(feed)}: {instead}"
                yield trees[name].problem(message, *place)
            elif column and feed in contracts:
                known = {one.name for one in contracts[feed].tables[0].columns}
                if column not in known or not contracts[feed].is_of_rows:
                    message = f"the feed {shown(feed)} has no column {shown(column)}"
                    yield trees[name].problem(f"{message}: {write_one_of(column, known)}", *place)


def _named(contract: Contract) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Places that name a feed, and the column of it that they name."""
    for feed in contract.closed.refers_to if contract.closed else ():
        yield ("closed", "refers_to", feed), feed, ""
    for rule in contract.rules:
        for feed, column in rule.names.in_feeds.items() if rule.names else ():
            yield ("rules", rule.name, "names", "in", feed), feed, column
