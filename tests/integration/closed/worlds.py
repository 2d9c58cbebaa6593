"""Two warehouses side by side: one is sent everything, the other never hears of closed dossiers.

Of a dossier that becomes closed the other one hears that it was withdrawn: that is what a plain
reader may notice. Which dossiers are closed the tests say themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from sqlalchemy import text

from claim_ledger import Dossier, Ledger
from health_warehouse.database.connections import OWNER, dsn, engine
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings

# What a plain reader is told with each release, and says so in docs/security.md.
_SAID = "current_release"


@dataclass(frozen=True)
class Sent:
    """One dossier as it is sent, and whether it is closed, or its check-in alone."""

    facility_id: str
    dossier: Dossier
    is_closed: bool = False
    is_check_in_closed: bool = False


class World:
    """One warehouse, fed by the ledger and published as Airflow would."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._ledger = Ledger(settings)
        self._known: set[tuple[str, str]] = set()

    def deliver(self, sent: Sent) -> None:
        self._known.add((sent.facility_id, sent.dossier.dossier_id))
        self._ledger.deliver(sent.facility_id, sent.dossier)

    def deliver_open(self, sent: Sent) -> None:
        """What a warehouse hears that never hears of closed dossiers."""
        if sent.is_check_in_closed:
            sent = replace(sent, dossier=replace(sent.dossier, check_in=None))
        if not sent.is_closed:
            self.deliver(sent)
        elif (sent.facility_id, sent.dossier.dossier_id) in self._known:
            self.deliver(replace(sent, dossier=_taken_back(sent.dossier)))

    def release(self) -> None:
        built = build(self.settings)
        audit(self.settings, built.build_id)
        publish(self.settings, built.build_id)

    def settle_storage(self) -> None:
        """Rows lie as if they had just been loaded: what a row lay beside tells nothing."""
        with psycopg.connect(dsn(self.settings, "publisher"), autocommit=True) as connection:
            for (table,) in connection.execute(
                "select tablename from pg_tables where schemaname = 'marts' order by 1"
            ).fetchall():
                connection.execute(f"vacuum (full, analyze) marts.{table}")

    def readable(self, login: str) -> list[str]:
        """Every relation outside the catalogue that a login may select from."""
        with engine(self.settings, OWNER).connect() as connection:
            return list(
                connection.execute(
                    text(
                        "select format('%I.%I', n.nspname, c.relname)"
                        " from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
                        " where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')"
                        " and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"
                        " and has_schema_privilege(:login, n.oid, 'usage')"
                        " and has_table_privilege(:login, c.oid, 'select') order by 1"
                    ),
                    {"login": login},
                ).scalars()
            )

    def content(self, login: str) -> dict[str, Counter[str]]:
        """All that a login can select, as multisets of rows."""
        found = {}
        with engine(self.settings, login).connect() as connection:
            for relation in self.readable(login):
                if relation.endswith(_SAID) or relation.startswith("ops."):
                    continue
                rows = connection.execute(text(f"select t::text from {relation} as t")).scalars()
                found[relation] = Counter(rows)
        return found

    def answer(self, login: str, statement: str) -> list[Any] | str:
        """Rows, or the words of the error."""
        with psycopg.connect(dsn(self.settings, login)) as connection:
            try:
                return connection.execute(statement).fetchall()  # type: ignore[arg-type]
            except psycopg.Error as error:
                return f"{error.sqlstate} {error.diag.message_primary}"

    def plan(self, login: str, statement: str) -> list[str]:
        """What EXPLAIN ANALYZE counts."""
        options = "analyze, costs off, timing off, summary off, buffers off"
        rows = self.answer(login, f"explain ({options}) {statement}")
        assert not isinstance(rows, str), rows
        return [row[0] for row in rows]


def _taken_back(dossier: Dossier) -> Dossier:
    return replace(dossier, is_withdrawal=True, check_in=None)


def both(everything: World, opened: World, sent: list[Sent]) -> None:
    for one in sent:
        everything.deliver(one)
        opened.deliver_open(one)


def keys_of(world: World) -> Iterator[tuple[str, str]]:
    """Person and encounter keys of every dossier, closed ones too: what an attacker may hold."""
    with engine(world.settings, OWNER).connect() as connection:
        for row in connection.execute(
            text(
                "select distinct h._person_key::text as person, v.encounter_key::text as encounter"
                " from ops.dossier_versions as v"
                " join raw.claims_xml1 as h using (file_id, position)"
                " order by 1, 2"
            )
        ):
            yield row.person, row.encounter
