"""How a value breaks what the contract says of its column, by kinds of rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from health_warehouse.feeds.contract import Column, ColumnSeverity, Contract
from health_warehouse.synthetic.lists.sheets import Row, Value

Break = Callable[[list[Row], int], bool]
"""Changes the row at a place, or adds rows; False, having changed nothing, when it cannot."""
_ODD = {
    "integer": "chưa có", "number": "không rõ", "date": "31/02/2026", "time": "sáng",
    "boolean": "chưa rõ",
}  # fmt: skip
_MALFORMED = ("?", "12", "Z", "1-2-3", "không rõ", "99999999999999999999")


Places = Callable[[list[Row], int], Iterator[int]]
"""From the row that was broken to places of others."""


class Kind(NamedTuple):
    """One kind of defect of a feed."""

    name: str
    rule: str
    """Id of the rule that must find it."""
    severity: ColumnSeverity
    column: str
    """Name of the column that is told."""
    apply: Break
    is_between: bool = False
    """Of a rule that looks at other rows, lists or reference data: made in rows that are spared."""
    beside: Places | None = None
    """Rows that break the rule with the one that was broken."""
    leans_on: Places | None = None
    """Rows that must stay as they are for it to be found."""


def kinds_of_columns(contract: Contract) -> Iterator[Kind]:
    """One per kind of rule and severity that the contract has, in the column that suits best."""
    for kind, breaks in _BREAKS.items():
        by_severity: dict[ColumnSeverity, tuple[int, Kind]] = {}
        for column in contract.table.columns:
            change = breaks(contract, column)
            if change is None:
                continue
            suffix = "" if column.severity == "flag" else f".{column.severity}"
            rule = f"{contract.feed}.{kind}{suffix}"
            found = Kind(f"{kind}_{column.name}", rule, column.severity, column.name, change)
            cost = _entanglement(contract, column)
            if cost < by_severity.get(column.severity, (99, found))[0]:
                by_severity[column.severity] = cost, found
        for _, found in by_severity.values():
            yield found


def _entanglement(contract: Contract, column: Column) -> int:
    """How much else hangs on the column: rules, keys, days of lists."""
    roles = (*contract.document_key, *contract.partition, contract.sender.of, contract.newer)
    mentions = sum(column.name in names_in(rule) for rule in contract.rules)
    days = sum(column.name in (other.list_day, other.not_after) for other in contract.table.columns)
    is_day = any(source.of == column.name for source in contract.as_of)
    return 4 * (column.name in roles) + 8 * is_day + 2 * mentions + 3 * days


def names_in(rule: object) -> set[str]:
    """The columns that a rule beyond columns speaks of."""
    from dataclasses import asdict

    found: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, dict):
            for part in value.values():
                walk(part)
        elif isinstance(value, list | tuple):
            for part in value:
                walk(part)

    walk(asdict(rule))  # type: ignore[call-overload]
    return found


def put(column: str, value: Value) -> Break:
    """Write another value; a blank only where something stands."""

    def change(rows: list[Row], place: int) -> bool:
        if rows[place].get(column) == value:
            return False
        rows[place][column] = value
        return True

    return change


def _required(contract: Contract, column: Column) -> Break | None:
    del contract
    return put(column.name, None) if column.is_required else None


def _type(contract: Contract, column: Column) -> Break | None:
    del contract
    return put(column.name, _ODD[column.type]) if column.type in _ODD else None


def _length(contract: Contract, column: Column) -> Break | None:
    del contract
    return put(column.name, "dài " * column.length) if column.length is not None else None


def _list(contract: Contract, column: Column) -> Break | None:
    del contract
    if column.code_list == "communes":
        return put(column.name, "99998")
    if not (column.code_list or column.values):
        return None
    return put(column.name, "98" if column.code_list in ("provinces", "title_dm02") else "khac")


def _pattern(contract: Contract, column: Column) -> Break | None:
    del contract
    if column.pattern is None:
        return None
    wrong = next(text for text in _MALFORMED if not re.fullmatch(column.pattern, text))
    return put(column.name, wrong)


def _bounds(contract: Contract, column: Column) -> Break | None:
    del contract
    if column.highest is not None:
        return put(column.name, int(column.highest) + 7)
    return put(column.name, int(column.lowest) - 3) if column.lowest is not None else None


def _order(contract: Contract, column: Column) -> Break | None:
    del contract
    if column.not_after is None:
        return None
    bound = column.not_after

    def change(rows: list[Row], place: int) -> bool:
        begin = rows[place].get(column.name)
        if not isinstance(begin, date) or isinstance(rows[place].get(bound), date):
            return False
        rows[place][bound] = begin - timedelta(days=40)
        return True

    return change


_BREAKS: dict[str, Callable[[Contract, Column], Break | None]] = {
    "required": _required,
    "type": _type,
    "length": _length,
    "list": _list,
    "pattern": _pattern,
    "bounds": _bounds,
    "order": _order,
}


def number(value: Value) -> Decimal | None:
    """A number of a row; None: there is none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def another(rows: Sequence[Row], column: str, than: Value) -> Value:
    """A value that another row has; None: all have the same."""
    return next(
        (row[column] for row in rows if row.get(column) not in (None, than)),
        None,
    )
