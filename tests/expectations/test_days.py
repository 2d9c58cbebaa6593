"""D01_day asks every day of the list of fields that no other rule reads, and nothing else."""

from __future__ import annotations

from expectations.landing import d01_days
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES

_NAMES_OF_DAYS = ("NGAY", "TU_NGAY", "DEN_NGAY", "NGOAITRU_", "GT_THE_", "NAM_NAM_", "BDDT_")
_READ_ELSEWHERE = {
    ("XML1", "GT_THE_TU"),  # C03
    ("XML1", "GT_THE_DEN"),
    ("XML7", "NGAY_CT"),  # D05
    ("XML11", "TU_NGAY"),
    ("XML13", "GT_THE_DEN"),  # X08: a copy of the header's
    ("XML14", "GT_THE_DEN"),
    ("XML14", "NGAY_CT"),
}


def _asked() -> set[tuple[str, str]]:
    return {
        (rows.table_sql.strip("'"), check.field)
        for rows in d01_days.RULE.rows
        for check in rows.checks
    }


def test_what_is_asked_is_a_day_by_its_name() -> None:
    assert {name for _, name in _asked() if not name.startswith(_NAMES_OF_DAYS)} == set()


def test_what_the_list_calls_a_day_is_asked_here_or_read_elsewhere() -> None:
    called = {
        (table.name, field.name)
        for table in (*TABLES.values(), CHECK_INS)
        for field in table.fields
        if field.meaning.rstrip('"').split(",")[0].split(";")[0].endswith("yyyymmdd")
    }
    assert called
    assert called <= _asked() | _READ_ELSEWHERE
    assert not _asked() & _READ_ELSEWHERE
