"""Write `docs/dictionary.md` and `docs/lineage.md` anew from the dbt project. Needs no database."""

from __future__ import annotations

from health_warehouse.release import dictionary, lineage
from health_warehouse.release.dbt import project_manifest
from health_warehouse.settings import PROJECT_DIR

if __name__ == "__main__":
    manifest = project_manifest()
    for name, page in (("dictionary", dictionary.page), ("lineage", lineage.page)):
        (PROJECT_DIR / "docs" / f"{name}.md").write_text(page(manifest), encoding="utf-8")
