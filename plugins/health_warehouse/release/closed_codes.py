"""docs/closed_codes.md: the codes and words that close a dossier, from the one dated list."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import groupby

from health_warehouse.release.dbt import DBT_PROJECT_DIR

_LIST = DBT_PROJECT_DIR / "seeds" / "ref_closed_codes.csv"
_HEAD = """\
# What closes a dossier

<!-- Written by scripts/write_data_pages.py from dbt_project/seeds/ref_closed_codes.csv; a test
fails when it is stale. -->

A dossier in which one of these stands is closed: all its rows are in the closed store of its class,
and what a plain reader sees was computed without it. The models and the audit read this list; a
record of HIV care (XML6) with more than who the patient is, and a record of tuberculosis (XML15)
with a positive status, a day of confirmation or of antiretroviral drugs close a dossier, too.

A code is found however it is written (`B24`, `B.24`, `B-24`, `B 2 4`, full-width letters), whatever
joins it to others, and with all that begin with it. A row holds for care from its first to before
its last day. A department adds trade names and services of its own to the list.
"""
_KINDS = {
    "icd": "Codes of ICD-10",
    "object": "Objects of care (MA_DOITUONG_KCB)",
    "drug": "Words in the name or strength of a drug",
    "service": "Words in the name of a service, all of them together",
    "test": "Words in the name of a test: its result is closed, its dossier is not",
}


def page() -> str:
    """docs/closed_codes.md."""
    with _LIST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    parts = [_HEAD]
    for class_name, of_class in groupby(rows, key=lambda row: row["closed_class"]):
        parts.append(f"## Class {class_name}\n")
        listed = list(of_class)
        for kind, title in _KINDS.items():
            parts += _table(title, [row for row in listed if row["kind"] == kind])
    return "\n".join(parts)


def _table(title: str, rows: list[dict[str, str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"### {title}\n"
    yield "| code | what it is | from | until | source | confidence |\n|---|---|---|---|---|---|"
    for row in rows:
        cells = (
            f"`{row['code']}`", row["what_it_is"], row["valid_from"], row["valid_to"],
            row["source"], row["confidence"],
        )  # fmt: skip
        yield "| " + " | ".join(cells) + " |"
    yield ""
