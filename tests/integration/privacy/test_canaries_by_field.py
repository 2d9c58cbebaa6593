"""A name, a citizen id and a card in every field of every table, one at a time: who reads it?

Each stands alone in a dossier that is right otherwise, so that it goes as far as it can.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from planted import told_by_terminal
from psycopg import sql
from sqlalchemy import text

from claim_files import claim_file, write
from health_warehouse.database.connections import driver_connection, engine
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.schema import TABLES
from special_dossiers import special_dossiers
from standard_dossiers import FACILITY, StandardDossier
from warehouses import Cluster, new_warehouse

# Who reads what of the fields whose form is not judged yet; these may only shrink.
SEEN: dict[str, set[tuple[str, str]]] = {
    "bi_reader": set(),
    "hiv_reader": set(),
    "ops_reader": {("XML1", "MA_LK")},
}
_LETTERS = "ABCDEGHIKL"


@dataclass(frozen=True)
class Canary:
    """A value that is nowhere else, and the field that it stands in."""

    table: str
    field: str
    value: str


def _canaries() -> Iterator[Canary]:
    number = 0
    for table, described in TABLES.items():
        for field in described.fields:
            number += 1
            word = "".join(_LETTERS[int(digit)] for digit in f"{number:04d}").capitalize()
            for value in (f"Trần {word} Kanari", f"0961{number:08d}", f"DN4961{number:09d}"):
                yield Canary(table, field.name, value)


def _dossiers(canaries: list[Canary]) -> Iterator[StandardDossier]:
    bases = {table: made for made in special_dossiers(1) for table in made.tables}
    assert set(bases) == set(TABLES), f"no dossier has {set(TABLES) - set(bases)}"
    for number, canary in enumerate(canaries):
        made = copy.deepcopy(bases[canary.table])
        _rename(made, number)
        if (canary.table, canary.field) == ("XML1", "MA_LK"):
            _set(made, "MA_LK", canary.value)
        made.tables[canary.table][0][canary.field] = canary.value
        yield made


def _rename(made: StandardDossier, number: int) -> None:
    """Another visit of another person."""
    _set(made, "MA_LK", f"T{number}")
    _set(made, "MA_BN", f"N{number}")
    _set(made, "SO_CCCD", f"0962{number:08d}")
    _set(made, "MA_THE_BHYT", f"DN496{number:010d}")


def _set(made: StandardDossier, name: str, value: str) -> None:
    """In every row that has something there."""
    for rows in made.tables.values():
        for row in rows:
            if row.get(name):
                row[name] = value


@pytest.fixture(scope="module")
def canaries() -> list[Canary]:
    return list(_canaries())


@pytest.fixture(scope="module")
def warehouse(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, canaries: list[Canary]
) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("fields")
    with new_warehouse(cluster, folder / "state", is_released=True) as settings:
        sent = [made.xml() for made in _dossiers(canaries)]
        for start in range(0, len(sent), 200):
            content = claim_file(sent[start : start + 200], FACILITY, "20260901")
            write(folder / "sent", f"{start}.xml", content)
        ingest(settings, list_new(settings, [str(folder / "sent")]))
        built = build(settings)
        audit(settings, built.build_id)
        publish(settings, built.build_id)
        yield settings


def test_the_canaries_came_in_and_dossiers_with_them_are_published(
    warehouse: Settings, canaries: list[Canary]
) -> None:
    with engine(warehouse, "loader").connect() as connection:
        sent = "select count(*) from raw.claims_xml1 where ho_ten like '%Kanari'"
        assert connection.execute(text(sent)).scalar_one() == 1
    with engine(warehouse, "hiv_reader").connect() as connection:
        shown = connection.execute(text("select count(*) from marts.fct_encounters")).scalar_one()
    assert shown > len(canaries) / 2


@pytest.mark.parametrize("role", list(SEEN))
def test_what_a_reader_may_select_holds_no_person(
    warehouse: Settings, canaries: list[Canary], role: str
) -> None:
    content = "\n".join(_readable(warehouse, role))
    assert len(content) > 1_000
    found = {(one.table, one.field) for one in canaries if one.value in content}
    assert found == SEEN[role]


@pytest.mark.parametrize("command", [["quarantine", "--json"], ["ledger", "--json"], ["doctor"]])
def test_no_answer_of_a_command_holds_one(
    warehouse: Settings, canaries: list[Canary], command: list[str]
) -> None:
    said = told_by_terminal(command, warehouse)
    assert said
    found = {(one.table, one.field) for one in canaries if one.value in said}
    assert found <= SEEN["ops_reader"]


def test_nothing_that_dbt_and_the_rules_write_holds_one(
    warehouse: Settings, canaries: list[Canary]
) -> None:
    files = [path for path in (warehouse.state / "dbt").rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_text(encoding="utf-8", errors="replace")
        assert not [one for one in canaries if one.value in content], path.name


def _readable(settings: Settings, role: str) -> Iterator[str]:
    """Every row of every relation that the role may read, with the columns that it may read."""
    with engine(settings, role).connect() as connection:
        columns: dict[tuple[str, str], list[str]] = {}
        for row in connection.execute(_READABLE):
            columns.setdefault((row.schema, row.name), []).append(row.column)
        assert len(columns) > 10
        cursor = driver_connection(connection)
        for (schema, name), names in columns.items():
            statement = sql.SQL("select to_jsonb(t)::text from (select {} from {}) as t").format(
                sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(schema, name)
            )
            yield from (row[0] for row in cursor.execute(statement))


_READABLE = text(
    """
    select c.relnamespace::regnamespace::text as schema, c.relname as name, a.attname as column
    from pg_class as c
    inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p', 'v', 'm')
        and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
        and has_schema_privilege(c.relnamespace, 'usage')
        and has_column_privilege(c.oid, a.attnum, 'select')
    order by 1, 2, a.attnum
    """
)
