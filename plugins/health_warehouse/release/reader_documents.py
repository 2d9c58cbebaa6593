"""dbt's documents of the published marts, made by the login of a plain reader."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.errors import ConfigurationError
from health_warehouse.release import dbt
from health_warehouse.settings import Settings

_READER = "bi_reader"
_IS_PUBLISHED = text("select to_regclass('marts.current_release') is not null")


def make_documents(settings: Settings) -> Path:
    """Write STATE/dbt/docs anew; returns the page, one file without others.

    Raises ConfigurationError before the first release, BuildFailed when dbt cannot do it.
    """
    with engine(settings, _READER).connect() as connection:
        if not connection.execute(_IS_PUBLISHED).scalar_one():
            raise ConfigurationError(
                "nothing is published yet, so there is nothing to document: use `warehouse run`"
            )
    return dbt.document(settings, _READER) / "static_index.html"
