"""Names of DAGs that others are rung by or looked up by."""

from __future__ import annotations

JUDGING = "validate_deliveries"
"""The DAG that judges what the runs of feeds of rows have loaded."""


def ingestion_of(feed: str) -> str:
    """The DAG that takes the files of a feed in."""
    return f"ingest_{feed}"
