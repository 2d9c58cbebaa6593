"""Fingerprints of models, by changes of one project: what makes other rows, and what does not."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from health_warehouse.release.fingerprints import (
    DatabaseCode,
    Project,
    changed_models,
    code_of,
)

DATABASE = DatabaseCode(
    functions={
        "coded": "create function raw.coded(value text) as $$select raw.trimmed(value)$$",
        "trimmed": "create function raw.trimmed(value text) as $$select btrim(value) -- ends\n$$",
    },
    views={"raw.identities": "select raw.coded(card) from raw.claims_xml1"},
)
VARIABLES = {"first_date": "2000-01-01", "last_date": "2049-12-31"}


def node(name: str, code: str, reads: list[str], **said: Any) -> dict[str, Any]:
    return {
        "name": name,
        "alias": name,
        "schema": "candidate",
        "resource_type": "model",
        "raw_code": code,
        "checksum": {"checksum": "of the file"},
        "description": "One row per thing.",
        "columns": {
            "a_key": {"data_type": "uuid", "description": "Its key.", "constraints": []},
            "amount": {"data_type": "integer", "description": "", "constraints": []},
        },
        "constraints": [{"type": "primary_key", "columns": ["a_key"]}],
        "config": {
            "materialized": "replaced_by_key",
            "contract": {"enforced": True},
            "meta": {"publish": {"keys": ["a_key"]}, "misleads": ["It does not add up."]},
            "pre-hook": [],
            "post-hook": [],
        },
        "depends_on": {"nodes": reads, "macros": ["macro.w.amount"]},
        **said,
    }


def macro(name: str, code: str, calls: list[str]) -> dict[str, Any]:
    return {
        "unique_id": f"macro.w.{name}",
        "package_name": "w",
        "macro_sql": code,
        "depends_on": {"macros": calls},
    }


def manifest() -> dict[str, Any]:
    """lines ─▶ report; dates and names stand alone; names reads a view of raw."""
    return {
        "metadata": {"project_name": "w"},
        "nodes": {
            "model.w.lines": node(
                "lines", "-- One row per line.\nselect raw.coded(x), 'a  b' as t", ["seed.w.list"]
            ),
            "model.w.report": node("report", "select {{ amount('y') }}", ["model.w.lines"]),
            "model.w.dates": node(
                "dates",
                "select {{ var('first_date') }}",
                [],
                depends_on={"nodes": [], "macros": []},
            ),
            "model.w.names": node("names", "select 1", ["source.w.raw.identities"]),
            "seed.w.list": node("list", "", [], resource_type="seed"),
            "test.w.unique": {"resource_type": "test", "name": "unique"},
        },
        "sources": {"source.w.raw.identities": {"schema": "raw", "identifier": "identities"}},
        "macros": {
            "macro.w.amount": macro("amount", "{# Money. #} {{ rounded(x) }}", ["macro.w.rounded"]),
            "macro.w.rounded": macro("rounded", "round({{ x }}, 2)", ["macro.dbt.statement"]),
            "macro.w.materialization_replaced_by_key_postgres": macro(
                "materialization_replaced_by_key_postgres", "delete and insert", []
            ),
            "macro.dbt.statement": {"package_name": "dbt", "macro_sql": "of dbt"},
        },
    }


def changed(
    after: dict[str, Any],
    variables: dict[str, str] = VARIABLES,
    database: DatabaseCode = DATABASE,
) -> list[str]:
    before = Project(manifest(), VARIABLES, DATABASE).fingerprints()
    return changed_models(before, Project(after, variables, database).fingerprints())


def test_an_unchanged_project_has_the_same_fingerprints() -> None:
    assert changed(manifest()) == []
    made = Project(manifest(), VARIABLES, DATABASE).fingerprints()
    assert set(made) == {"lines", "report", "dates", "names", "list"}
    assert len(set(made.values())) == 5


def test_texts_change_nothing() -> None:
    after = manifest()
    lines = after["nodes"]["model.w.lines"]
    lines["raw_code"] = "/* Lines. */ select raw.coded(x), -- the patient's code\n 'a  b' as t"
    lines["description"] = "One row per line of a claim."
    lines["columns"]["a_key"]["description"] = "Another sentence."
    lines["config"]["meta"]["misleads"] = ["Do not add it up."]
    lines["config"]["tags"] = ["claims"]
    after["macros"]["macro.w.amount"]["macro_sql"] = "{#- An amount. -#}\n{{ rounded(x) }}"
    after["nodes"]["test.w.unique"]["name"] = "another"
    functions = dict(DATABASE.functions)
    functions["trimmed"] = functions["trimmed"].replace("-- ends", "-- both ends")

    assert changed(after, database=DatabaseCode(functions, DATABASE.views)) == []


def test_the_order_of_yaml_changes_nothing() -> None:
    after = manifest()
    for one in after["nodes"].values():
        if "columns" in one:
            one["columns"] = dict(reversed(one["columns"].items()))
            one["config"] = dict(reversed(one["config"].items()))
    after["nodes"] = dict(reversed(after["nodes"].items()))

    assert changed(after) == []


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        (("model.w.lines", "raw_code"), "select raw.coded(z)", ["lines", "report"]),
        # a blank within a string is no layout
        (("model.w.lines", "raw_code"), "select raw.coded(x), 'a b' as t", ["lines", "report"]),
        (("model.w.report", "raw_code"), "select {{ amount('z') }}", ["report"]),
        (("model.w.report", "columns", "amount", "data_type"), "bigint", ["report"]),
        (("model.w.report", "constraints"), [], ["report"]),
        (("model.w.report", "config", "meta", "publish", "keys"), ["amount"], ["report"]),
        (("model.w.report", "config", "materialized"), "table", ["report"]),
        (("model.w.report", "config", "post-hook"), [{"sql": "analyze"}], ["report"]),
        (("model.w.report", "schema"), "marts", ["report"]),
        (("seed.w.list", "checksum", "checksum"), "of another", ["lines", "list", "report"]),
    ],
)
def test_what_makes_other_rows_changes_the_model_and_what_reads_it(
    place: tuple[str, ...], value: Any, expected: list[str]
) -> None:
    after = manifest()
    said = after["nodes"]
    for name in place[:-1]:
        said = said[name]
    assert said[place[-1]] != value
    said[place[-1]] = value

    assert changed(after) == expected


def test_a_macro_changes_the_models_that_call_it_be_it_through_another() -> None:
    after = manifest()
    after["macros"]["macro.w.rounded"]["macro_sql"] = "round({{ x }}, 3)"
    assert changed(after) == ["lines", "list", "names", "report"]


def test_a_materialization_changes_the_models_that_it_makes() -> None:
    after = manifest()
    after["nodes"]["model.w.dates"]["config"]["materialized"] = "view"
    before = Project(after, VARIABLES, DATABASE).fingerprints()
    after = deepcopy(after)
    name = "macro.w.materialization_replaced_by_key_postgres"
    after["macros"][name]["macro_sql"] = "delete, then insert"

    found = changed_models(before, Project(after, VARIABLES, DATABASE).fingerprints())
    assert found == ["lines", "list", "names", "report"]


def test_a_variable_changes_the_models_that_name_it() -> None:
    assert changed(manifest(), VARIABLES | {"first_date": "1990-01-01"}) == ["dates"]
    assert changed(manifest(), VARIABLES | {"last_date": "2059-12-31"}) == []


def test_a_function_of_the_database_changes_who_calls_it_be_it_through_a_view() -> None:
    functions = DATABASE.functions | {"trimmed": "create function raw.trimmed() as $$select 1$$"}
    other = DatabaseCode(functions, DATABASE.views)
    assert changed(manifest(), database=other) == ["lines", "names", "report"]


def test_a_view_of_the_database_changes_who_reads_it() -> None:
    other = DatabaseCode(DATABASE.functions, {"raw.identities": "select 2"})
    assert changed(manifest(), database=other) == ["names"]


def test_new_and_gone_models_are_named() -> None:
    after = manifest()
    after["nodes"]["model.w.more"] = node("more", "select 1", [])
    del after["nodes"]["model.w.dates"]
    assert changed(after) == ["dates", "more"]


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("select 1 -- it's one\n  , '--' as a", "select 1 , '--' as a"),
        ("{#- don't -#}\nselect  'it''s  -- ' /* x */, 2", "select 'it''s  -- ' , 2"),
        ('{{ config(a="b  --  c") }}', '{{ config(a="b  --  c") }}'),
        ("do $$ begin -- who's there\n perform 1; end $$", "do $$ begin perform 1; end $$"),
    ],
)
def test_comments_go_and_strings_stay(code: str, short: str) -> None:
    assert code_of(code) == short
