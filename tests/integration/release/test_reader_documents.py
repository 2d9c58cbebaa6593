"""What plain readers are given to find their way: examples that run, and dbt's documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from build_steps import row_versions
from health_warehouse import cli
from health_warehouse.database.connections import dsn
from health_warehouse.errors import ConfigurationError
from health_warehouse.release import dbt
from health_warehouse.release.reader_documents import make_documents
from health_warehouse.release.shipped_queries import (
    ShippedQuery,
    benchmark_queries,
    example_queries,
)
from health_warehouse.settings import Settings
from small_province import release, take_in_province

_EXAMPLES = example_queries()


@pytest.fixture(scope="module")
def published(module_released: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A province with its lists, loaded, built and published."""
    take_in_province(module_released, tmp_path_factory.mktemp("province"))
    release(module_released)
    return module_released


@pytest.fixture(scope="module")
def catalog(published: Settings) -> dict[str, Any]:
    """What dbt found in the database, beside the page."""
    page = make_documents(published)
    assert page.stat().st_size > 1_000_000
    return dict(json.loads((page.parent / "catalog.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("query", _EXAMPLES.values(), ids=_EXAMPLES)
def test_the_example_of_a_mart_answers_a_plain_reader(
    published: Settings, query: ShippedQuery
) -> None:
    """A mart without open rows is asked by hiv_reader."""
    reader = "hiv_reader" if query.name == "fct_hiv_treatments" else "bi_reader"
    with psycopg.connect(dsn(published, reader)) as connection:
        rows = connection.execute(query.text.encode()).fetchall()
    assert rows, f"docs/marts/queries/{query.path.name} finds nothing in a whole province"


@pytest.mark.parametrize("query", benchmark_queries(), ids=lambda query: query.name)
def test_queries_of_the_benchmark_name_what_a_plain_reader_sees(
    published: Settings, query: ShippedQuery
) -> None:
    """Their facilities and years are those of the benchmark: here they may find no row."""
    with psycopg.connect(dsn(published, "bi_reader")) as connection:
        asked = connection.execute(query.text.encode())
        assert asked.description, query.name


def test_documents_name_marts_where_readers_find_them(catalog: dict[str, Any]) -> None:
    found = {
        unique_id.split(".")[-1]: node["metadata"]["schema"]
        for unique_id, node in catalog["nodes"].items()
    }
    assert "candidate" not in found.values()
    assert {name: found[name] for name in _EXAMPLES} == {
        name: "hiv" if name == "fct_hiv_treatments" else "marts" for name in _EXAMPLES
    }


def test_documents_describe_the_columns_that_readers_see(
    published: Settings, catalog: dict[str, Any]
) -> None:
    path = published.state / "dbt" / "docs" / "manifest.json"
    nodes = json.loads(path.read_text(encoding="utf-8"))["nodes"]
    for name in _EXAMPLES:
        unique_id = f"model.health_warehouse.{name}"
        seen = set(catalog["nodes"][unique_id]["columns"]) - {"is_closed"}  # of views of hiv
        assert set(nodes[unique_id]["columns"]) == seen, name
    page = (path.parent / "static_index.html").read_text(encoding="utf-8")
    assert "For whom the row was computed" not in page, "column audience is the candidate's"


def test_documents_hold_no_password(published: Settings, catalog: dict[str, Any]) -> None:
    with psycopg.connect(dsn(published, "bi_reader")) as connection:
        password = connection.info.password
    assert password
    written = (path for path in (published.state / "dbt" / "docs").iterdir() if path.is_file())
    assert not [path.name for path in written if password.encode() in path.read_bytes()]


def test_builds_still_read_the_manifest_of_the_candidate(
    published: Settings, catalog: dict[str, Any]
) -> None:
    kept = published.state / "dbt" / "target" / "manifest.json"
    nodes = json.loads(kept.read_text(encoding="utf-8"))["nodes"]
    assert nodes["model.health_warehouse.fct_encounters"]["schema"] == "candidate"


@pytest.mark.parametrize("command", ["run", "seed", "build"])
def test_the_target_of_readers_builds_nothing(published: Settings, command: str) -> None:
    """Not even by a login that may build."""
    before = row_versions(published)

    done = dbt.invoke(published, [command, "--target", "readers"])

    built = [one for one in done if one.kind in ("model", "seed") and one.status == "success"]
    assert not built
    refused = [one for one in done if "builds nothing: use `warehouse build`" in str(one.message)]
    assert refused
    assert row_versions(published) == before


def test_the_command_says_where_the_page_is(
    published: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("health_warehouse.commands.documents.get_settings", lambda: published)
    said = CliRunner().invoke(cli.app, ["docs", "--json"])
    assert said.exit_code == 0, said.output
    assert Path(json.loads(said.stdout)["page"]).exists()


def test_there_is_nothing_to_document_before_the_first_release(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="nothing is published yet"):
        make_documents(settings)
