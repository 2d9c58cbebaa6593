"""Fill the schema `ref`, when the lists are other than those that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, text

from health_warehouse.database.connections import copy_rows, driver_connection
from health_warehouse.reference import administrative_units, code_lists, icd10, working_days
from health_warehouse.reference.packaged import versions

_Lists = dict[str, tuple[tuple[str, ...], Callable[[], Iterable[tuple[Any, ...]]]]]


_DAY = ("day", "kind", "name_vi", "name_en", "source", "confidence")


def _special_days(holidays: Path | None) -> Iterable[tuple[Any, ...]]:
    return (tuple(getattr(one, name) for name in _DAY) for one in working_days.days_of(holidays))


def _lists(names_file: Path | None, holidays: Path | None) -> _Lists:
    """Table → its columns, its rows."""
    return {
        "ref.icd10_codes": (icd10.Code._fields, partial(icd10.codes, names_file)),
        "ref.provinces": (administrative_units.Province._fields, administrative_units.provinces),
        "ref.communes": (administrative_units.Commune._fields, administrative_units.communes),
        "ref.commune_successors": (
            administrative_units.CommuneSuccessor._fields,
            administrative_units.commune_successors,
        ),
        "ref.code_lists": (code_lists.Entry._fields, code_lists.entries),
        "ref.special_days": (_DAY, partial(_special_days, holidays)),
    }


def fill(
    connection: Connection, names_file: Path | None = None, holidays: Path | None = None
) -> bool:
    """Replace the lists if they are made from something else than before; true when they were.

    `names_file` holds Vietnamese names of diagnoses (icd10.vietnamese_names), `holidays` days of a
    province's own (working_days.days_of). In the open transaction of the owner: readers see the old
    lists until it commits. Raises ConfigurationError when a package is missing, or a file is not as
    it should be.
    """
    wanted = content_hash(names_file, holidays)
    there = connection.execute(text("select content_hash from ref.loaded")).scalar_one_or_none()
    if there == wanted:
        return False
    cursor = driver_connection(connection).cursor()
    for table, (columns, rows) in _lists(names_file, holidays).items():
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


def content_hash(names_file: Path | None = None, holidays: Path | None = None) -> str:
    """Of all that decides what the lists are: packages by version, files byte by byte.

    Raises ConfigurationError when the file of names or of holidays is not as it should be.
    """
    found = sha256(repr(sorted(versions().items())).encode())
    for path in sorted(Path(__file__).parent.iterdir()):
        if path.suffix in (".py", ".csv"):
            found.update(path.name.encode() + b"\0" + path.read_bytes())
    if names_file:
        found.update(repr(sorted(icd10.vietnamese_names(names_file).items())).encode())
    if holidays:
        found.update(repr(working_days.special_days(holidays)).encode())
    return found.hexdigest()
