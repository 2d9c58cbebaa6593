"""The documents of the repository as pages of Airflow's UI: where links of messages lead.

They are the files of docs/, the same for everybody and without any datum of a warehouse, so a
reader of a mail sees them without a login. A page is asked for by name, and found in the list of
files that are there: no path is made from a name.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

PREFIX = "/warehouse-docs"
"""Below the address of Airflow's UI."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_FOLDER = Path(__file__).resolve().parents[2] / "docs"  # DAG files are parsed without settings
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:52em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse}td,th{border:1px solid #999;padding:.3em .6em;text-align:left;"
    "vertical-align:top}pre{background:#8881;padding:.8em;overflow:auto}code{background:#8881}"
    ":root{color-scheme:light dark}"
)


def page_url(airflow_url: str, document: str) -> str:
    """Where a browser reads `docs/…/NAME.md`."""
    return f"{airflow_url.rstrip('/')}{PREFIX}/{document.removeprefix('docs/')}"


def page(name: str) -> str | None:
    """The document `runbooks/NAME.md` as HTML; None when there is no such document."""
    from markdown_it import MarkdownIt

    path = _documents().get(name)
    if path is None:
        return None
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    body = markdown.render(path.read_text(encoding="utf-8"))
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{path.stem}</title>'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    )


@cache
def _documents() -> dict[str, Path]:
    return {path.relative_to(_FOLDER).as_posix(): path for path in _FOLDER.rglob("*.md")}
