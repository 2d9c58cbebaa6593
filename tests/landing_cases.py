"""The cases of the landing rules, tests/data/claims/landing_rules/*.toml, as deliveries."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from quality_deliveries import Dossier, deliver


def _each(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The case, or one for each of the headers that `each` lists."""
    for header in case.get("each", [{}]):
        name = ", ".join([case["name"], *header.values()])
        yield case | {"name": name, "header": case.get("header", {}) | header}


_DATA = Path(__file__).parent / "data/claims/landing_rules"
CASES: list[dict[str, Any]] = [
    one
    for path in sorted(_DATA.glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    for one in _each(case)
]


def _declared_count(case: dict[str, Any]) -> int | None:
    return None if case.get("no_declared_count") else case.get("declared_count", -1)


def _dossier(case: dict[str, Any]) -> Dossier:
    return Dossier(
        header=case.get("header", {}),
        drugs=case.get("drugs", [{}]),
        services=case.get("services", [{}]),
        others=[(other["table"], other["ma_lk"]) for other in case.get("others", [])],
        tables=case.get("tables", {}),
    )


def deliver_case(connection: Connection, case: dict[str, Any]) -> int:
    """The file of a case; returns its file_id."""
    return deliver(
        connection,
        [_dossier(case), *map(_dossier, case.get("neighbours", []))],
        name=case["name"],
        declared_count=_declared_count(case),
    )
