"""A warehouse with two deliveries, published, and what is compared after its restoration."""

from __future__ import annotations

from pathlib import Path

from psycopg import sql
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, driver_connection, engine
from health_warehouse.database.rights import schemas
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings

Content = dict[str, list[str]]


def silent(_message: str) -> None:
    """For tests that do not look at what is said."""


def receive(settings: Settings, paths: list[Path]) -> list[str]:
    """Load and check files; their states in the ledger."""
    ingest(settings, list_new(settings, [str(path) for path in paths]))
    uris = [path.as_uri() for path in paths]
    with engine(settings, OWNER).connect() as connection:
        query = text(
            "select status from ops.ledger join vault.delivery_names"
            " using (file_id, receipt_number) where uri = any (:uris) order by uri"
        )
        return list(connection.execute(query, {"uris": uris}).scalars())


def release(settings: Settings) -> None:
    built = build(settings)
    audit(settings, built.build_id)
    publish(settings, built.build_id)


def content(settings: Settings) -> Content:
    """Every row of every table of ours, as text, sorted."""
    with engine(settings, OWNER).connect() as connection:
        tables = connection.execute(
            text(
                "select schemaname::text, tablename::text from pg_tables"
                " where schemaname = any (:schemas) order by 1, 2"
            ),
            {"schemas": sorted(schemas())},
        ).all()
        cursor = driver_connection(connection).cursor()
        rows = {}
        for schema, table in tables:
            query = sql.SQL("select t::text from {} as t").format(sql.Identifier(schema, table))
            found = cursor.execute(query).fetchall()
            rows[f"{schema}.{table}"] = sorted(str(row[0]) for row in found)
        return rows
