"""What each mart promises: columns, keys, how it is divided into stores, who sees it.

Nothing here knows a claim. A candidate table holds the rows of every audience, told apart by its
column `audience`. Each audience has a store (a schema) of its own, and each mart a contract per
store. Contracts are read from dbt's manifest (manifest.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CANDIDATE_SCHEMA = "candidate"
AUDIENCE = "audience"
TOMBSTONE = "is_tombstone"
Division = Literal["by_row", "twice"]


@dataclass(frozen=True)
class Column:
    """`data_type` is as Postgres reads it, e.g. `numeric(18,2)`."""

    name: str
    data_type: str
    comment: str
    is_required: bool


@dataclass(frozen=True)
class ForeignKey:
    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]


@dataclass(frozen=True)
class Index:
    """Finds rows by `columns`, in that order; `include` is read from it, without the table."""

    columns: tuple[str, ...]
    include: tuple[str, ...] = ()

    def serves(self, wanted: Index) -> bool:
        """Whether it does all that another one would: it begins with its columns."""
        held = {*self.columns, *self.include}
        begins_so = self.columns[: len(wanted.columns)] == wanted.columns
        return begins_so and held.issuperset(wanted.include)


@dataclass(frozen=True)
class Scope:
    """The keys that an incremental build affected: `columns` of `intermediate.<relation>`.

    The columns have the same names in the mart. A mart that follows lists has no such columns: all
    its rows are affected when the relation names one of its `feeds`.
    """

    relation: str
    columns: tuple[str, ...]
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Store:
    """Where the rows of one audience are published. The open store is `marts`."""

    schema: str
    audience: str


OPEN = Store("marts", "open")
CLOSED = Store("closed", "hiv")
STORES = (OPEN, CLOSED)


@dataclass(frozen=True)
class Link:
    """A row is shown to readers who see a row of `mart` with the same `columns`."""

    mart: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class FacilityView:
    """How a login that sees single facilities reads a mart (`config.meta.facility_view`).

    A row is shown when one of the columns `by` names a facility of the login; with `through`, when
    a row of another mart that the login sees names it; with neither, always. Columns `without` are
    left out: keys that would find a person or a practitioner elsewhere, and values that come from
    rows of other facilities. A column of `keys` is shown where its facility is one of the login's.
    """

    by: tuple[str, ...] = ()
    through: Link | None = None
    without: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class MartContract:
    """One mart in one store. Without a scope every publication compares all its rows (small tables
    only).

    `name` is `fct_births` in the open store and `closed.fct_births` in the closed one. `division`
    says how closed rows are told from open ones: `by_row`, each row is a function of one document;
    `twice`, a row is a function of several, and is computed with and without closed ones.
    `facility_view` is None where only who sees the whole province may read the mart. `cases` is the
    column of a report that counts cases. `fill_percent` leaves room on each page for rows that
    change: one that finds room on its page needs no new entry in any index.
    """

    name: str
    comment: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    scope: Scope | None = None
    division: Division = "by_row"
    store: Store = OPEN
    facility_view: FacilityView | None = None
    cases: str | None = None
    fill_percent: int = 100

    @property
    def mart(self) -> str:
        """Name of the model, the same in every store."""
        return split_name(self.name)[1]

    @property
    def is_public(self) -> bool:
        """A list that every reader sees whole, for it comes from no dossier."""
        return self.facility_view == FacilityView()

    @property
    def candidate_key(self) -> tuple[str, ...]:
        """Primary key of the candidate. `audience` comes last, so that the scope's keys lead it."""
        return (*self.primary_key, AUDIENCE) if self.division == "twice" else self.primary_key

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def has_tombstones(self) -> bool:
        """A closed row may say that with closed documents an open one is not there."""
        return TOMBSTONE in self.column_names

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """What a view shows that has taken tombstones into account."""
        return tuple(column for column in self.columns if column.name != TOMBSTONE)

    @property
    def content_names(self) -> tuple[str, ...]:
        """Columns outside the primary key."""
        return tuple(name for name in self.column_names if name not in self.primary_key)

    @property
    def needed_indexes(self) -> tuple[Index, ...]:
        """Indexes beside the primary key's: of readers, of foreign keys, of the scope.

        A foreign key without an index makes the removal of a dimension row scan the fact.
        """
        keys = [key.columns for key in self.foreign_keys]
        scope = [self.scope.columns] if self.scope and self.scope.columns else []
        return tuple(dict.fromkeys([*self.indexes, *map(Index, [*keys, *scope])]))


def split_name(name: str) -> tuple[str, str]:
    """Schema and table of a mart by the name in its contract."""
    schema, _, mart = name.rpartition(".")
    return schema or OPEN.schema, mart
