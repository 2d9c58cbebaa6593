"""All rows of all marts, open and closed."""

from __future__ import annotations

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.settings import Settings

_TABLES = text(
    "select schemaname || '.' || tablename from pg_tables"
    " where schemaname in ('marts', 'closed') and tablename <> 'current_release' order by 1"
)


def marts_content(settings: Settings) -> dict[str, list[str]]:
    """Rows as text by table, sorted; read as the publisher, who sees both stores."""
    with engine(settings, "publisher").connect() as connection:
        tables = connection.execute(_TABLES).scalars().all()
        return {
            table: sorted(connection.execute(text(f"select t::text from {table} t")).scalars())
            for table in tables
        }
