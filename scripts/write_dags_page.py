"""Write `docs/dags.md` anew from the docstrings of the DAG files."""

from __future__ import annotations

from health_warehouse.orchestration.manual import page
from health_warehouse.settings import PROJECT_DIR

if __name__ == "__main__":
    (PROJECT_DIR / "docs/dags.md").write_text(page(PROJECT_DIR / "dags"), encoding="utf-8")
