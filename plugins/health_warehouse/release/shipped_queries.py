"""Queries that come with the project: an example per mart, and those of the BI benchmark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from health_warehouse.settings import PROJECT_DIR

_EXAMPLES = PROJECT_DIR / "docs" / "marts" / "queries"
_BENCHMARKS = PROJECT_DIR / "benchmarks" / "bi_queries"
_TABLE = re.compile(r"\b(?:from|join)\s+[a-z_]+\.([a-z_]+)")


@dataclass(frozen=True)
class ShippedQuery:
    """`text` begins with a comment, whose first sentence is the question that it answers."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def question(self) -> str:
        comment = re.match(r"(--.*\n)+", self.text)
        words = " ".join(re.sub(r"^-- ?", "", comment[0] if comment else "", flags=re.M).split())
        return re.split(r"(?<=[?.]) ", words, maxsplit=1)[0]

    @property
    def marts(self) -> list[str]:
        """Tables that it reads, sorted, whatever their schema."""
        return sorted(set(_TABLE.findall(re.sub(r"--.*", "", self.text))))


def benchmark_queries() -> list[ShippedQuery]:
    return _read(_BENCHMARKS)


def example_queries() -> dict[str, ShippedQuery]:
    """By the mart that they show."""
    return {query.name: query for query in _read(_EXAMPLES)}


def _read(folder: Path) -> list[ShippedQuery]:
    return [
        ShippedQuery(path, path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.sql"))
    ]
