"""The documents in Airflow's API server, as `document_pages` says."""

from __future__ import annotations

from typing import Any

from airflow.plugins_manager import AirflowPlugin

from health_warehouse.document_pages import HEADERS, PREFIX, page


def application() -> Any:
    """Answers GET of a document's name, to everybody; there is no other route."""
    from fastapi import FastAPI
    from fastapi.responses import HTMLResponse, PlainTextResponse

    app = FastAPI(title="Warehouse documents", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/{name:path}")
    def document(name: str) -> Any:
        found = page(name)
        if found is None:
            return PlainTextResponse("no such document", status_code=404, headers=HEADERS)
        return HTMLResponse(found, headers=HEADERS)

    return app


class DocumentPlugin(AirflowPlugin):  # type: ignore[misc]
    """Made anew by each process of Airflow; only the API server asks for the application."""

    name = "warehouse_documents"

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        return [{"app": application(), "url_prefix": PREFIX, "name": "Warehouse documents"}]
