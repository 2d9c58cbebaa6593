"""`warehouse ask`: the questions that the project answers, and what readers are told now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from health_warehouse.commands.listing import print_rows
from health_warehouse.moments import to_second
from health_warehouse.settings import get_settings

if TYPE_CHECKING:
    from health_warehouse.release.answers import Answer


def register(app: typer.Typer) -> None:
    """Mount the command on `app`."""
    app.command()(ask)


def ask(
    name: Annotated[
        str | None, typer.Argument(help="Name of the question; without one, all are listed.")
    ] = None,
    lang: Annotated[
        Literal["vi", "en"], typer.Option(help="Language of titles and explanations.")
    ] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """List the questions, or answer one from what is published, as a plain reader."""
    from health_warehouse.release.answers import ask as ask_marts
    from health_warehouse.release.questions import question, questions

    if name is not None:
        _show(ask_marts(get_settings(), question(name)), lang, as_json=as_json)
        return
    listed = questions()
    if as_json:
        told = [{"question": one.name, "need": one.need, "title": one.title} for one in listed]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    print_rows(("question", "what it asks"), [(one.name, one.title[lang]) for one in listed])


def _show(answer: Answer, lang: str, *, as_json: bool) -> None:
    question = answer.question
    published_at = to_second(answer.published_at)
    if as_json:
        told: dict[str, Any] = {
            "question": question.name,
            "title": question.title,
            "explanation": question.explanation,
            "release_id": answer.release_id,
            "published_at": published_at,
            "rows": [dict(zip(answer.columns, row, strict=True)) for row in answer.rows],
        }
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
        return
    typer.echo(f"{question.title[lang]}\n")
    print_rows(answer.columns, answer.rows)
    if not answer.rows:
        typer.echo("(no row: the lists or claims that it reads have not come)")
    typer.echo(f"\n{question.explanation[lang]}")
    typer.echo(f"Release {answer.release_id}, published {published_at} UTC.")
