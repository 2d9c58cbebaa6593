"""The tables that contracts ask for, beside those that migrations made, in a real Postgres."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from health_warehouse.database.connections import OWNER, driver_connection, engine
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.feeds.contract import Table
from health_warehouse.feeds.ddl import column_names, create_table
from health_warehouse.feeds.names import OTHER_TABLES, RESERVED, SYSTEM_COLUMNS
from health_warehouse.settings import Settings

_TABLES = [
    table for feed in ("claims", "check_ins") for table in built_in()[feed].tables
]  # fmt: skip
"""Made by migrations; tables of other feeds are made from their contracts."""

_COLUMNS = text(
    """
    select attname, format_type(atttypid, atttypmod), attnotnull
    from pg_attribute
    where attrelid = to_regclass(:table) and attnum > 0 and not attisdropped
    order by attnum
    """
)
_KEY = text(
    "select pg_get_constraintdef(oid) from pg_constraint"
    " where conrelid = to_regclass(:table) and contype = 'p'"
)
_COMMENT = text("select obj_description(to_regclass(:table), 'pg_class')")


def _described(connection: Connection, table: str) -> dict[str, Any]:
    asked = {"table": table}
    return {
        "columns": connection.execute(_COLUMNS, asked).all(),
        "key": connection.execute(_KEY, asked).scalar_one(),
        "comment": connection.execute(_COMMENT, asked).scalar_one(),
    }


def test_every_table_of_claims_and_check_ins_has_a_contract() -> None:
    assert len(_TABLES) == 15
    assert {table.raw_table for table in _TABLES} == {
        "check_ins",
        *(f"claims_xml{number}" for number in (*range(1, 12), 13, 14, 15)),
    }


@pytest.mark.parametrize("table", _TABLES, ids=[table.raw_table for table in _TABLES])
def test_what_a_contract_asks_for_is_what_migrations_made(
    module_settings: Settings, table: Table
) -> None:
    with engine(module_settings, OWNER).connect() as connection:
        made = _described(connection, f"raw.{table.raw_table}")
        driver_connection(connection).execute(f"drop table raw.{table.raw_table} cascade")
        driver_connection(connection).execute(create_table(table))
        asked = _described(connection, f"raw.{table.raw_table}")
        connection.rollback()
    assert asked == made
    assert column_names(table) == tuple(name for name, *_ in made["columns"])


def test_relations_of_raw_without_a_contract_are_listed(module_settings: Settings) -> None:
    with engine(module_settings, OWNER).connect() as connection:
        found = connection.execute(
            text(
                "select relname from pg_class where relnamespace = 'raw'::regnamespace"
                " and relkind in ('r', 'v', 'm', 'p')"
            )
        ).scalars()
        described = {
            table.raw_table for contract in built_in().values() for table in contract.tables
        }
        assert set(found) - described == OTHER_TABLES


def test_what_postgres_does_not_take_as_a_name_is_refused(module_settings: Settings) -> None:
    with engine(module_settings, OWNER).connect() as connection:
        reserved = connection.execute(
            text("select word from pg_get_keywords() where catcode in ('R', 'T')")
        ).scalars()
        system = connection.execute(
            text("select attname from pg_attribute where attrelid = 'pg_class'::regclass"
                 " and attnum < 0")
        ).scalars()  # fmt: skip
        assert set(reserved) <= RESERVED
        assert set(system) <= SYSTEM_COLUMNS
