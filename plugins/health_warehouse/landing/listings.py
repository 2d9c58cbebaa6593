"""The files of a listing, kept where only the loader reads: tasks hand each other its number.

What tasks hand each other lies in Airflow's metadata, which operators read, and names of files are
personal values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, unquote
from uuid import UUID, uuid4

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.landing.delivery import Delivery
from health_warehouse.settings import Settings

KEPT = timedelta(days=7)
"""How long a task can be tried again; later runs list what is new anyway."""

_FORGET = text("delete from vault.listed_files where listed_at < clock_timestamp() - :kept")
_INSERT = text(
    """
    insert into vault.listed_files (listing_id, batch, place, path, byte_count, listed_at)
    select :listing_id, l.batch, l.place, l.path, l.byte_count, now()
    from unnest(
        cast(:batches as integer[]), cast(:places as integer[]),
        cast(:paths as text[]), cast(:sizes as bigint[])
    ) as l (batch, place, path, byte_count)
    """
)
_SELECT = text(
    """
    select path, byte_count, listed_at from vault.listed_files
    where listing_id = :listing_id and batch = :batch
    order by place
    """
)


@dataclass(frozen=True, slots=True)
class ListedFile:
    """`path` is its name to the filesystem of the inbox, `byte_count` its size when listed."""

    path: str
    byte_count: int
    listed_at: datetime


def remember(settings: Settings, batches: Sequence[Sequence[Delivery]]) -> UUID:
    """Keep the files of a listing, batch by batch from 1; returns what `recall` asks for.

    Older listings than KEPT are forgotten.
    """
    listing_id = uuid4()
    files = [
        (number, place, _quoted(delivery.path), delivery.byte_count)
        for number, batch in enumerate(batches, start=1)
        for place, delivery in enumerate(batch)
    ]
    columns: list[list[object]] = [list(column) for column in zip(*files, strict=True)]
    if files:
        names = ("batches", "places", "paths", "sizes")
        values = dict(zip(names, columns, strict=True)) | {"listing_id": listing_id}
        with engine(settings, "loader").begin() as connection:
            connection.execute(_FORGET, {"kept": KEPT})
            connection.execute(_INSERT, values)
    return listing_id


def recall(settings: Settings, listing_id: UUID, batch: int) -> list[ListedFile]:
    """The files of one batch, in order; none when the listing is forgotten."""
    with engine(settings, "loader").connect() as connection:
        rows = connection.execute(_SELECT, {"listing_id": listing_id, "batch": batch})
        return [ListedFile(_unquoted(row.path), row.byte_count, row.listed_at) for row in rows]


def _quoted(path: str) -> str:
    """A name as Postgres takes it: a sender's odd bytes, which Python holds as lone surrogates,
    would be refused there, and with them the whole listing."""
    return quote(path, errors="surrogateescape")


def _unquoted(path: str) -> str:
    return unquote(path, errors="surrogateescape")
