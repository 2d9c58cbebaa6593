"""Write anew what comes from the dbt project, contracts and their schema: pages, staging models.

Needs no database.
"""

from __future__ import annotations

from health_warehouse.feeds import key_reference, schema
from health_warehouse.indicators import component_models, lists, metrics_page, semantic_models
from health_warehouse.indicators import page as indicators_page
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
from health_warehouse.settings import PROJECT_DIR

if __name__ == "__main__":
    exposures.PATH.write_text(exposures.text([one.query for one in questions()]), encoding="utf-8")
    schema.OVERRIDE_PATH.write_text(schema.override_text(), encoding="utf-8")
    written = (
        staging_models.files() | component_models.files() | lists.files() | semantic_models.files()
    )
    for path, text in written.items():  # the manifest reads them
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    manifest = project_manifest()
    pages = {
        "dictionary.md": dictionary.page(manifest),
        "closed_codes.md": closed_codes.page(),
        "contract_keys.md": key_reference.page(),
        "indicators.md": indicators_page.page(),
        "semantic_layer.md": metrics_page.page(),
        "questions.md": question_page.page(questions()),
    }
    pages |= {f"marts/{name}": page for name, page in mart_pages.pages(manifest).items()}
    for name, page in pages.items():
        (PROJECT_DIR / "docs" / name).write_text(page, encoding="utf-8")
