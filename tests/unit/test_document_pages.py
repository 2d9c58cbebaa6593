"""The documents as pages: every link of a message leads to one, and nothing else is served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest

from health_warehouse.alerting.wording import WORDINGS
from health_warehouse.document_pages import PREFIX, page, page_url
from health_warehouse.orchestration.document_plugin import DocumentPlugin
from health_warehouse.settings import PROJECT_DIR

Ask = Callable[[str, str], httpx.Response]


@pytest.fixture
def ask() -> Ask:
    """A request of the application that Airflow mounts."""
    [mounted] = DocumentPlugin().fastapi_apps
    assert mounted["url_prefix"] == PREFIX
    transport = httpx.ASGITransport(mounted["app"])

    async def send(method: str, path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://airflow") as client:
            return await client.request(method, path)

    return lambda method, path: asyncio.run(send(method, path))


@pytest.mark.parametrize("runbook", sorted({one.runbook for one in WORDINGS.values()}))
def test_the_runbook_of_every_message_is_a_page(ask: Ask, runbook: str) -> None:
    path = page_url("", runbook).removeprefix(PREFIX)
    answer = ask("GET", path)
    assert answer.status_code == 200
    title = (PROJECT_DIR / runbook).read_text(encoding="utf-8").splitlines()[0]
    assert title.removeprefix("# ").split("'")[0] in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "", "/", "runbooks", "runbooks/", "runbooks/none.md", "../README.md", "%2e%2e/README.md",
        "runbooks/../../pyproject.toml", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "docs",
        "openapi.json", "runbooks/alerts.md%00",
    ],
)  # fmt: skip
def test_nothing_else_is_there(ask: Ask, name: str) -> None:
    assert ask("GET", f"/{name}").status_code == 404


def test_nothing_can_be_sent_to_it(ask: Ask) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert ask(method, "/runbooks/alerts.md").status_code == 405


def test_markup_of_a_document_is_text() -> None:
    found = page("runbooks/alerts.md")
    assert found is not None
    assert "<table>" in found
    assert "<script" not in found
