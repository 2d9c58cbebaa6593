"""The answer to a question, as a plain reader gets it, with the release that it is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from health_warehouse.database.connections import engine
from health_warehouse.errors import ConfigurationError
from health_warehouse.release.questions import Question
from health_warehouse.settings import Settings

_READER = "bi_reader"
_RELEASE = text("select release_id, published_at from marts.current_release")
_IS_THERE = text("select to_regclass('marts.current_release') is not null")


@dataclass(frozen=True)
class Answer:
    """`rows` have a value per name of `columns`, in the order that the query gives them."""

    question: Question
    release_id: int
    published_at: datetime
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def ask(settings: Settings, question: Question) -> Answer:
    """Ask the published marts, in one transaction, so that all figures are of one release.

    Raises ConfigurationError when nothing is published, or when the release lacks a mart or a
    column of the question; SourceUnavailable when the database is away.
    """
    with engine(settings, _READER).connect() as connection:
        if not connection.execute(_IS_THERE).scalar_one():
            raise ConfigurationError(
                "nothing is published yet: run `warehouse run`, or wait for the first release"
            )
        release = connection.execute(_RELEASE).one_or_none()
        if release is None:
            raise ConfigurationError("this login sees no release: `warehouse scopes grant` lets it")
        try:
            result = connection.execute(text(question.query.text))
        except ProgrammingError as error:
            raise ConfigurationError(
                f"release {release.release_id} cannot answer {question.name}: "
                f"{str(error.orig).partition(chr(10))[0]}. It was built by another version: run"
                " `warehouse run`"
            ) from None
        return Answer(
            question, release.release_id, release.published_at, tuple(result.keys()), result.all()
        )
