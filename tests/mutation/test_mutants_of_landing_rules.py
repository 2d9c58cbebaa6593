"""The cases of tests/data/claims/landing_rules notice changes of the rules at the door.

A rule is changed in the SQL that is made from it, which holds the bounds of Python and the lists of
CSV files. A mutant is killed when it changes the findings of a case that is named for the rule.
Some mutants of each rule are drawn, always the same ones.

Rules on several visits, and rows of check-ins, have their cases elsewhere. What all rules share
(expectations/rules/selections.py) is left alone: its tests are those of withdrawals.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from expectations import registry
from expectations.families import journeys
from expectations.rules import statements
from expectations.rules.rule import Rows, Rule
from health_warehouse.database.connections import engine
from health_warehouse.settings import Settings
from landing_cases import CASES, deliver_case
from mutation.sql_mutator import mutants
from mutation.survivors import Tally, check

_PER_RULE = 6
_SHARED = re.compile(
    r"select taken_back.*?is_withdrawal\s*\)\s*and"
    r"|(case when true )?then true else false end",
    re.S,
)
_RULES = [rule for rule in registry.LANDING if rule not in journeys.FAMILY.rules]
Findings = Counter[tuple[object, ...]]


@pytest.fixture(scope="module")
def delivered(module_settings: Settings) -> dict[str, list[int]]:
    """The files of the cases, by the id in their names that is common to a group of rules."""
    files: dict[str, list[int]] = {}
    with engine(module_settings, "loader").begin() as connection:
        for case in CASES:
            family = case["name"].split(" ")[0]
            files.setdefault(family, []).append(deliver_case(connection, case))
    return files


def _mutated(rule: Rule) -> list[tuple[int, str, Rows, Rows]]:
    """Its lot, what was changed, the rows with that change, and without it; by lot."""
    found = []
    for number, rows in enumerate(rule.rows):
        if rows.table_sql == "'XML0'":
            continue
        table = rows.table_sql.strip("'")
        for mutant in mutants(rows.sql, _SHARED):
            changed = replace(rows, sql=mutant.text)
            what = f"{table}: {mutant.what}"
            found.append((mutant.lot(f"{rule.id} {number}"), what, changed, rows))
        for place, judged in enumerate(rows.checks):
            for mutant in mutants(judged.holds):
                checks = list(rows.checks)
                checks[place] = replace(judged, holds=mutant.text)
                changed = replace(rows, checks=tuple(checks))
                what = f"{table}.{judged.field}: {mutant.what}"
                found.append((mutant.lot(f"{rule.id} {number} {place}"), what, changed, rows))
    return sorted(found, key=lambda each: each[0])


def _found(connection: Connection, rule: Rule, rows: Rows, files: list[int]) -> Findings | None:
    """None for SQL that Postgres cannot run."""
    listed = ", ".join(map(str, files))
    batch = f"select * from ops.files where file_id in ({listed})"
    sql = statements.findings(replace(rule, rows=(rows,)), batch)
    try:
        with connection.begin_nested():
            result = connection.exec_driver_sql(sql)
            return Counter((*row[:5],) for row in result if row.position in (None, 1))
    except DatabaseError:
        return None


@pytest.mark.soak
def test_the_cases_kill_the_mutants_of_the_rules(
    module_settings: Settings, delivered: dict[str, list[int]]
) -> None:
    tally = Tally()
    with engine(module_settings, "loader").connect() as connection:
        connection.execute(text("set statement_timeout = '20s'"))
        for rule in _RULES:
            files = delivered[rule.id.split("_")[0]]
            tried = 0
            for _, what, changed, rows in _mutated(rule):
                found = _found(connection, rule, changed, files)
                if found is None:
                    continue
                if found != _found(connection, rule, rows, files):
                    tally.killed += 1
                else:
                    tally.survivors.append((rule.id, what))
                tried += 1
                if tried == _PER_RULE:
                    break
    check(tally)
