"""docs/dictionary.md and docs/lineage.md say what the dbt project says."""

from __future__ import annotations

from typing import Any

import pytest

from health_warehouse.marts.manifest import parse_manifest
from health_warehouse.release import closed_codes, dictionary, lineage
from health_warehouse.release.dbt import project_manifest
from health_warehouse.settings import PROJECT_DIR

STALE = "docs/{}.md is stale: run `python scripts/write_data_pages.py`"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return project_manifest()


def test_the_dictionary_is_what_the_project_says(manifest: dict[str, Any]) -> None:
    found = (PROJECT_DIR / "docs/dictionary.md").read_text(encoding="utf-8")
    assert found == dictionary.page(manifest), STALE.format("dictionary")


def test_the_lineage_is_what_the_project_says(manifest: dict[str, Any]) -> None:
    found = (PROJECT_DIR / "docs/lineage.md").read_text(encoding="utf-8")
    assert found == lineage.page(manifest), STALE.format("lineage")


def test_the_page_of_closed_codes_is_what_the_list_says() -> None:
    found = (PROJECT_DIR / "docs/closed_codes.md").read_text(encoding="utf-8")
    assert found == closed_codes.page(), STALE.format("closed_codes")
    assert "| `F02.4` |" in found


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


def test_the_lineage_leads_from_raw_to_the_mart(manifest: dict[str, Any]) -> None:
    marts = lineage.marts(manifest)
    assert "raw.claims_xml2" in lineage.origins(manifest, marts["fct_claim_lines"])
    assert "raw.claims_xml6" not in lineage.origins(manifest, marts["dim_dates"])
    names = lineage.origins(manifest, marts["fct_encounters"])
    assert names == sorted(names, key=lambda name: (name.rstrip("0123456789"), len(name), name))
