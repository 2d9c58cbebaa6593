"""What each mart promises in its contract: languages, keys, labels, figures, who sees it."""

from __future__ import annotations

import re
from typing import Any

from model_code import code_of
from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.database.rights import readers_of
from health_warehouse.marts.contracts import CLOSED, OPEN
from health_warehouse.marts.manifest import parse_manifest
from health_warehouse.settings import Settings

# What is taken of the rows of a fact, and is no sum of what is taken of parts of them.
_NOT_A_SUM = re.compile(
    r"\b(?:count\s*\(\s*distinct\b|(?:avg|min|max|mode|percentile_\w+)\s*\()"
    r"(?:(?!\bas\s+\w+\s*(?:,|\bfrom\b))[^;])*?\bas\s+(\w+)\s*(?=,|\bfrom\b|$)"
)
# "<English> | <Tiếng Việt>". Few Vietnamese sentences have no letter that English lacks.
_BILINGUAL = re.compile(r"(?P<english>[^|]+[^ |]) \| (?P<vietnamese>[^|]+)", re.DOTALL)
_VIETNAMESE = re.compile(r"[àáạảãâăèéẹẻẽêìíịỉĩòóọỏõôơùúụủũưỳýỵỷỹđ\u1ea0-\u1ef9]", re.IGNORECASE)


def test_every_mart_and_column_is_described_in_two_languages(models: dict[str, Any]) -> None:
    marts = [model for model in models.values() if model["schema"] == "candidate"]
    described = {f"{mart['name']}": mart["description"] for mart in marts} | {
        f"{mart['name']}.{column['name']}": column["description"]
        for mart in marts
        for column in mart["columns"].values()
    }
    assert len(described) > 200
    for name, description in described.items():
        parts = _BILINGUAL.fullmatch(description)
        assert parts, f'{name}: write its description as "<English> | <Tiếng Việt>"'
        assert _VIETNAMESE.search(parts["vietnamese"]), f"{name}: the second part is Vietnamese"
        assert not _VIETNAMESE.search(parts["english"].replace("đồng", "")), (
            f"{name}: the first part is English"
        )


def test_every_mart_has_what_a_release_needs(models: dict[str, Any]) -> None:
    marts = {name: model for name, model in models.items() if model["schema"] == "candidate"}
    assert len(marts) >= 16
    for name, model in marts.items():
        assert model["config"]["contract"]["enforced"], f"{name}: enforce the contract"
        keys = [rule["columns"] for rule in model["constraints"] if rule["type"] == "primary_key"]
        assert len(keys) == 1, f"{name}: needs one primary_key constraint"
        publish = model["config"]["meta"]["publish"]
        assert not {"scope", "from"} <= set(publish), f"{name}: publish says scope or from"
        if "scope" in publish:
            assert publish["scope"] in models, f"{name}: config.meta.publish.scope is no model"
            assert set(publish["keys"]) <= set(models[publish["scope"]]["columns"])
        elif {"from", "compared"} & set(publish):
            assert "{{ affected_keys() }}" in code_of(model), f"{name}: rewrite affected keys only"
        if compared := publish.get("compared"):
            fresh, among = models[compared["to"]]["columns"], models[compared["in"]]["columns"]
            assert set(fresh) == set(model["columns"]), f"{name}: compare the same columns"
            assert compared["by"] in set(fresh) & set(among), f"{name}: compared by {compared}"
        assert keys[0][: len(publish["keys"])] == publish["keys"], (
            f"{name}: the scope's keys must lead the primary key, or deleting them scans the table"
        )
        if name.startswith("fct_") and "facility_key" in model["columns"]:
            assert keys[0][0] == "facility_key", f"{name}: facility_key leads every key of a fact"
        for key in model["config"]["meta"].get("foreign_keys", ()):
            assert set(key["columns"]) <= set(model["columns"]), f"{name}: {key}"
            assert key["to"] in marts, f"{name}: {key}"


def test_a_mart_of_lists_names_the_feeds_that_it_is_made_of(
    manifest: dict[str, Any], models: dict[str, Any]
) -> None:
    """One that it does not name would leave readers with the former list."""
    seen = 0
    for name, model in models.items():
        publish = model["config"].get("meta", {}).get("publish") or {}
        is_whole = model["config"]["materialized"] == "rewritten_with_feeds"
        assert is_whole == ("feeds" in publish), f"{name}: of lists by materialization and publish"
        if not is_whole:
            continue
        seen += 1
        assert (publish["keys"], publish["scope"]) == ([], "int_lists__changed_feeds"), name
        read = _sources(manifest, f"model.health_warehouse.{name}")
        assert {place for schema, place in read if schema == "feeds"} == set(publish["feeds"]), name
        others = read - {("ops", "builds"), ("ops", "document_changes")}
        assert {schema for schema, _ in others} <= {"feeds", "ref"}, (
            f"{name}: follows {others}, which are no lists; publish it by keys"
        )
    assert seen >= 7


def _sources(manifest: dict[str, Any], name: str) -> set[tuple[str, str]]:
    """Schema and name of all that a model reads, through others too."""
    if name in manifest["sources"]:
        source = manifest["sources"][name]
        return {(source["schema"], source["name"])}
    parents = manifest["nodes"][name].get("depends_on", {}).get("nodes", ())
    return set().union(*(_sources(manifest, parent) for parent in parents))


def test_what_says_which_rows_are_rewritten_runs_before(models: dict[str, Any]) -> None:
    """Or the rows of the build before are deleted, and those of this one stay."""
    scoped = 0
    for name, model in models.items():
        scope = (model["config"]["meta"].get("publish") or {}).get("scope")
        if not scope:
            continue
        scoped += 1
        above: set[str] = set()
        waiting = [name]
        while waiting:
            parents = models.get(waiting.pop(), {}).get("depends_on", {}).get("nodes", ())
            new = {parent.split(".")[-1] for parent in parents} - above
            above |= new
            waiting += new
        assert scope in above, f"{name}: read its scope, or write {{{{ runs_after('{scope}') }}}}"
    assert scoped >= 10


def test_every_code_that_readers_see_has_a_label_in_two_languages(
    warehouse: Settings, models: dict[str, Any]
) -> None:
    """By its list in dim_code_lists, or, where there is no list, by the name that its row has."""
    marts = {name: model for name, model in models.items() if model["schema"] == "candidate"}
    with engine(warehouse, "transformer").connect() as connection:
        rows = connection.execute(
            text("select distinct code_list from candidate.dim_code_lists where code <> :unknown"),
            {"unknown": "(unknown)"},
        )
        lists = set(rows.scalars())
    seen = set()
    for name, mart in marts.items():
        for column in mart["columns"].values():
            said = column["config"]["meta"]
            if not column["name"].endswith(("_code", "_codes")):
                assert not {"code_list", "named_in"} & set(said), f"{name}.{column['name']}"
                continue
            place = f"{name}.{column['name']}"
            assert len({"code_list", "named_in"} & set(said)) == 1, (
                f"{place}: say which list has its labels (`config: {{meta: {{code_list: …}}}}`), "
                "or which column of a mart names it (`named_in: mart.column`)"
            )
            if "code_list" in said:
                assert said["code_list"] in lists, f"{place}: {said['code_list']} is no list"
                seen.add(said["code_list"])
            else:
                mart_name, _, name_column = said["named_in"].partition(".")
                assert name_column in marts[mart_name]["columns"], f"{place}: {said['named_in']}"
    assert len(seen) > 20


def test_no_report_holds_a_figure_that_does_not_add_up(models: dict[str, Any]) -> None:
    """Users add the rows of a report up; that is no way to come to a rate or an average."""
    reports = {name: model for name, model in models.items() if name.startswith("rpt_")}
    assert len(reports) >= 4
    for name, report in reports.items():
        numbers = {
            column["name"]
            for column in report["columns"].values()
            if column["data_type"].startswith(("integer", "bigint", "numeric"))
        }
        for column in numbers:
            assert column.endswith(("_count", "_vnd", "_days", "quantity")) or "_days_" in column, (
                f"{name}.{column}: hold the numerator and the denominator, and name the rate in "
                "config.meta.rates"
            )
        for rate, parts in (report["config"]["meta"].get("rates") or {}).items():
            assert set(parts) == {"of", "over"}, f"{name}: {rate} is {{of: …, over: …}}"
            assert set(parts.values()) <= numbers, f"{name}: {rate} names no figure of it"


def test_figures_name_the_dimensions_over_which_they_do_not_add_up(models: dict[str, Any]) -> None:
    """In `not_additive_over`: where things are counted once per row (count distinct), or are taken
    as an average or an extreme, and where the unit of a figure is that of a member."""
    seen = 0
    for name, report in models.items():
        if not name.startswith("rpt_"):
            continue
        rules = {rule["type"]: rule["columns"] for rule in report["constraints"]}
        not_sums = set(_NOT_A_SUM.findall(code_of(report)))
        aliases = not_sums - set(report["columns"])
        assert not aliases, f"{name}: call {aliases} as the column that it becomes"
        for column in report["columns"].values():
            said = column["config"]["meta"].get("not_additive_over", [])
            place = f"{name}.{column['name']}"
            assert set(said) <= set(rules["primary_key"]) - {"audience"}, f"{place}: {said}"
            if _is_figure(column) and (column["name"] in not_sums or not _has_unit(column)):
                assert said, f"{place}: say over what it does not add up (not_additive_over)"
            if said:
                seen += 1
                english, _, vietnamese = column["description"].partition(" | ")
                is_said = re.search(r"adds? up over", english, re.I) and "cộng" in vietnamese
                assert is_said, f"{place}: its description says over what it does not add up"
    assert seen >= 2


def _is_figure(column: dict[str, Any]) -> bool:
    return bool(column["data_type"].startswith(("integer", "bigint", "numeric")))


def _has_unit(column: dict[str, Any]) -> bool:
    return column["name"].endswith(("_count", "_vnd", "_days")) or "_days_" in column["name"]


def test_every_mart_says_in_two_languages_which_joins_mislead(models: dict[str, Any]) -> None:
    marts = {name: model for name, model in models.items() if model["schema"] == "candidate"}
    for name, mart in marts.items():
        said = mart["config"]["meta"].get("misleads")
        assert said, f"{name}: say in config.meta.misleads which joins and sums go wrong"
        for sentence in said:
            parts = _BILINGUAL.fullmatch(sentence)
            assert parts, f'{name}: write "<English> | <Tiếng Việt>" for {sentence!r}'
            assert _VIETNAMESE.search(parts["vietnamese"]), f"{name}: {sentence}"


def test_every_mart_says_how_it_is_divided_and_who_sees_it(
    manifest: dict[str, Any], models: dict[str, Any]
) -> None:
    """What the contracts do not say, `parse_manifest` refuses."""
    contracts = parse_manifest(manifest)
    marts = {name for name, model in models.items() if model["schema"] == "candidate"}
    assert {contract.mart for contract in contracts if contract.store == CLOSED} == marts
    open_marts = {contract.mart for contract in contracts if contract.store == OPEN}
    assert marts - open_marts == {"fct_hiv_treatments"}
    for name in marts:
        assert [role.name for role in readers_of("marts", name)] == ["bi_reader"]
        assert not list(readers_of("closed", name)), "closed tables are read through views only"


def test_views_of_facilities_hold_no_key_that_joins_across_facilities(
    manifest: dict[str, Any],
) -> None:
    for contract in parse_manifest(manifest):
        if contract.facility_view is None:
            continue
        shown = set(contract.column_names) - set(contract.facility_view.without)
        keys = {"person_key", "staff_key", "ordering_practitioner_key", "practitioner_key"}
        assert not shown & keys, f"{contract.mart}: leave the key out (`without` in facility_view)"
        elsewhere = {"arrival_encounter_key"} & shown
        assert elsewhere <= set(dict(contract.facility_view.keys)), contract.mart
