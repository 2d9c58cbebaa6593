"""Fill the schema `ref`, when the lists are other than those that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database.connections import copy_rows, driver_connection
from health_warehouse.reference import administrative_units, code_lists, icd10
from health_warehouse.reference.packaged import versions

# table → (its columns, its rows)
_LISTS: dict[str, tuple[tuple[str, ...], Callable[[], Iterable[tuple[Any, ...]]]]] = {
    "ref.icd10_codes": (icd10.Code._fields, icd10.codes),
    "ref.provinces": (administrative_units.Province._fields, administrative_units.provinces),
    "ref.communes": (administrative_units.Commune._fields, administrative_units.communes),
    "ref.commune_successors": (
        administrative_units.CommuneSuccessor._fields,
        administrative_units.commune_successors,
    ),
    "ref.code_lists": (code_lists.Entry._fields, code_lists.entries),
}


def fill(connection: Connection) -> bool:
    """Replace the lists if they are made from something else than before; true when they were.

    In the open transaction of the owner: readers see the old lists until it commits. Raises
    ConfigurationError when a package is missing.
    """
    wanted = content_hash()
    there = connection.execute(text("select content_hash from ref.loaded")).scalar_one_or_none()
    if there == wanted:
        return False
    cursor = driver_connection(connection).cursor()
    for table, (columns, rows) in _LISTS.items():
        name = sql.Identifier(*table.split("."))
        # not truncate: it would lock out, and show nothing to, whoever reads meanwhile
        cursor.execute(sql.SQL("delete from {}").format(name))
        copy_rows(connection, table, columns, rows())
        cursor.execute(sql.SQL("analyze {}").format(name))
    connection.execute(
        text(
            "insert into ref.loaded (content_hash) values (:hash) on conflict ((true))"
            " do update set content_hash = :hash, loaded_at = clock_timestamp()"
        ),
        {"hash": wanted},
    )
    return True


def content_hash() -> str:
    """Of all that decides what the lists are: packages by version, our own files byte by byte."""
    found = sha256(repr(sorted(versions().items())).encode())
    for path in sorted(Path(__file__).parent.iterdir()):
        if path.suffix in (".py", ".csv"):
            found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
