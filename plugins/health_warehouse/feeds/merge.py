"""Single keys of a contract of ours, by the file of a province.

Mappings are merged key by key; a list or a text takes the place of ours as a whole. What decides
how the rows that are stored already were read cannot be changed: that is another feed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from health_warehouse.feeds.problem import Problem
from health_warehouse.feeds.tree import Node

_FIXED = {
    *("feed", "mode", "reader", "document", "partition", "newer", "missing", "sender", "identity"),
    *("closed", "fields", "lineage", "person_key"),
}


def merged(ours: Node, theirs: Node) -> tuple[Node, dict[str, Path], list[Problem]]:
    """Ours with their keys; which they are, by the file that says so; keys that must stay ours."""
    overridden: dict[str, Path] = {}
    problems: list[Problem] = []
    for place, node in _said(theirs, ()):
        if message := _why_not(ours, node, place):
            problems.append(theirs.problem(message, *place))
        elif ours.at(*place).plain() != node.plain() or not _has(ours, place):
            overridden[".".join(place)] = node.path
    return _over(ours, theirs), overridden, problems


def _said(node: Node, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
    """The smallest parts that they say."""
    if isinstance(node.value, dict):
        for key, below in node.value.items():
            yield from _said(below, (*place, key))
    else:
        yield place, node


def _why_not(ours: Node, node: Node, place: tuple[str, ...]) -> str | None:
    is_column = place[-3:-2] == ("columns",)
    if is_column and place[-1] == "personal":
        before = _value(ours, place)
        if before in (None, node.value) or node.value == "sensitive":
            return None
        return f"this column is {before} in ours, and stays so: delete the line"
    is_fixed = place[0] in _FIXED or (place[0] == "tables" and len(place) == 3
                                      and place[2] in _FIXED)  # fmt: skip
    if is_fixed and not (_has(ours, place) and ours.at(*place).plain() == node.plain()):
        return (
            f"`{place[0] if place[0] in _FIXED else place[2]}` of a feed of ours stays as it is: "
            "delete the line, or write a feed with a name of its own"
        )
    return None


def _has(node: Node, place: tuple[str, ...]) -> bool:
    for step in place:
        if not isinstance(node.value, dict) or step not in node.value:
            return False
        node = node.value[step]
    return True


def _value(node: Node, place: tuple[str, ...]) -> object:
    return node.at(*place).value if _has(node, place) else None


def _over(ours: Node, theirs: Node) -> Node:
    if not (isinstance(ours.value, dict) and isinstance(theirs.value, dict)):
        return theirs
    values = dict(ours.value)
    for key, node in theirs.value.items():
        values[key] = _over(values[key], node) if key in values else node
    return Node(values, ours.path, ours.line, {**ours.keys, **theirs.keys})
