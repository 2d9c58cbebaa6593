"""Identifiers in the vault follow the person whose key changes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection, text

from health_warehouse.privacy.person_key import citizen_id
from health_warehouse.rekeying.keys import Keys

# A former key is of one person, and so becomes one key, wherever it is met.
_MOVE = text(
    """
    with moved as (
        delete from vault.person_identifiers as known
        using (select distinct former_key, person_key from made where former_key <> person_key) as m
        where known.person_key = m.former_key
        returning m.person_key, known.kind, known.value
    )
    insert into vault.person_identifiers (person_key, kind, value)
    select person_key, kind, value from moved
    on conflict do nothing
    """
)
_PERSONS = text(
    """
    select distinct person_key from vault.person_identifiers
    where person_key > :place order by person_key limit :size
    """
)
# Who is in `raw` has been moved already.
_LEFT = """
    select person_key, kind, value from vault.person_identifiers as known
    where person_key = any(:persons){is_in_no_table}
    order by person_key
    """
_IS_NOT_IN = """
        and not exists (select from raw.{table} as t where t._person_key = known.person_key)"""
_MADE = text("create temporary table made (former_key uuid, person_key uuid) on commit drop")
_MAP = text("insert into made select * from unnest(cast(:former as uuid[]), cast(:keys as uuid[]))")
_FORGET = text("delete from vault.person_identifiers where person_key = any(:persons)")
NOBODY = UUID(int=0)


def move_persons(connection: Connection) -> None:
    """Give the identifiers of `made.former_key` to `made.person_key`."""
    connection.execute(_MOVE)


def rekey_left(
    connection: Connection, keys: Keys, tables: Sequence[str], place: UUID, size: int
) -> tuple[int, UUID | None]:
    """Persons of whom `raw` has no row any more, behind `place`; how many were read, and the last.
    `tables` of `raw` hold the others.

    They are known by an identifier that the former key was made of. Who had none, and was known by
    the id of a dossier alone, is forgotten: nothing can lead to the new key.
    """
    persons: list[UUID] = list(
        connection.execute(_PERSONS, {"place": place, "size": size}).scalars()
    )
    moved: dict[UUID, UUID] = {}
    forgotten: list[UUID] = []
    is_in_no_table = "".join(_IS_NOT_IN.format(table=table) for table in tables)
    statement = text(_LEFT.format(is_in_no_table=is_in_no_table))
    left = connection.execute(statement, {"persons": persons}).all()
    for person, rows in groupby(left, key=lambda row: row.person_key):
        identities = {found for row in rows if (found := _identity(row.kind, row.value))}
        if keys.is_made_of(person, identities):
            continue
        key = keys.moved(person, identities)
        if key is None:
            forgotten.append(person)
        else:
            moved[person] = key
    if moved:
        connection.execute(_MADE)
        connection.execute(_MAP, {"former": list(moved), "keys": list(moved.values())})
        move_persons(connection)
    if forgotten:
        connection.execute(_FORGET, {"persons": forgotten})
    return len(persons), persons[-1] if len(persons) == size else None


def _identity(kind: str, value: str) -> tuple[str, ...] | None:
    """The parts that a key is made of (privacy/person_key.py), of a line of the vault."""
    if kind == "insurance_number":
        return ("insurance_number", value)
    if kind == "citizen_id":
        number = citizen_id(value)
        return None if number is None else ("citizen_id", number)
    if kind == "local_id":
        return ("patient_id", *value.split("/", 1))
    return None
