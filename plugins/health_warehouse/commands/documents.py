"""The command of dbt's documents: what is published, in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from health_warehouse.commands.published import print_either
from health_warehouse.settings import get_settings


def register(app: typer.Typer) -> None:
    """Mount the command on `app`."""
    app.command()(docs)


def docs(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Write a page on the published marts: columns, tests, what each is built from (dbt docs).

    It is one file, holds no row, and can be handed on. It is made by the login of a plain reader.
    """
    from health_warehouse.release.reader_documents import make_documents

    page = make_documents(get_settings())
    print_either({"page": str(page)}, as_json, f"open {page.as_uri()}")
