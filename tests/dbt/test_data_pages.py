"""Pages of docs/ that are written from the dbt project say what it says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from health_warehouse.feeds import key_reference, schema
from health_warehouse.indicators import component_models, lists, metrics_page, semantic_models
from health_warehouse.indicators import page as indicators_page
from health_warehouse.indicators.catalogue import indicators
from health_warehouse.marts.manifest import mart_nodes, parse_manifest
from health_warehouse.release import (
    closed_codes,
    dictionary,
    exposures,
    mart_pages,
    question_page,
    staging_models,
)
from health_warehouse.release.dbt import project_manifest
from health_warehouse.release.questions import questions
from health_warehouse.release.shipped_queries import (
    ShippedQuery,
    benchmark_queries,
    example_queries,
)
from health_warehouse.settings import PROJECT_DIR

STALE = "docs/{} is stale: run `python scripts/write_data_pages.py`"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return project_manifest()


@pytest.fixture(scope="module")
def pages(manifest: dict[str, Any]) -> dict[str, str]:
    """Of docs/marts."""
    return mart_pages.pages(manifest)


def test_staging_models_of_lists_are_what_their_contracts_say() -> None:
    wanted = staging_models.files()
    found = {*staging_models.FOLDER.iterdir(), staging_models.SOURCES}
    assert found == set(wanted), "one model per list: delete or write the others"
    for path, text in wanted.items():
        assert path.read_text(encoding="utf-8") == text, STALE.format(path.name)


def test_models_and_seeds_of_indicators_are_what_their_definitions_say() -> None:
    wanted = component_models.files() | lists.files()
    written = component_models.FOLDER.glob("int_indicators__components_*.*")
    assert set(written) <= set(wanted), "one model per fact: delete or write the others"
    for path, text in wanted.items():
        assert path.read_text(encoding="utf-8") == text, STALE.format(path.name)


def test_metrics_are_what_the_definitions_say(manifest: dict[str, Any]) -> None:
    for path, text in semantic_models.files().items():
        assert path.read_text(encoding="utf-8") == text, STALE.format(path.name)
    told = [one["config"]["meta"] for one in manifest["metrics"].values()]
    metrics = [meta["indicator"] for meta in told if "indicator" in meta]
    assert sorted(metrics) == sorted(one.code for one in indicators())


def test_the_page_of_indicators_is_what_the_definitions_say() -> None:
    found = (PROJECT_DIR / "docs/indicators.md").read_text(encoding="utf-8")
    assert found == indicators_page.page(), STALE.format("indicators.md")


def test_the_page_of_metrics_is_what_the_definitions_say() -> None:
    found = (PROJECT_DIR / "docs/semantic_layer.md").read_text(encoding="utf-8")
    assert found == metrics_page.page(), STALE.format("semantic_layer.md")


def test_the_dictionary_is_what_the_project_says(manifest: dict[str, Any]) -> None:
    found = (PROJECT_DIR / "docs/dictionary.md").read_text(encoding="utf-8")
    assert found == dictionary.page(manifest), STALE.format("dictionary.md")


def test_pages_of_marts_are_what_the_project_says(pages: dict[str, str]) -> None:
    found = {path.name for path in mart_pages.FOLDER.glob("*.md")}
    assert found == set(pages), "one page per mart, and README.md: delete or write the others"
    for name, page in pages.items():
        text = (mart_pages.FOLDER / name).read_text(encoding="utf-8")
        assert text == page, STALE.format(f"marts/{name}")


def test_exposures_are_what_the_queries_read(manifest: dict[str, Any]) -> None:
    assert exposures.PATH.read_text(encoding="utf-8") == exposures.text(_answering()), (
        "dbt_project/models/exposures.yml is stale: run `python scripts/write_data_pages.py`"
    )
    read = {
        one["name"]: {node.split(".")[-1] for node in one["depends_on"]["nodes"]}
        for one in manifest["exposures"].values()
    }
    assert read["query_transfer_matrix"] == {"fct_transfers", "dim_facilities"}
    assert read["question_stations_with_a_doctor"] == {"fct_stations"}
    reports = {name for name in mart_nodes(manifest) if name.startswith("rpt_")}
    assert read["reports"] == reports
    assert len(read) == len(benchmark_queries()) + len(questions()) + 1


def test_the_page_of_questions_is_what_the_questions_say() -> None:
    found = (PROJECT_DIR / "docs/questions.md").read_text(encoding="utf-8")
    assert found == question_page.page(questions()), STALE.format("questions.md")


def _answering() -> list[ShippedQuery]:
    return [one.query for one in questions()]


def test_the_page_of_closed_codes_is_what_the_list_says() -> None:
    found = (PROJECT_DIR / "docs/closed_codes.md").read_text(encoding="utf-8")
    assert found == closed_codes.page(), STALE.format("closed_codes.md")
    assert "| `F02.4` |" in found


def test_the_keys_of_contracts_are_what_the_schema_says() -> None:
    found = (PROJECT_DIR / "docs/contract_keys.md").read_text(encoding="utf-8")
    assert found == key_reference.page(), STALE.format("contract_keys.md")
    written = schema.OVERRIDE_PATH.read_text(encoding="utf-8")
    assert written == schema.override_text(), "override.schema.json is stale: run the same"


def test_the_dictionary_has_every_column_in_two_languages(manifest: dict[str, Any]) -> None:
    page = dictionary.page(manifest)
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")[1:]}
    for contract in parse_manifest(manifest):
        rows = [line for line in sections[contract.mart].splitlines() if line.startswith("| `")]
        assert [row.split("`")[1] for row in rows] == list(contract.column_names)
        for row in rows:
            cells = [cell.strip() for cell in row.split(" | ")]
            assert cells[3], f"{contract.mart}: {cells[0]} needs a description in English"
            assert cells[4], f"{contract.mart}: {cells[0]} needs one in Vietnamese"


def test_the_page_of_a_mart_says_who_reads_it_and_how_it_is_joined(pages: dict[str, str]) -> None:
    hiv, lines = pages["fct_hiv_treatments.md"], pages["fct_claim_lines.md"]
    assert "- Read in: `hiv` by hiv_reader, `facility_hiv` by facility_hiv_reader\n" in hiv
    assert "- Read in: `marts` by bi_reader, `hiv` by hiv_reader, `facility` by" in lines
    assert "`report`" not in lines
    assert "- `item_key` → [dim_items](dim_items.md) (`item_key`)\n" in lines
    assert "- `facility_key` → [dim_facilities](dim_facilities.md) (`facility_key`)\n" in lines
    items = pages["rpt_item_months.md"]
    assert "`encounter_count` does not add up over `item_key`, `cost_group_code`" in items
    assert "`report` by report_reader" in items
    assert "1 to 4 closed cases are blank" in items


def test_every_benchmark_query_is_linked_from_the_marts_that_it_reads(
    manifest: dict[str, Any], pages: dict[str, str]
) -> None:
    marts = set(mart_nodes(manifest))
    queries = benchmark_queries()
    assert len(queries) == 15
    for query in queries:
        assert query.marts, query.name
        assert set(query.marts) <= marts, query.name
        link = f"[{query.name}](../../benchmarks/bi_queries/{query.name}.sql)"
        linking = {name for name, page in pages.items() if link in page}
        assert linking == {"README.md", *(f"{mart}.md" for mart in query.marts)}


def test_every_mart_has_an_example_that_reads_it(manifest: dict[str, Any]) -> None:
    examples = example_queries()
    assert set(examples) == set(mart_nodes(manifest)), "docs/marts/queries: one file per mart"
    for mart, query in examples.items():
        assert mart in query.marts, f"docs/marts/queries/{mart}.sql reads {query.marts}"
        assert query.question.endswith("?"), f"{mart}: begin with a comment that is a question"


def test_no_shipped_query_adds_up_what_does_not_add_up(manifest: dict[str, Any]) -> None:
    """Where a query sums a figure, it groups by each dimension over which that does not add up."""
    nodes = mart_nodes(manifest)
    seen = 0
    for query in (*benchmark_queries(), *example_queries().values(), *_answering()):
        group = query.text.partition("group by")[2]
        for mart in query.marts:
            for column in nodes[mart]["columns"].values():
                over = column["config"]["meta"].get("not_additive_over", ())
                if over and re.search(rf"sum\((\w+\.)?{column['name']}\)", query.text):
                    seen += 1
                    missing = [name for name in over if not re.search(rf"\b{name}\b", group)]
                    assert not missing, f"{query.path.name}: group by {missing} to sum it"
    assert seen
