"""A warehouse of an older version becomes what a new one is, and loses no row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, text

from claim_files import claim_file, dossier
from health_warehouse.database import connections, former_dossiers, grants
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.migrate import migrate, newest_revision, revision, upgrade
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import load_deliveries
from health_warehouse.landing.ledger import entries
from health_warehouse.rekeying.run import make_keys
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.blank_rows import is_blank
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES, Table
from health_warehouse.upgrade.dossiers import move_dossiers
from health_warehouse.upgrade.plan import plan
from landing_steps import current, deliver, judge, load_all, query
from warehouses import Cluster

OLDER = ("0001", "0002", "0003", "0004")

# What makes a schema: columns, constraints, indexes, views, functions, comments, rights.
_CATALOGUE = (
    """
    select c.oid::regclass::text, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod),
        a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid),
        col_description(c.oid, a.attnum)
    from pg_class as c
    inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef as d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind in ('r', 'v') and c.relnamespace = any(:schemas)
    """,
    """
    select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    from pg_constraint where connamespace = any(:schemas)
    """,
    """
    select indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    from pg_index inner join pg_class on pg_class.oid = indexrelid
    where relnamespace = any(:schemas)
    """,
    "select oid::regclass::text, pg_get_viewdef(oid) from pg_class"
    " where relkind = 'v' and relnamespace = any(:schemas)",
    "select oid::regprocedure::text, pg_get_functiondef(oid), obj_description(oid, 'pg_proc')"
    " from pg_proc where pronamespace = any(:schemas)",
    "select c.oid::regclass::text, obj_description(c.oid, 'pg_class'), r.rolname,"
    " acl.privilege_type from pg_class as c"
    " cross join aclexplode(coalesce(relacl, acldefault('r', relowner))) as acl"
    " inner join pg_roles as r on r.oid = acl.grantee"
    " where relkind in ('r', 'v') and relnamespace = any(:schemas)",
    "select attrelid::regclass::text, attname, r.rolname, acl.privilege_type"
    " from pg_attribute inner join pg_class on pg_class.oid = attrelid"
    " cross join aclexplode(attacl) as acl inner join pg_roles as r on r.oid = acl.grantee"
    " where relnamespace = any(:schemas) and not attisdropped",
)
_SCHEMAS = (
    "select array_agg(oid) from pg_namespace"
    " where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')"
)


@pytest.fixture
def older(cluster: Cluster, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """An empty warehouse at the revision that the test asks for."""
    name = cluster.create_empty_database()
    state = tmp_path / "older"
    settings = Settings(
        state=state,
        dsn=SecretStr(cluster.owner_url(name)),
        person_key=SecretStr("00" * 32),
        inbox_quiet_seconds=0,
    )
    connections.store_secrets(settings, cluster.secrets)
    (state / "inbox").mkdir(parents=True)
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text("create schema ops"))
        upgrade(connection, request.param)
        grants.apply(connection, settings)
    yield settings
    connections.dispose_engines()
    cluster.drop_database(name)


def _catalogue(settings: Settings) -> list[set[tuple[Any, ...]]]:
    with engine(settings, OWNER).connect() as connection:
        schemas = connection.execute(text(_SCHEMAS)).scalar_one()
        return [
            {tuple(row) for row in connection.execute(text(part), {"schemas": schemas})}
            for part in _CATALOGUE
        ]


@pytest.mark.parametrize("older", OLDER, indirect=True)
def test_an_upgraded_schema_is_that_of_a_new_warehouse(older: Settings, settings: Settings) -> None:
    migrate(older)
    with engine(older, OWNER).connect() as connection:
        assert revision(connection) == newest_revision()
    wanted = _catalogue(settings)
    assert all(wanted)
    for found, expected in zip(_catalogue(older), wanted, strict=True):
        assert found - expected == set(), "more than a new one has"
        assert expected - found == set(), "less than a new one has"


@pytest.mark.parametrize("older", OLDER[:1], indirect=True)
def test_rows_of_an_older_version_are_kept_and_worked_with(older: Settings) -> None:
    """Rows as the first version wrote them: a file with two dossiers, a release, an alert."""
    _write_as_the_first_version(older)
    before = {table: _rows(older, table) for table in _FILLED}
    assert all(before.values())
    migrate(older)
    for table, rows in before.items():
        found = _rows(older, table)
        assert [row | found[place] for place, row in enumerate(rows)] == found, table
    states = "select archive_state, (select bool_and(has_rows) from ops.dossier_versions)"
    assert query(older, f"{states} from ops.files") == [("kept", True)]
    assert query(older, "select replaced_rows from ops.releases") == [("kept",)]
    make_keys(older)
    deliver(older, "new.xml", claim_file([dossier("A1", GHI_CHU="new")]))
    load_all(older)
    assert judge(older) == 1
    assert [entry["dossiers"]["loaded"] for entry in entries(older)] == [1, 1]
    assert len(current(older)) == 2


@pytest.mark.parametrize("older", OLDER[:1], indirect=True)
def test_of_a_large_warehouse_the_versions_move_by_the_upgrade(
    older: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_as_the_first_version(older)
    before = {table: _rows(older, table) for table in _FILLED}
    monkeypatch.setattr(former_dossiers, "SMALL", 0)
    migrate(older)
    assert query(older, "select count(*) from ops.dossier_versions") == [(0,)]
    assert former_dossiers.NAME in plan(older).upgrades
    move_dossiers(older, lambda _line: None)
    for table, rows in before.items():
        found = _rows(older, table)
        assert [row | found[place] for place, row in enumerate(rows)] == found, table
    make_keys(older)
    deliver(older, "new.xml", claim_file([dossier("A1", GHI_CHU="new")]))
    with pytest.raises(ConfigurationError, match="warehouse upgrade"):
        load_deliveries(older, list_new(older))


_FILLED = (
    "ops.files",
    "ops.file_receipts",
    "ops.dossier_versions",
    "ops.current_dossiers",
    "ops.dossier_changes",
    "ops.bundles",
    "ops.builds",
    "ops.releases",
    "ops.alerts",
    "raw.claims_xml1",
)


_BLANK_OF_THE_SENDER = (None, "", " \n", "0", "0.00", "0.5", "x")


@pytest.mark.parametrize("older", ["0010"], indirect=True)
def test_blank_rows_that_were_loaded_before_are_counted_and_go(older: Settings) -> None:
    """One row per table, field and value; which of them are blank, the parser says."""
    tables = [table for table in (*TABLES.values(), CHECK_INS) if table.name != "XML1"]
    kept: dict[str, set[int]] = {}
    blank: dict[str, int] = {}
    with engine(older, OWNER).begin() as connection:
        connection.execute(text(_A_FILE), {"counts": json.dumps({"XML1": 1, "other": 2})})
        for table in tables:
            kept[table.name] = set()
            for line, (place, value) in enumerate(
                product(range(len(table.fields)), _BLANK_OF_THE_SENDER), 1
            ):
                row: list[str | None] = [*([None] * len(table.fields)), None]
                row[place] = value
                _insert_row(connection, table, line, row)
                if not is_blank(table, row):
                    kept[table.name].add(line)
            extra: list[str | None] = [*([None] * len(table.fields)), '{"LA": "1"}']
            _insert_row(connection, table, 10_000, extra)
            kept[table.name].add(10_000)
            blank[table.name] = line + 1 - len(kept[table.name])
        sent = {table.name: blank[table.name] + len(kept[table.name]) for table in tables}
        connection.execute(
            text(
                "update ops.files set row_counts = row_counts || cast(:sent as jsonb),"
                " line_count = :lines"
            ),
            {"sent": json.dumps(sent), "lines": sent["XML2"] + sent["XML3"]},
        )
        connection.execute(
            text("update ops.dossier_versions set line_count = :lines where position = 1"),
            {"lines": sent["XML2"] + sent["XML3"]},
        )
    assert min(blank.values()) > 5
    migrate(older)
    for table in tables:
        line = "position" if table is CHECK_INS else "line"
        found = query(older, f"select {line} from raw.{table.raw_table}")
        assert {line for (line,) in found} == kept[table.name], table.name
    counts = {name: len(lines) for name, lines in kept.items()} | {"XML1": 1, "other": 2}
    assert query(older, "select row_counts, blank_counts from ops.files") == [(counts, blank)]
    lines = len(kept["XML2"]) + len(kept["XML3"])
    states = "select position, line_count from ops.dossier_versions order by 1"
    assert query(older, states) == [(1, lines), (2, 7)]
    assert query(older, "select lines_received, lines_blank from ops.ledger") == [
        (sent["XML2"] + sent["XML3"], blank["XML2"] + blank["XML3"])
    ]


_A_FILE = """
with file as (
    insert into ops.files (
        sha256, byte_count, received_at, file_name, status, facility_id, row_counts, judged_at
    )
    values (
        repeat('a', 64), 9, '2026-01-01', 'a.xml', 'loaded', '96001', cast(:counts as jsonb), now()
    )
    returning file_id
), receipt as (
    insert into ops.file_receipts (uri, received_at, file_id, file_name, byte_count, modified_at)
    select 'a', '2026-01-01', file_id, 'a.xml', 9, now() from file
)
insert into ops.dossier_versions (
    file_id, position, facility_id, dossier_id, encounter_key, is_withdrawal, line_count, verdict
)
select file_id, position, '96001', 'A' || position, gen_random_uuid(), false, 7, 'accepted'
from file cross join generate_series(1, 2) as position
"""


def _insert_row(connection: Connection, table: Table, line: int, row: list[str | None]) -> None:
    columns = [field.column for field in table.fields]
    names = ["file_id", "line", *columns, "_extra"]
    values = {"file_id": 1, "line": line, **dict(zip(columns, row[:-1], strict=True))}
    values["_extra"] = row[-1]
    if table is not CHECK_INS:
        names.append("position")
        values["position"] = 1
    else:
        names += ["facility_id", "_person_key"]
        values |= {"facility_id": "96001", "_person_key": str(UUID(int=1))}
    places = ", ".join(f"cast(:{n} as jsonb)" if n == "_extra" else f":{n}" for n in names)
    connection.execute(
        text(f"insert into raw.{table.raw_table} ({', '.join(names)}) values ({places})"), values
    )


def _rows(settings: Settings, table: str) -> list[dict[str, Any]]:
    rows = query(settings, f"select to_jsonb(t) from {table} as t order by to_jsonb(t)::text")
    return [row[0] for row in rows]


def _write_as_the_first_version(settings: Settings) -> None:
    with engine(settings, OWNER).begin() as connection:
        for statement in (
            "insert into ops.files (sha256, byte_count, received_at, file_name, status,"
            " facility_id, dossier_count, judged_at)"
            " values (repeat('a', 64), 9, '2026-01-01', 'a.xml', 'loaded', '96001', 2, now())",
            "insert into ops.file_receipts values ('a', '2026-01-01', 1, 'a.xml', 9, now())",
            "insert into ops.bundles values ('b', 9, now(), 'modified', 'c', 'b.zip', 1)",
            "insert into ops.dossier_versions values"
            " (1, 1, '96001', 'A1', false, 0, 'accepted'),"
            " (1, 2, '96001', 'A2', false, 0, 'accepted')",
            "insert into ops.current_dossiers values"
            " ('96001', 'A1', 1, 1, false), ('96001', 'A2', 1, 2, false)",
            "insert into ops.dossier_changes (facility_id, dossier_id, new_file_id, new_position)"
            " values ('96001', 'A1', 1, 1), ('96001', 'A2', 1, 2)",
            "insert into raw.claims_xml1 (file_id, position, ma_lk, _person_key)"
            " values (1, 1, 'A1', gen_random_uuid()), (1, 2, 'A2', gen_random_uuid())",
            "insert into ops.builds (from_change_id, to_change_id, is_full, status)"
            " values (0, 2, true, 'published')",
            "insert into ops.releases (build_id, to_change_id, is_full, status, started_at)"
            " values (1, 2, true, 'current', now())",
            "insert into ops.alerts (fingerprint, kind, occurrence_count, reasons, facts,"
            " opened_at, last_seen_at) values ('a', 'b', 1, '{}', '{}', now(), now())",
        ):
            connection.execute(text(statement))
