"""YAML as a tree of values that know their file and line. Pure: bytes in, values out.

What is read is less than YAML, so that a contract means what it looks like: one document of
mappings, lists, texts, numbers, true and false. `01`, `2026-01-01`, `yes` and `12:30` are texts.
No tags, and nothing is written once and read twice (& and *).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from health_warehouse.feeds.problem import Problem, shown

LARGEST = 1_000_000
"""Bytes of a contract."""

_DEEPEST = 12
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

Scalar = str | int | float | bool | None
Value = dict[str, "Node"] | list["Node"] | Scalar


@dataclass(slots=True)
class Node:
    """A value with its place. `keys`: the places of the keys of a mapping. `text`: a scalar as it
    is written."""

    value: Value
    path: Path
    line: int
    keys: dict[str, tuple[Path, int]] = field(default_factory=dict)
    text: str = ""

    def plain(self) -> object:
        """The value without its places, as JSON has it."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def at(self, *path: str | int) -> Node:
        """What stands there, or the nearest above it that is there."""
        node = self
        for step in path:
            below = node._below(step)
            if below is None:
                return node
            node = below
        return node

    def problem(self, message: str, *path: str | int) -> Problem:
        """A problem at a place below: at its key, where it has one."""
        above = self.at(*path[:-1])
        if path and isinstance(path[-1], str) and path[-1] in above.keys:
            return Problem(*above.keys[path[-1]], message)
        node = above.at(*path[-1:])
        return Problem(node.path, node.line, message)

    def _below(self, step: str | int) -> Node | None:
        if isinstance(self.value, dict) and isinstance(step, str):
            return self.value.get(step)
        if isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            return self.value[step]
        return None


def read_tree(path: Path, content: bytes) -> tuple[Node | None, list[Problem]]:
    """The mapping that a file holds; None when it cannot be taken apart. A key that stands twice
    is a problem, and counts as it stands first."""
    try:
        text = _decoded(path, content)
        _require_readable(path, text)
        root = yaml.compose(text, _LOADER)
    except _Unreadable as error:
        return None, [error.problem]
    except yaml.MarkedYAMLError as error:
        return None, [_told(path, error, max(len(text.splitlines()), 1))]
    except yaml.YAMLError:
        return None, [Problem(path, 1, "it is no YAML that can be read")]
    if not isinstance(root, yaml.MappingNode):
        line = root.start_mark.line + 1 if root else 1
        return None, [Problem(path, line, "a contract is a mapping: begin with `feed: name`")]
    taker = _Taker(path)
    return taker.take(root), taker.problems


class _Unreadable(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


def _decoded(path: Path, content: bytes) -> str:
    if len(content) > LARGEST:
        raise _Unreadable(Problem(path, 1, f"it is larger than {LARGEST:,} bytes"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "it is not UTF-8 here: save the file in UTF-8"
        raise _Unreadable(Problem(path, line, message)) from None
    if found := yaml.reader.Reader.NON_PRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        message = f"a control character (U+{ord(found[0]):04X}) stands here: delete it"
        raise _Unreadable(Problem(path, line, message))
    return text


def _require_readable(path: Path, text: str) -> None:
    """Look at it before anything is composed, which takes the stack of Python."""
    depth = documents = 0
    for event in yaml.parse(text, _LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if message := _not_read(event, depth, documents):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise _Unreadable(Problem(path, line, message))


def _not_read(event: yaml.Event, depth: int, documents: int) -> str | None:
    if depth > _DEEPEST:
        return f"more than {_DEEPEST} levels stand in another"
    if documents > 1:
        return "a file holds one contract: put what follows `---` into a file of its own"
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "& and * are not read here: write the value out where it is meant"
    if tag := getattr(event, "tag", None):
        return f"the tag {shown(tag)} is not read here: delete it"
    return None


def _told(path: Path, error: yaml.MarkedYAMLError, lines: int) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = min(mark.line + 1, lines) if mark else 1  # the end of a file has a line of its own
    said = (error.problem or "it is no YAML that can be read").split("\n")[0]
    return Problem(path, line, f"YAML: {said}; texts with : # [ {{ or % stand in quotes")


class _Taker:
    """Nodes of PyYAML as ours. Collects what is wrong."""

    def __init__(self, path: Path) -> None:
        self.problems: list[Problem] = []
        self._path = path

    def take(self, node: yaml.Node) -> Node:
        taken = Node(None, self._path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            taken.value = self._mapping(node, taken)
        elif isinstance(node, yaml.SequenceNode):
            taken.value = [self.take(item) for item in node.value]
        elif isinstance(node, yaml.ScalarNode):
            taken.text = node.value
            taken.value = _scalar(node)
            if _CONTROLS.search(node.value):
                self._tell(node, "a control character stands in this text: delete it")
        return taken

    def _mapping(self, node: yaml.MappingNode, taken: Node) -> dict[str, Node]:
        values: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._tell(key, "a key is one word, not a list or mapping")
                continue
            name = key.value
            if name in values:
                first = taken.keys[name][1]
                self._tell(key, f"{shown(name)} stands in line {first} already: keep one of them")
                continue
            taken.keys[name] = (self._path, key.start_mark.line + 1)
            values[name] = self.take(value)
        return values

    def _tell(self, node: yaml.Node, message: str) -> None:
        self.problems.append(Problem(self._path, node.start_mark.line + 1, message))


def _scalar(node: yaml.ScalarNode) -> Scalar:
    text: str = node.value
    if node.style:  # in quotes, or a block
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
