"""Assets: doorbells between DAGs, never the list of work.

Airflow 3.3.2 loses asset events when the consumer has `max_active_runs=1` (4 sent, 3 consumed;
apache/airflow#56050, mended in 3.4.0). So the consumer also runs on a clock and reads the ledger.
"""

from __future__ import annotations

from airflow.sdk import Asset, AssetAlias

_GROUP = "warehouse"

ARRIVED = AssetAlias("arrived", group=_GROUP)
"""Behind it stand the assets of `inbox_of` of those feeds that have something new."""
LOADED = Asset(name="loaded", uri="warehouse://loaded", group=_GROUP)
"""Files of feeds of rows are loaded and wait to be judged."""
CHANGED_FEEDS = AssetAlias("changed_feeds", group=_GROUP)
"""Behind it stand the assets of `feed` of those feeds of which documents changed."""
CHANGES = Asset(name="changes", uri="warehouse://changes", group=_GROUP)
"""Documents of some feed changed: there is something to build."""
RELEASE = Asset(name="release", uri="warehouse://release", group=_GROUP)
"""Readers see a new release. For DAGs of others, which may be scheduled on it."""


def inbox_of(feed: str) -> Asset:
    """Files are in the inbox that the run of this feed takes in."""
    return Asset(name=f"inbox/{feed}", uri=f"warehouse://inbox/{feed}", group=_GROUP)


def feed_asset(feed: str) -> Asset:
    """Documents of this feed changed. For DAGs of others, which may be scheduled on it."""
    return Asset(name=f"feed/{feed}", uri=f"warehouse://feed/{feed}", group=_GROUP)
