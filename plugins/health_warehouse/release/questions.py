"""The questions that the project answers: a query with a title and an explanation each.

A question is `questions/<name>.sql`, which begins with a comment that asks it, and
`questions/<name>.yml` beside it: the need that it answers, title and explanation in two languages.
The query reads `marts` alone, by their names there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from health_warehouse.errors import ConfigurationError
from health_warehouse.release.shipped_queries import ShippedQuery
from health_warehouse.settings import PROJECT_DIR

FOLDER = PROJECT_DIR / "questions"
_WANTED = {"need": str, "title": dict, "explanation": dict}
_LANGUAGES = {"vi", "en"}


@dataclass(frozen=True)
class Question:
    """`title` and `explanation` by language, `vi` and `en`; `need` is what somebody asked for."""

    name: str
    need: str
    title: dict[str, str]
    explanation: dict[str, str]
    query: ShippedQuery


def questions(folder: Path = FOLDER) -> tuple[Question, ...]:
    """All, by name.

    Raises ConfigurationError, naming the file, when one lacks its query or a text.
    """
    return tuple(_read(path) for path in sorted(folder.glob("*.yml")))


def question(name: str, folder: Path = FOLDER) -> Question:
    """The one of that name. Raises ConfigurationError, with the names that there are."""
    known = {one.name: one for one in questions(folder)}
    if name not in known:
        raise ConfigurationError(
            f"there is no question {name!r}: `warehouse ask` lists them ({', '.join(known)})"
        )
    return known[name]


def _read(path: Path) -> Question:
    query = path.with_suffix(".sql")
    if not query.exists():
        raise ConfigurationError(f"{path}: its query {query.name} is not there")
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: this is not YAML: {error}") from None
    _check(path, said)
    return Question(
        name=path.stem,
        need=said["need"],
        title=said["title"],
        explanation=said["explanation"],
        query=ShippedQuery(query, query.read_text(encoding="utf-8")),
    )


def _check(path: Path, said: Any) -> None:
    found = said if isinstance(said, dict) else {}
    for key, kind in _WANTED.items():
        if not isinstance(found.get(key), kind):
            raise ConfigurationError(f"{path}: write {key}, as the other questions have it")
        if kind is dict and set(found[key]) != _LANGUAGES:
            raise ConfigurationError(f"{path}: write {key} in two languages, vi and en")
    if unknown := sorted(set(found) - set(_WANTED)):
        raise ConfigurationError(f"{path}: {', '.join(unknown)}: no such key")
