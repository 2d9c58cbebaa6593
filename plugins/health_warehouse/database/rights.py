"""What roles.yml says, read and checked. Nothing here talks to a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from health_warehouse.database.roles import ROLES
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.ddl import EXTRA

PATH = Path(__file__).with_name("roles.yml")
VERBS = frozenset({"select", "insert", "update", "delete", "truncate"})

EVERY: Final = "every column"
NOT_PERSONAL: Final = "not personal"
Columns = Literal["every column", "not personal"] | tuple[str, ...]
Rights = Mapping[str, Columns]

_KEYS = {"purpose", "member_of", "creates_in", "executes", "tables", "session"}
_KEYS |= {"reserved_slots", "temporary_tables"}
_PERSONAL_BESIDE_FEEDS = {
    "files": frozenset({"file_name"}),
    "file_receipts": frozenset({"file_name", "uri", "path"}),
    "bundles": frozenset({"file_name", "uri"}),
}


@dataclass(frozen=True)
class RoleRights:
    """One role. `tables` maps a schema to patterns of table names and what may be done there.

    `has_reserved_slots`: it may take the connections that the server keeps (reserved_connections).
    """

    name: str
    purpose: str
    member_of: tuple[str, ...]
    creates_in: tuple[str, ...]
    executes: tuple[str, ...]
    tables: Mapping[str, Mapping[str, Rights]]
    session: Mapping[str, str]
    has_reserved_slots: bool
    makes_temporary_tables: bool

    @property
    def schemas(self) -> frozenset[str]:
        """Schemas that it must be able to enter."""
        return frozenset({*self.creates_in, *self.executes, *self.tables})

    def on(self, schema: str, table: str) -> Rights:
        """What it may do on a table (not through membership, not as its owner): verb → columns."""
        patterns = self.tables.get(schema, {})
        fitting = [pattern for pattern in patterns if fnmatchcase(table, pattern)]
        return patterns[max(fitting, key=_closeness)] if fitting else {}


@lru_cache(maxsize=1)
def all_rights() -> Mapping[str, RoleRights]:
    """Every role of roles.yml by name. Raises ValueError when the file says what nobody reads."""
    content = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    content.pop("x-person")  # only referred to
    if tuple(content) != ROLES:
        raise ValueError(f"{PATH}: the roles must be {', '.join(ROLES)}, in this order")
    return {name: _role(name, entry) for name, entry in content.items()}


def schemas() -> frozenset[str]:
    """Every schema that a role may enter."""
    return frozenset().union(*(role.schemas for role in all_rights().values()))


def readers_of(schema: str, table: str) -> Iterator[RoleRights]:
    """The roles that may read the whole table by a rule of their own."""
    for role in all_rights().values():
        if role.on(schema, table).get("select") == EVERY:
            yield role


def personal_columns(contracts: Mapping[str, Contract]) -> Mapping[str, frozenset[str]]:
    """What `not personal` leaves out, by table: what contracts call personal, and what they do not
    know."""
    of_feeds = {
        table.raw_table: frozenset(c.name for c in table.columns if c.is_personal) | {EXTRA}
        for contract in contracts.values()
        for table in contract.tables
    }
    return of_feeds | _PERSONAL_BESIDE_FEEDS


def granted_columns(
    columns: Columns,
    table: str,
    existing: tuple[str, ...],
    personal: Mapping[str, frozenset[str]] | None = None,
) -> tuple[str, ...]:
    """The columns of a table that `columns` stands for; of those that are listed, all must exist.

    `personal` is that of our feeds when it is not given. Raises ValueError when roles.yml lists a
    column that the table does not have, or no contract says which columns are personal.
    """
    if columns == EVERY:
        return existing
    if columns == NOT_PERSONAL:
        personal = personal_columns(built_in()) if personal is None else personal
        if table not in personal:
            raise ValueError(f"{PATH}: no contract describes {table}: list its columns")
        return tuple(name for name in existing if name not in personal[table])
    if missing := sorted(set(columns) - set(existing)):
        raise ValueError(f"{PATH}: {table} has no column {', '.join(missing)}")
    return tuple(columns)


def _role(name: str, entry: Mapping[str, Any]) -> RoleRights:
    if unknown := set(entry) - _KEYS:
        raise ValueError(f"{PATH}: {name}: nobody reads {', '.join(sorted(unknown))}")
    return RoleRights(
        name=name,
        purpose=entry["purpose"],
        member_of=tuple(entry.get("member_of", ())),
        creates_in=tuple(entry.get("creates_in", ())),
        executes=tuple(entry.get("executes", ())),
        tables={
            schema: {pattern: _rights(f"{name}: {schema}.{pattern}", what)
                     for pattern, what in patterns.items()}
            for schema, patterns in entry.get("tables", {}).items()
        },
        session=dict(entry.get("session", {})),
        has_reserved_slots=bool(entry.get("reserved_slots", False)),
        makes_temporary_tables=bool(entry.get("temporary_tables", False)),
    )  # fmt: skip


def _rights(where: str, what: Any) -> Rights:
    """`[select, insert]`, or `{select: columns}` with a list of columns or `not personal`."""
    by_verb = what if isinstance(what, dict) else dict.fromkeys(what, EVERY)
    if unknown := set(by_verb) - VERBS:
        raise ValueError(f"{PATH}: {where}: no such right: {', '.join(sorted(unknown))}")
    return {
        verb: columns if columns in (EVERY, NOT_PERSONAL) else tuple(columns)
        for verb, columns in by_verb.items()
    }


def _closeness(pattern: str) -> tuple[bool, int]:
    return ("*" not in pattern, len(pattern))
