"""The closed sets of tags and owners. A DAG carries exactly one `impact/*` tag."""

from __future__ import annotations

from enum import StrEnum


class Tag(StrEnum):
    IMPACT_FEEDS = "impact/feeds"  # red: deliveries of senders wait; readers see yesterday's state
    IMPACT_READERS = "impact/readers"  # red: readers stay on the last good release
    IMPACT_UPKEEP = "impact/upkeep"  # red: nobody waits, but a disk or a table fills in weeks
    CLAIMS = "source/claims"
    LISTS = "source/lists"
    MARTS = "layer/marts"


class Owner(StrEnum):
    DATA_TEAM = "data-team"
