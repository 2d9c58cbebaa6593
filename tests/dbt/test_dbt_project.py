"""The dbt project: no warning, every model is documented and tested, unit tests pass."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from model_code import code_of
from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.release import dbt
from health_warehouse.settings import Settings

_PREFIXES = {
    "staging": r"stg_[a-z]+(_[a-z]+)*?__[a-z_]+",
    "intermediate": r"int_[a-z]+(_[a-z]+)*__[a-z_]+",
    "derived": r"int_[a-z]+(_[a-z]+)*__[a-z_]+",
    "marts": r"(dim|fct|bridge|rpt)_[a-z_]+",
}
# What makes a model branch: a choice, a filter, an outer join, a choice among rows; and the macros
# that hold a choice.
_BRANCHES = re.compile(
    r"\b(case|coalesce|where|filter|left join|distinct on|limit 1|exists"
    r"|number_code|small_number|birth_weight|flag|calendar_date|month_start|searched_text|searched_codes|year\()\b"
)
_JOIN_BY_KEY = re.compile(
    r"join \{\{ source\('ops', '(?:dossier|document)_versions'\) \}\} as versions"
    r" on (\w+)\.file_id = versions\.file_id and \1\.position = versions\.position"
)
_HUMAN_NAME = re.compile(r"[a-z0-9_]+__[a-z0-9_]+")


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
        if model["resource_type"] == "model" and _BRANCHES.search(code_of(model))
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
    # what marts note of their affected keys, in columns of the mart
    noting = [name for name in listed if _notes_its_keys(models[name])]
    assert len(noting) >= 10
    for name in noting:
        assert in_database.pop(f"{name}__affected").items() <= listed[name].items()
        if "compared" in models[name]["config"]["meta"]["publish"]:
            differing = in_database.pop(f"{name}__differing")
            assert differing.pop("build_id") == "bigint"
            assert differing.items() <= listed[name].items()
    assert in_database == listed


def _notes_its_keys(model: dict[str, Any]) -> bool:
    publish = model["config"]["meta"].get("publish")
    return bool(publish) and "scope" not in publish


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
    others = sorted(sources - {"dossier_versions", "document_versions"})
    if model["config"]["materialized"] != "view" or len(others) != 1 or others[0] not in tables:
        return False
    joins = re.findall(r"\bjoin\b.*?(?=\bwhere\b|\Z)", code_of(model), re.DOTALL)
    return all(_JOIN_BY_KEY.fullmatch(" ".join(join.split())) for join in joins)


def test_every_model_lies_in_its_layer_under_its_prefix(models: dict[str, Any]) -> None:
    schemas = {
        "staging": "staging",
        "intermediate": "intermediate",
        "derived": "intermediate",
        "marts": "candidate",
    }
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


def test_no_model_hides_under_the_name_of_dbts_own_increment(models: dict[str, Any]) -> None:
    """is_incremental() is false in every one of our increments."""
    for name, model in models.items():
        assert model["config"]["materialized"] != "incremental", f"{name}: use replaced_by_key"
    for path in sorted(dbt.DBT_PROJECT_DIR.rglob("*.sql")):
        code = re.sub(r"\{#-.*?-#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert "is_incremental()" not in code, f"{path.name}: use is_made_anew()"
        if path.name != "made_anew.sql":
            assert "should_full_refresh()" not in code, f"{path.name}: use is_made_anew()"


def test_models_ask_the_macro_where_changes_begin(models: dict[str, Any]) -> None:
    """Some models of a full build may go on by increment, after another change."""
    asking = 0
    for name, model in models.items():
        if model["resource_type"] == "model" and "from_change_id" in code_of(model):
            asking += 1
            assert ".from_change_id" not in code_of(model), (
                f"{name}: write {{{{ from_change_id('builds') }}}}"
            )
    assert asking >= 2


def test_views_can_be_joined_by_key(models: dict[str, Any]) -> None:
    for name, model in models.items():
        if model["config"]["materialized"] == "view":
            assert not re.search(r"\bwith\b(?! ordinality)", code_of(model)), (
                f"{name}: a view with WITH is not flattened by Postgres, so that an increment that "
                "joins it reads all of raw; write a subquery in FROM"
            )


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


def _as_postgres(data_type: str) -> str:
    return {"timestamptz": "timestamp with time zone"}.get(data_type, data_type.replace(", ", ","))
