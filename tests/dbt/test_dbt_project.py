"""The dbt project: no warning, every model is documented and tested, unit tests pass."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.database.rights import readers_of
from health_warehouse.marts.contracts import CLOSED, OPEN
from health_warehouse.marts.manifest import parse_manifest
from health_warehouse.release import dbt
from health_warehouse.release.build import build
from health_warehouse.settings import Settings

_PREFIXES = {
    "staging": r"stg_[a-z]+__[a-z_]+",
    "intermediate": r"int_[a-z]+__[a-z_]+",
    "marts": r"(dim|fct|bridge|rpt)_[a-z_]+",
}
# What makes a model branch: a choice, a filter, an outer join, a choice among rows; and the macros
# that hold a choice.
_BRANCHES = re.compile(
    r"\b(case|coalesce|where|filter|left join|distinct on|limit 1|exists"
    r"|number_code|small_number|birth_weight|flag|calendar_date|month_start|searched_text|searched_codes|year\()\b"
)
# What is taken of the rows of a fact, and is no sum of what is taken of parts of them.
_NOT_A_SUM = re.compile(
    r"\b(?:count\s*\(\s*distinct\b|(?:avg|min|max|mode|percentile_\w+)\s*\()"
    r"(?:(?!\bas\s+\w+\s*(?:,|\bfrom\b))[^;])*?\bas\s+(\w+)\s*(?=,|\bfrom\b|$)"
)
# "<English> | <Tiếng Việt>". Few Vietnamese sentences have no letter that English lacks.
_BILINGUAL = re.compile(r"(?P<english>[^|]+[^ |]) \| (?P<vietnamese>[^|]+)", re.DOTALL)
_VIETNAMESE = re.compile(r"[àáạảãâăèéẹẻẽêìíịỉĩòóọỏõôơùúụủũưỳýỵỷỹđ\u1ea0-\u1ef9]", re.IGNORECASE)
_JOIN_BY_KEY = re.compile(
    r"join \{\{ source\('ops', 'dossier_versions'\) \}\} as versions"
    r" on (\w+)\.file_id = versions\.file_id and \1\.position = versions\.position"
)
_HUMAN_NAME = re.compile(r"[a-z0-9_]+__[a-z0-9_]+")


@pytest.fixture(scope="module")
def warehouse(module_settings: Settings) -> Settings:
    """A built candidate without a row: unit tests read the types of its relations."""
    build(module_settings)
    return module_settings


@pytest.fixture(scope="module")
def manifest(warehouse: Settings) -> dict[str, Any]:
    dbt.parse(warehouse, "--no-partial-parse", "--warn-error")
    path = warehouse.state / "dbt" / "target" / "manifest.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> dict[str, Any]:
    found = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    assert len(found) > 20
    return found


def test_unit_tests_pass(warehouse: Settings) -> None:
    runs = dbt.invoke(warehouse, ["test", "--select", "test_type:unit"])

    assert len(runs) > 20
    assert [f"{run.name}: {run.message}" for run in runs if run.status != "pass"] == []


def test_every_branching_model_has_a_unit_test(
    manifest: dict[str, Any], models: dict[str, Any]
) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    branching = {
        name
        for name, model in models.items()
        if model["resource_type"] == "model" and _BRANCHES.search(_code(model))
    }
    assert len(branching) > 10
    assert branching <= tested, (
        f"add a unit test per branch in the YAML beside {sorted(branching - tested)}"
    )


def test_unit_tests_are_named_for_a_behaviour(manifest: dict[str, Any]) -> None:
    for test in manifest["unit_tests"].values():
        assert test["name"].startswith(f"{test['model']}__"), (
            f"{test['name']}: call it {test['model']}__<behaviour in words>"
        )


def test_every_model_states_its_grain_first(models: dict[str, Any]) -> None:
    for name, model in models.items():
        assert model["description"].startswith("One row per "), (
            f"{name}: begin the description in its YAML with 'One row per …'"
        )
        if model["resource_type"] == "model":
            assert model["raw_code"].startswith("-- One row per "), (
                f"{name}: begin the SQL with the comment '-- One row per …'"
            )


def test_every_column_is_described_and_typed(warehouse: Settings, models: dict[str, Any]) -> None:
    for name, model in models.items():
        assert model["columns"], f"{name}: list its columns in the YAML"
        for column in model["columns"].values():
            assert column["description"], f"{name}.{column['name']}: needs a description"
            assert column["data_type"], f"{name}.{column['name']}: needs a data_type"


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


def test_every_column_in_the_database_is_listed(
    warehouse: Settings, models: dict[str, Any]
) -> None:
    with engine(warehouse, "transformer").connect() as connection:
        rows = connection.execute(
            text(
                "select attrelid::regclass::text as relation, attname,"
                " format_type(atttypid, atttypmod) as type"
                " from pg_attribute join pg_class on pg_class.oid = attrelid"
                " where attnum > 0 and not attisdropped and relkind in ('r', 'v')"
                " and relnamespace::regnamespace::text in ('staging', 'intermediate', 'candidate')"
            )
        ).all()
    in_database: dict[str, dict[str, str]] = {}
    for relation, column, data_type in rows:
        in_database.setdefault(relation.split(".")[1], {})[column] = data_type
    listed = {
        name: {
            column["name"]: _as_postgres(column["data_type"]) for column in m["columns"].values()
        }
        for name, m in models.items()
    }
    assert in_database == listed


def test_every_model_has_a_key_that_is_enforced_or_tested(
    warehouse: Settings, manifest: dict[str, Any], models: dict[str, Any]
) -> None:
    """No row gets past a primary key; a test of it could not fail."""
    tables = _enforced_keys(warehouse)
    assert len(tables) >= 30
    keyed = tables | {name for name, m in models.items() if _has_the_key_of_its_table(m, tables)}
    assert len(keyed) >= len(tables) + 12
    for node in manifest["nodes"].values():
        if node["resource_type"] != "test":
            continue
        assert _HUMAN_NAME.fullmatch(node["name"]), f"{node['name']}: <model>__<what is true>"
        if (node.get("test_metadata") or {}).get("name") in ("unique", "unique_combination"):
            tested = node["attached_node"].split(".")[-1]
            assert tested not in keyed, f"{node['name']}: a primary key enforces it"
            keyed.add(tested)
    missing = sorted(set(models) - keyed)
    assert not missing, f"add a key (macros/keys.sql) or a test of it: {missing}"


def _enforced_keys(settings: Settings) -> set[str]:
    query = text(
        "select relname from pg_class join pg_constraint on conrelid = pg_class.oid"
        " where contype = 'p' and relnamespace in"
        " (to_regnamespace('raw'), to_regnamespace('intermediate'), to_regnamespace('candidate'))"
    )
    with engine(settings, "transformer").connect() as connection:
        return set(connection.execute(query).scalars())


def _has_the_key_of_its_table(model: dict[str, Any], tables: set[str]) -> bool:
    """A view of one raw table that joins nothing but the dossier version of the row, by its key."""
    sources = {name.split(".")[-1] for name in model.get("depends_on", {}).get("nodes", ())}
    others = sorted(sources - {"dossier_versions"})
    if model["config"]["materialized"] != "view" or len(others) != 1 or others[0] not in tables:
        return False
    joins = re.findall(r"\bjoin\b.*?(?=\bwhere\b|\Z)", _code(model), re.DOTALL)
    return all(_JOIN_BY_KEY.fullmatch(" ".join(join.split())) for join in joins)


def test_every_model_lies_in_its_layer_under_its_prefix(models: dict[str, Any]) -> None:
    schemas = {"staging": "staging", "intermediate": "intermediate", "marts": "candidate"}
    for name, model in models.items():
        if model["resource_type"] == "seed":
            continue
        layer = model["fqn"][1]
        assert re.fullmatch(_PREFIXES[layer], name), f"{name}: not a name for layer {layer}"
        assert len(name) <= 50, f"{name}: at most 50 characters"
        assert model["schema"] == schemas[layer]


def test_only_staging_and_the_log_of_changes_read_sources(models: dict[str, Any]) -> None:
    for name, model in models.items():
        for source in (
            key for key in model.get("depends_on", {}).get("nodes", ()) if "source." in key
        ):
            is_log = model["fqn"][1] == "intermediate" and source.split(".")[-2] == "ops"
            assert model["fqn"][1] == "staging" or is_log, f"{name}: read {source} through staging"


def test_views_can_be_joined_by_key(models: dict[str, Any]) -> None:
    for name, model in models.items():
        if model["config"]["materialized"] == "view":
            assert not re.search(r"\bwith\b(?! ordinality)", _code(model)), (
                f"{name}: a view with WITH is not flattened by Postgres, so that an increment that "
                "joins it reads all of raw; write a subquery in FROM"
            )


def test_every_mart_has_what_a_release_needs(models: dict[str, Any]) -> None:
    marts = {name: model for name, model in models.items() if model["schema"] == "candidate"}
    assert len(marts) >= 16
    for name, model in marts.items():
        assert model["config"]["contract"]["enforced"], f"{name}: enforce the contract"
        keys = [rule["columns"] for rule in model["constraints"] if rule["type"] == "primary_key"]
        assert len(keys) == 1, f"{name}: needs one primary_key constraint"
        publish = model["config"]["meta"]["publish"]
        assert publish["scope"] in models, f"{name}: config.meta.publish.scope is no model"
        assert set(publish["keys"]) <= set(models[publish["scope"]]["columns"])
        assert keys[0][: len(publish["keys"])] == publish["keys"], (
            f"{name}: the scope's keys must lead the primary key, or deleting them scans the table"
        )
        if name.startswith("fct_"):
            assert keys[0][0] == "facility_key", f"{name}: facility_key leads every key of a fact"
        for key in model["config"]["meta"].get("foreign_keys", ()):
            assert set(key["columns"]) <= set(model["columns"]), f"{name}: {key}"
            assert key["to"] in marts, f"{name}: {key}"


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
        not_sums = set(_NOT_A_SUM.findall(_code(report)))
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
        assert not shown & {"person_key", "ordering_practitioner_key", "practitioner_key"}, (
            f"{contract.mart}: leave the key out (`without` in facility_view)"
        )
        elsewhere = {"arrival_encounter_key"} & shown
        assert elsewhere <= set(dict(contract.facility_view.keys)), contract.mart


def test_nothing_is_written_into_the_project(warehouse: Settings) -> None:
    written = {path.name for path in dbt.DBT_PROJECT_DIR.iterdir()}

    assert written.isdisjoint({"target", "logs", "dbt_packages", ".user.yml"})


def test_half_written_files_of_a_killed_dbt_are_not_read(
    warehouse: Settings, manifest: dict[str, Any]
) -> None:
    kept = warehouse.state / "dbt" / "target" / "manifest.json"
    for path in dbt.work_folder(warehouse).iterdir():
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert set(json.loads(kept.read_text(encoding="utf-8"))["nodes"]) == set(manifest["nodes"])

    dbt.parse(warehouse)

    assert set(json.loads(kept.read_text(encoding="utf-8"))["nodes"]) == set(manifest["nodes"])


def test_a_changed_file_is_read_again_although_its_time_is_the_same(
    warehouse: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a clone, a copy or in an image of another version."""
    project = tmp_path / "dbt_project"
    shutil.copytree(dbt.DBT_PROJECT_DIR, project)
    monkeypatch.setattr(dbt, "DBT_PROJECT_DIR", project)
    (file,) = project.rglob("dim_dates.yml")
    moment = file.stat().st_mtime
    dbt.parse(warehouse)
    content = file.read_text(encoding="utf-8")
    file.write_text(content.replace("description: ", "description: changed ", 1), encoding="utf-8")
    os.utime(file, (moment, moment))

    dbt.parse(warehouse)

    kept = warehouse.state / "dbt" / "target" / "manifest.json"
    nodes = json.loads(kept.read_text(encoding="utf-8"))["nodes"]
    (model,) = (node for node in nodes.values() if node["name"] == "dim_dates")
    assert "changed" in json.dumps(model["description"]) + json.dumps(model["columns"])


def _code(model: dict[str, Any]) -> str:
    """The SQL without comments."""
    return re.sub(r"--.*", "", model["raw_code"])


def _as_postgres(data_type: str) -> str:
    return {"timestamptz": "timestamp with time zone"}.get(data_type, data_type.replace(", ", ","))
