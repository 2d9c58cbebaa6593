"""All rows of all marts, as a reader sees them."""

from __future__ import annotations

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.settings import Settings

_TABLES = text(
    "select tablename from pg_tables where schemaname = 'marts' and tablename <> 'current_release' "
    "order by 1"
)


def marts_content(settings: Settings) -> dict[str, list[str]]:
    """Rows as text by mart, sorted; read under row security as `hiv_reader`, who sees all."""
    with engine(settings, "hiv_reader").connect() as connection:
        tables = connection.execute(_TABLES).scalars().all()
        return {
            table: sorted(
                connection.execute(text(f"select t::text from marts.{table} t")).scalars()
            )
            for table in tables
        }
