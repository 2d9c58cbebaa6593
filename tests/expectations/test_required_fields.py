"""Every flag of the portal's sheet is either asked for, or left out on purpose."""

from __future__ import annotations

from expectations.landing import k01_required_fields
from expectations.landing.required_fields import required_when
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES


def test_a_condition_of_the_sheet_is_never_asked_for_unconditionally() -> None:
    for table in (*TABLES.values(), CHECK_INS):
        for field in table.fields:
            if field.required not in ("", "R"):
                assert required_when(table, field) != "true", (table.name, field.name)


def test_every_table_is_judged_once() -> None:
    tables = [rows.table_sql for rows in k01_required_fields.OTHER.rows]
    assert sorted(tables) == sorted(f"'{t.name}'" for t in (*TABLES.values(), CHECK_INS))
    assert all(rows.checks for rows in k01_required_fields.OTHER.rows)


def test_districts_are_not_asked_for() -> None:
    assert "MAHUYEN_CU_TRU" not in k01_required_fields.OTHER.fields
