from __future__ import annotations

from pathlib import Path

from health_warehouse.feeds.catalogue import built_in
from health_warehouse.orchestration.manual import page
from parsed_dags import DAGS_FOLDER, PROJECT

_FIX = "docs/dags.md is stale: run `python scripts/write_dags_page.py`"


def test_the_page_is_what_the_docstrings_say() -> None:
    assert (PROJECT / "docs/dags.md").read_text(encoding="utf-8") == page(DAGS_FOLDER), _FIX


def test_links_of_the_page_lead_somewhere() -> None:
    text = (PROJECT / "docs/dags.md").read_text(encoding="utf-8")
    targets = [part.partition(")")[0] for part in text.split("](")[1:]]
    files = [target for target in targets if not target.startswith("#")]
    assert files
    missing = [target for target in files if not (PROJECT / "docs" / target).exists()]
    assert not missing


def test_a_changed_docstring_makes_the_page_stale(tmp_path: Path) -> None:
    source = (DAGS_FOLDER / "watch_inbox.py").read_text(encoding="utf-8")
    (tmp_path / "watch_inbox.py").write_text(source.replace("every minute", "each hour"))
    assert "each hour" in page(tmp_path)


def test_a_file_that_makes_dags_of_contracts_has_a_chapter_for_each_contract() -> None:
    text = page(DAGS_FOLDER)
    assert all(f"\n## ingest_{feed}\n" in text for feed in built_in())
