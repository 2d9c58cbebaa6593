"""D01_form asks every date and time of the list of fields, and nothing else."""

from __future__ import annotations

from expectations.landing import d01_date_forms
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES

_DATES_TOO = ("date-time", "yyyymmddHHMM")


def _asked() -> set[tuple[str, str]]:
    return {
        (rows.table_sql.strip("'"), check.field)
        for rows in d01_date_forms.RULE.rows
        for check in rows.checks
    }


def test_what_is_asked_is_a_date_by_its_name() -> None:
    assert {name for _, name in _asked() if not name.startswith(("NGAY_", "THOI"))} == set()


def test_what_the_list_calls_a_date_and_time_is_asked() -> None:
    called = {
        (table.name, field.name)
        for table in (*TABLES.values(), CHECK_INS)
        for field in table.fields
        if any(words in field.meaning for words in _DATES_TOO)
    }
    assert called <= _asked()


def test_every_table_is_read_once() -> None:
    tables = [rows.table_sql for rows in d01_date_forms.RULE.rows]
    assert len(tables) == len(set(tables)) == 12
