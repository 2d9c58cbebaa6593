"""Kinds of defects for the rules that look at other rows, lists or reference data.

Each breaks that rule and no other, where that can be; what it does to rows elsewhere is worked out
by `consequences`. Rules that only a whole province breaks, or another year, have no kind.
"""

from __future__ import annotations

from health_warehouse.synthetic.lists import (
    breaches_of_figures,
    breaches_of_registry,
    breaches_of_staff,
    breaches_of_stations,
)
from health_warehouse.synthetic.lists.breaches_of_columns import Kind

_ALL = (
    *breaches_of_registry.KINDS,
    *breaches_of_stations.KINDS,
    *breaches_of_staff.KINDS,
    *breaches_of_figures.KINDS,
)


def kinds_of_lists(feed: str) -> tuple[Kind, ...]:
    """Those of a feed."""
    return tuple(kind for kind in _ALL if kind.rule.partition(".")[0] == feed)
