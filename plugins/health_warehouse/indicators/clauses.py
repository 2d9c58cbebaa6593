"""Whether a clause of SQL names nothing but columns of its fact; dbt finds what it computes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from health_warehouse.feeds.problem import shown, write_one_of

_WORDS = frozenset(
    {
        *("and", "or", "not", "in", "is", "null", "true", "false", "between", "like"),
        *("case", "when", "then", "else", "end", "coalesce", "greatest", "least", "left"),
    }
)

_TEXT = re.compile(r"'[^']*'")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ALLOWED = re.compile(r"[\w\s'(),.<>=+*/%-]*")


def problems(clause: str, columns: Collection[str]) -> Iterator[str]:
    """What is wrong in a clause, in words."""
    bare = _TEXT.sub("''", clause)
    if not _ALLOWED.fullmatch(bare) or "--" in bare or "/*" in bare:
        yield "only names, numbers, texts in '…', comparisons and ( ) are read in a clause"
        return
    if bare.count("'") % 2:
        yield "a text in it does not end: close the quote"
        return
    if bare.count("(") != bare.count(")"):
        yield "its parentheses do not match"
    for name in dict.fromkeys(_NAME.findall(bare)):
        if name.lower() not in _WORDS and name not in columns:
            yield f"{shown(name)} is no column of the fact: {write_one_of(name, sorted(columns))}"


def qualified(clause: str, columns: Collection[str]) -> str:
    """The clause with `facts.` before each column."""
    return "".join(
        part
        if part.startswith("'")
        else _NAME.sub(lambda name: f"facts.{name[0]}" if name[0] in columns else name[0], part)
        for part in re.split(r"('[^']*')", clause)
    )


def conditions(clause: str) -> list[str]:
    """What `and` joins outside parentheses; the whole clause where an `or` stands beside it."""
    parts: list[str] = []
    depth = 0
    pieces = re.split(r"('[^']*'|[()]|\band\b|\bor\b|\bbetween\b)", clause)
    text = ""
    awaits = False
    for piece in pieces:
        depth += (piece == "(") - (piece == ")")
        if depth == 0 and piece == "or":
            return [clause]
        if depth == 0 and piece == "between":
            awaits = True
        elif depth == 0 and piece == "and" and awaits:
            awaits = False
        elif depth == 0 and piece == "and":
            parts.append(text.strip())
            text = ""
            continue
        text += piece
    return [*parts, text.strip()]
