"""K02_number asks every number of the list of fields that no other rule reads, and nothing else."""

from __future__ import annotations

import pytest

from expectations.landing import (
    k02_numbers,
    k03_lists,
    l01_line_arithmetic,
    l02_header_totals,
    l02_treatment_days,
    p02_sex,
    x08_copies,
)
from expectations.rules.rule import Rule
from health_warehouse.sources.claims.schema import CHECK_INS, TABLES

_READERS = (
    l01_line_arithmetic.RULE,
    k03_lists.RULE,
    p02_sex.RULE,
    p02_sex.OTHER,
    x08_copies.RULE,
)
_BY_NO_RULE = {("XML3", "VI_TRI_TH_DVKT")}
_NUMBERS = {
    (table.name, field.name)
    for table in (*TABLES.values(), CHECK_INS)
    for field in table.fields
    if field.type == "N"
}


def _places(*rules: Rule) -> set[tuple[str, str]]:
    return {
        (rows.table_sql.strip("'"), check.field)
        for rule in rules
        for rows in rule.rows
        for check in rows.checks
    }


def test_every_number_is_asked_here_or_told_by_a_rule_that_names_it() -> None:
    asked = _places(k02_numbers.RULE)
    read_elsewhere = _NUMBERS - asked
    assert asked <= _NUMBERS
    assert read_elsewhere == (read_elsewhere & _places(*_READERS)) | _BY_NO_RULE


def test_nothing_is_told_twice() -> None:
    told_twice = _places(k02_numbers.RULE) & _places(
        *_READERS, l02_header_totals.RULE, l02_treatment_days.RULE
    )
    assert {table for table, _ in told_twice} == {"XML1"}
    assert {field for _, field in told_twice} == set(k02_numbers.ONLY_WHEN)


@pytest.mark.parametrize("field", ["NAM_QT", "THANG_QT"])
def test_a_month_of_settlement_is_asked(field: str) -> None:
    assert ("XML1", field) in _places(k02_numbers.RULE)
