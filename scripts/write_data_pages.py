"""Write the pages of `docs` that come from the dbt project anew. Needs no database."""

from __future__ import annotations

from health_warehouse.release import closed_codes, dictionary, lineage
from health_warehouse.release.dbt import project_manifest
from health_warehouse.settings import PROJECT_DIR

if __name__ == "__main__":
    manifest = project_manifest()
    pages = {
        "dictionary": dictionary.page(manifest),
        "lineage": lineage.page(manifest),
        "closed_codes": closed_codes.page(),
    }
    for name, page in pages.items():
        (PROJECT_DIR / "docs" / f"{name}.md").write_text(page, encoding="utf-8")
