"""Reading mart contracts from a dbt manifest."""

from __future__ import annotations

from typing import Any

import pytest

from health_warehouse.errors import ConfigurationError
from health_warehouse.marts.contracts import OPEN, ForeignKey, Index, MartContract, Scope
from health_warehouse.marts.manifest import parse_manifest


def node(name: str, columns: list[str], key: list[str], **meta: Any) -> dict[str, Any]:
    """Divided by row and seen by the whole province, unless `meta` says otherwise."""
    meta = {"closed": "by_row", "facility_view": "none", **meta}
    columns = [*columns, "audience"]
    return {
        "resource_type": "model",
        "schema": "candidate",
        "name": name,
        "alias": name,
        "description": "One row\n  per thing.",
        "columns": {
            c: {"name": c, "data_type": "integer", "description": "", "constraints": []}
            for c in columns
        },
        "constraints": [{"type": "primary_key", "columns": key}] if key else [],
        "config": {"meta": meta},
    }


def manifest(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"nodes": {f"model.p.{one['name']}": one for one in nodes}}


DIMENSION = node("dim_a", ["a_key"], ["a_key"])
FACT = node(
    "fct_b",
    ["a_key", "b_key", "day"],
    ["a_key", "b_key"],
    foreign_keys=[{"columns": ["a_key"], "to": "dim_a", "to_columns": ["a_key"]}],
    indexes=[{"columns": ["day"], "include": ["b_key"]}],
    fill_percent=85,
    publish={"scope": "intermediate.affected_b", "keys": ["a_key", "b_key"]},
)


def open_marts(source: dict[str, Any]) -> list[MartContract]:
    return [contract for contract in parse_manifest(source) if contract.store == OPEN]


def test_referenced_marts_come_first_whatever_the_order_of_the_manifest() -> None:
    assert [c.name for c in open_marts(manifest(FACT, DIMENSION))] == ["dim_a", "fct_b"]


def test_each_mart_has_a_contract_in_each_store() -> None:
    names = [contract.name for contract in parse_manifest(manifest(FACT, DIMENSION))]
    assert names == ["dim_a", "fct_b", "closed.dim_a", "closed.fct_b"]
    only = node("fct_c", ["c_key"], ["c_key"], closed_only=True)
    assert [contract.name for contract in parse_manifest(manifest(only))] == ["closed.fct_c"]


def test_the_audience_is_no_column_of_a_mart_and_the_last_of_the_key_of_its_candidate() -> None:
    twice = node("dim_a", ["a_key"], ["a_key", "audience"], closed="twice")
    contract = open_marts(manifest(twice))[0]
    assert contract.column_names == contract.primary_key == ("a_key",)
    assert contract.candidate_key == ("a_key", "audience")


def test_in_the_closed_store_keys_lead_to_marts_that_are_computed_twice() -> None:
    twice = node("dim_a", ["a_key"], ["a_key", "audience"], closed="twice")
    fact = node(
        "fct_c",
        ["a_key", "b_key"],
        ["a_key", "b_key"],
        foreign_keys=[
            {"columns": ["a_key"], "to": "dim_a"},
            {"columns": ["a_key", "b_key"], "to": "fct_b"},
        ],
    )
    other = node("fct_b", ["a_key", "b_key"], ["a_key", "b_key"])
    contracts = {one.name: one for one in parse_manifest(manifest(twice, fact, other))}
    assert [key.to for key in contracts["fct_c"].foreign_keys] == ["dim_a", "fct_b"]
    assert [key.to for key in contracts["closed.fct_c"].foreign_keys] == ["closed.dim_a"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"closed": None}, "how closed rows are told from open ones"),
        ({"closed": "sometimes"}, "how closed rows are told from open ones"),
        ({"closed": "twice"}, "audience must be the last column of its primary key"),
        ({"facility_view": None}, "does not say who sees its rows"),
        ({"facility_view": {"without": ["a_key"]}}, "does not say who sees its rows"),
        ({"facility_view": {"by": ["c_key"]}}, "no column c_key"),
    ],
)
def test_a_mart_that_does_not_say_who_sees_it_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse_manifest(manifest(node("dim_a", ["a_key"], ["a_key"], **changes)))


def test_a_report_says_which_column_counts_its_cases() -> None:
    with pytest.raises(ConfigurationError, match="which column counts its cases"):
        parse_manifest(manifest(node("rpt_a", ["a_key"], ["a_key"])))


def test_a_contract_holds_what_a_release_needs() -> None:
    fact = open_marts(manifest(FACT, DIMENSION))[1]
    assert fact.comment == "One row per thing."
    assert fact.primary_key == ("a_key", "b_key")
    assert fact.foreign_keys == (ForeignKey(("a_key",), "dim_a", ("a_key",)),)
    assert fact.scope == Scope("affected_b", ("a_key", "b_key"))
    assert fact.fill_percent == 85
    assert {column.name: column.is_required for column in fact.columns} == {
        "a_key": True,
        "b_key": True,
        "day": False,
    }


def test_a_mart_of_lists_is_affected_as_a_whole_and_needs_no_index_for_it() -> None:
    publish = {"keys": [], "scope": "changed_feeds", "feeds": ["posts"]}
    (mart,) = open_marts(manifest(node("fct_posts", ["a_key"], ["a_key"], publish=publish)))
    assert mart.scope == Scope("changed_feeds", (), ("posts",))
    assert mart.needed_indexes == ()


def test_every_foreign_key_and_scope_gets_an_index() -> None:
    fact = open_marts(manifest(FACT, DIMENSION))[1]
    assert fact.needed_indexes == (
        Index(("day",), ("b_key",)),
        Index(("a_key",)),
        Index(("a_key", "b_key")),
    )


@pytest.mark.parametrize(
    ("wanted", "is_served"),
    [
        (Index(("a", "b"), ("c",)), True),
        (Index(("a",)), True),
        (Index(("a",), ("c", "b")), True),
        (Index(("b",)), False),
        (Index(("a", "b", "c")), False),  # what is included is in no order
        (Index(("a",), ("d",)), False),
    ],
)
def test_an_index_serves_for_what_it_begins_with_and_holds(wanted: Index, is_served: bool) -> None:
    assert Index(("a", "b"), ("c",)).serves(wanted) is is_served


def test_models_of_other_schemas_and_tests_are_not_marts() -> None:
    staging = node("stg_a", ["a_key"], ["a_key"]) | {"schema": "staging"}
    test = {"resource_type": "test", "schema": "candidate", "name": "t"}
    assert [c.name for c in open_marts(manifest(staging, test, DIMENSION))] == ["dim_a"]


def test_a_key_declared_on_its_column_counts() -> None:
    mart = node("dim_a", ["a_key"], [])
    mart["columns"]["a_key"]["constraints"] = [{"type": "primary_key"}]
    assert parse_manifest(manifest(mart))[0].primary_key == ("a_key",)


def broken(**changes: Any) -> dict[str, Any]:
    return manifest(DIMENSION, node("fct_b", ["a_key", "b_key"], ["b_key"], **changes))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (manifest(), "no model in schema candidate"),
        (manifest(node("dim_a", ["a_key"], [])), "no primary_key"),
        (manifest(node("dim_a", ["a_key"], ["b_key"])), "no column b_key"),
        (broken(indexes=[{"columns": ["c"]}]), "no column c"),
        (broken(indexes=[{"columns": ["a_key"], "include": ["c"]}]), "no column c"),
        (broken(fill_percent=5), "fct_b: fill_percent is 10 to 100, not 5"),
        (broken(publish={"scope": "affected", "keys": ["c"]}), "no column c"),
        (broken(foreign_keys=[{"columns": ["a_key"], "to": "dim_z"}]), "dim_z, which is no mart"),
        (
            broken(foreign_keys=[{"columns": ["b_key"], "to": "dim_a", "to_columns": ["b_key"]}]),
            "not its primary key",
        ),
    ],
)
def test_a_broken_contract_is_refused_by_name(source: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse_manifest(source)


@pytest.mark.parametrize("data_type", ["", "integer; drop table x", "integer) inherits (y"])
def test_what_is_no_type_never_reaches_create_table(data_type: str) -> None:
    mart = node("dim_a", ["a_key"], ["a_key"])
    mart["columns"]["a_key"]["data_type"] = data_type
    with pytest.raises(ConfigurationError, match="not a data type"):
        parse_manifest(manifest(mart))


@pytest.mark.parametrize(
    "data_type", ["numeric(18,2)", "numeric(18, 2)", "timestamp with time zone", "text[]", "uuid"]
)
def test_types_of_postgres_are_taken_as_written(data_type: str) -> None:
    mart = node("dim_a", ["a_key"], ["a_key"])
    mart["columns"]["a_key"]["data_type"] = data_type
    assert parse_manifest(manifest(mart))[0].columns[0].data_type == data_type


def test_foreign_keys_in_a_circle_are_refused() -> None:
    a = node("dim_a", ["k"], ["k"], foreign_keys=[{"columns": ["k"], "to": "dim_b"}])
    b = node("dim_b", ["k"], ["k"], foreign_keys=[{"columns": ["k"], "to": "dim_a"}])
    with pytest.raises(ConfigurationError, match="circle"):
        parse_manifest(manifest(a, b))
