"""What a kind of defect between rows is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from health_warehouse.feeds.contract import ColumnSeverity
from health_warehouse.synthetic.lists.breaches_of_columns import Break, Kind, Places
from health_warehouse.synthetic.lists.sheets import Row


def between(
    rule: str,
    column: str,
    apply: Break,
    *,
    severity: ColumnSeverity = "flag",
    beside: Places | None = None,
    leans_on: Places | None = None,
) -> Kind:
    """A kind for a rule that no contract says, by the id of the rule."""
    name = rule.partition(".")[2]
    return Kind(name, rule, severity, column, apply, True, beside, leans_on)


def others(rows: list[Row], place: int, condition: Callable[[Row], bool]) -> Iterator[int]:
    """Places of the other rows that meet a condition."""
    return (at for at, one in enumerate(rows) if at != place and condition(one))
