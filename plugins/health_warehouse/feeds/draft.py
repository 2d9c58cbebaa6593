"""A contract as it is written, whole or not: keys that fit the schema, columns of its tables.

What is wrong in shape is left out, so that the rest can be looked at and all be told at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from health_warehouse.feeds.field_lists import field_list
from health_warehouse.feeds.tree import Node

Place = tuple[str | int, ...]
Columns = Mapping[str, Mapping[str, Any]]


class Fault(NamedTuple):
    """What is wrong, and where in the file."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class DraftTable:
    """`place`: where its columns stand in the file. None: they are not said in a readable way."""

    name: str
    place: Place
    columns: Columns | None
    keys: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """`root` is the tree as it was written; `keys` what of it fits."""

    root: Node
    keys: Mapping[str, Any]
    tables: tuple[DraftTable, ...]

    @property
    def columns(self) -> Columns | None:
        """Of the first table, whose rows are documents."""
        return self.tables[0].columns if self.tables else None


def draft(root: Node, faults: frozenset[Place]) -> Draft:
    """`faults`: places that do not fit the schema."""
    keys = _fitting(root, faults, ())
    assert isinstance(keys, dict)  # noqa: S101 - a root is a mapping
    return Draft(root, keys, tuple(_tables(keys)))


def listed(value: Any) -> tuple[Any, ...]:
    """One or more, as written."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def _fitting(node: Node, faults: frozenset[Place], place: Place) -> Any:
    if isinstance(node.value, dict):
        return {
            key: {} if (*place, key) in faults else _fitting(below, faults, (*place, key))
            for key, below in node.value.items()
            if (*place, key) not in faults or _is_column(place)
        }
    if isinstance(node.value, list):
        return [
            _fitting(below, faults, (*place, at))
            for at, below in enumerate(node.value)
            if (*place, at) not in faults
        ]
    return node.value


def _is_column(place: Place) -> bool:
    """A column of which nothing can be read is still a column, which others may name."""
    return place[-1:] in (("columns",), ("tables",))


def _tables(keys: Mapping[str, Any]) -> Iterator[DraftTable]:
    given = keys.get("fields")
    if "tables" not in keys:
        if "columns" in keys or "grain" in keys:
            yield DraftTable("", ("columns",), keys.get("columns"), keys)
        return
    for name, table in keys["tables"].items():
        written = table.get("columns")
        from_list = field_list(given).get(name) if given else None
        if from_list is not None:
            written = _over(from_list, written or {})
        yield DraftTable(name, ("tables", name, "columns"), written, table)


def _over(columns: Columns, written: Columns) -> Columns:
    """Columns of a list, with the keys that are written over them."""
    known = {name: {**column, **written.get(name, {})} for name, column in columns.items()}
    return known | {name: column for name, column in written.items() if name not in known}
