"""The least that loading can cost: parse the envelope and what is in it, and a bare COPY."""

from __future__ import annotations

import base64
import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from lxml import etree
from psycopg import sql
from sqlalchemy import text

from health_warehouse.database.connections import OWNER, driver_connection, engine
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.schema import TABLES

RAW_TABLES = (*(table.raw_table for table in TABLES.values()), "claims_other", "check_ins")


def parse_only(files: list[Path]) -> int:
    """Envelope, base64 and inner XML with lxml, no values taken; returns the number of parts."""
    return sum(_parse(stream) for path in files for stream in _documents(path))


def _documents(path: Path) -> Iterator[IO[bytes]]:
    """The file itself, or what is packed in it."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                with packed.open(name) as stream:
                    yield stream
    else:
        opened: Any = gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115
        with opened as stream:
            yield stream


def _parse(stream: IO[bytes]) -> int:
    parts = 0
    for _event, element in etree.iterparse(stream, tag="{*}NOIDUNGFILE", huge_tree=True):
        content = (element.text or "").strip()
        if content:
            is_xml = content.startswith("<")  # as text, in CDATA
            etree.fromstring(content if is_xml else base64.b64decode(content))
        parts += 1
        element.clear()
    return parts


def dump_raw(settings: Settings, folder: Path) -> None:
    """What raw holds, as the files that a bare COPY takes."""
    with engine(settings, OWNER).connect() as connection:
        cursor = driver_connection(connection).cursor()
        for table in RAW_TABLES:
            statement = sql.SQL("copy {} to stdout").format(sql.Identifier("raw", table))
            with (folder / table).open("wb") as file, cursor.copy(statement) as copy:
                for block in copy:
                    file.write(block)


def empty_raw(settings: Settings) -> None:
    tables = ", ".join(f"raw.{table}" for table in RAW_TABLES)
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text(f"truncate {tables}"))


def copy_only(settings: Settings, folder: Path) -> None:
    """The same rows into the same tables and indexes, in one transaction."""
    with engine(settings, OWNER).begin() as connection:
        cursor = driver_connection(connection).cursor()
        for table in RAW_TABLES:
            statement = sql.SQL("copy {} from stdin").format(sql.Identifier("raw", table))
            with (folder / table).open("rb") as file, cursor.copy(statement) as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
