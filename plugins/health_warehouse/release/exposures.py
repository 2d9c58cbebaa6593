"""dbt_project/models/exposures.yml: what reads the marts, so that dbt's graph goes on to readers.

Made from the queries that come with the project and from the reports; needs no manifest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from health_warehouse.release.dbt import DBT_PROJECT_DIR, EXPOSURES
from health_warehouse.release.shipped_queries import ShippedQuery, benchmark_queries

PATH = DBT_PROJECT_DIR / "models" / EXPOSURES
_HEAD = """\
# Written by scripts/write_data_pages.py from the shipped queries; a test fails when it is stale.
exposures:
"""
_EXPOSURE = """\
  - name: {name}
    type: {kind}
    description: {description}
    depends_on: [{marts}]
    owner: {{name: data team}}
"""


def text(questions: Sequence[ShippedQuery]) -> str:
    """The whole file; `questions` are those that the project answers."""
    return _HEAD + "".join(
        _EXPOSURE.format(
            name=name,
            kind=kind,
            description=json.dumps(description, ensure_ascii=False),
            marts=", ".join(f"ref('{mart}')" for mart in marts),
        )
        for name, kind, description, marts in _readers_of_marts(questions)
    )


def _readers_of_marts(
    questions: Sequence[ShippedQuery],
) -> Iterator[tuple[str, str, str, list[str]]]:
    reports = sorted(path.stem for path in (DBT_PROJECT_DIR / "models").rglob("rpt_*.sql"))
    yield (
        "reports",
        "dashboard",
        "Schema report: months with closed cases, few ones blank.",
        reports,
    )
    for query in questions:
        yield f"question_{query.name}", "analysis", query.question, query.marts
    for query in benchmark_queries():
        yield f"query_{query.name}", "analysis", query.question, query.marts
