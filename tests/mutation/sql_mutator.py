"""Small changes of SQL, each of which a test should notice.

Our rules and models are SQL, in Python strings and behind Jinja. mutmut and cosmic-ray change the
code of Python and would leave the SQL alone; pysqlmut reads whole SQL files and needs Python 3.12.
So this reads SQL as tokens, which also works on fragments and on templates.

    for mutant in mutants("a <= 10"):
        mutant.text, mutant.what      # "a < 10", "<= → < in: a <= 10"
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<skip>--[^\n]*|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|\"[^\"]*\")"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<number>(?<![\w.$])\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<operator><=|>=|<>|(?<![<>=!:|~*-])=(?![=>])|(?<![<>=-])[<>](?![<>=@]))"
    r"|(?P<sign>(?<= )[+*/-](?= ))"
    r"|(?P<word>\bis not null\b|\bis null\b|\band\b|\bor\b|\bnot\b|\btrue\b|\bfalse\b|\bleft join\b"
    r"|\bmin\(|\bmax\(|\bleast\(|\bgreatest\(|\basc\b|\bdesc\b|\bunion all\b)",
    re.DOTALL,
)
_OPERATORS = {"<=": "<", ">=": ">", "<": "<=", ">": ">=", "=": "<>", "<>": "="}
_SIGNS = {"+": "-", "-": "+", "*": "/", "/": "*"}
_WORDS = {
    "is not null": "is null",
    "is null": "is not null",
    "and": "or",
    "or": "and",
    "not": "",
    "true": "false",
    "false": "true",
    "left join": "join",
    "min(": "max(",
    "max(": "min(",
    "least(": "greatest(",
    "greatest(": "least(",
    "asc": "desc",
    "desc": "asc",
}
_PLAIN_CODE = re.compile(r"'[0-9A-Za-z.]{1,8}'")
_COUNT = re.compile(r"\{(\d+)")


@dataclass(frozen=True)
class Mutant:
    text: str
    what: str
    """`<before> → <after> in: <the words around>`: names the mutant, whatever its line is."""

    def lot(self, subject: str) -> int:
        """A number that depends on the mutant alone: which are drawn changes with them only."""
        digest = hashlib.sha256(f"{subject} {self.what}".encode()).digest()
        return int.from_bytes(digest[:8])


def mutants(sql: str, outside: re.Pattern[str] | None = None) -> Iterator[Mutant]:
    """Every mutant of a text, in the order of their places; the same words in one place once.

    What `outside` finds is left alone.
    """
    known: set[str] = set()
    kept = [match.span() for match in outside.finditer(sql)] if outside else []
    for token in _TOKEN.finditer(sql):
        if any(first <= token.start() and token.end() <= last for first, last in kept):
            continue
        for after in _changes(str(token.lastgroup), token.group()):
            around = sql[max(0, token.start() - 40) : token.end() + 40]
            what = f"{token.group()} → {after} in: {' '.join(around.split())}"
            if what not in known:
                known.add(what)
                yield Mutant(f"{sql[: token.start()]}{after}{sql[token.end() :]}", what)


def _changes(kind: str, token: str) -> Iterator[str]:
    if kind == "operator":
        yield _OPERATORS[token]
    elif kind == "sign":
        yield _SIGNS[token]
    elif kind == "word" and token in _WORDS:
        yield _WORDS[token]
    elif kind == "number":
        yield from _numbers(token)
    elif kind == "text" and _PLAIN_CODE.fullmatch(token):
        yield f"'{token[1:-1]}~'"  # a code of a list that is none any more
    elif kind == "text" and (count := _COUNT.search(token)):
        yield f"{token[: count.start(1)]}{int(count[1]) + 1}{token[count.end(1) :]}"


def _numbers(token: str) -> Iterator[str]:
    whole, point, rest = token.partition(".")
    if point:
        yield f"{whole}.{int(rest) + 1:0{len(rest)}d}"
        return
    yield str(int(token) + 1)
    if int(token) > 1:
        yield str(int(token) - 1)
