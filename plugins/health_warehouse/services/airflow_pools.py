"""The pools that tasks run in. `warehouse up` makes them: a task of an unknown pool never starts.

`airflow pools import FILE` takes the JSON that `import_document()` returns; it creates or updates.
"""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Pool:
    """`slots` tasks run at once; the others wait."""

    name: str
    slots: int
    description: str


LANDING_POOL = Pool(
    "landing_pool",
    2,
    "Loads and checks claims; each task holds Great Expectations in memory (~0.4 GB). Of its two "
    "slots the judging of other feeds takes one at most: one is left for claims.",
)
FEEDS_POOL = Pool(
    "feeds_pool",
    2,
    "Loads lists of the other feeds, beside claims: a large one keeps no claim waiting.",
)
WATCH_POOL = Pool(
    "watch_pool",
    2,
    "Short tasks, which list the inbox and ring: they wait for nobody that loads.",
)
RELEASE_POOL = Pool(
    "release_pool", 1, "The candidate is one place: one task builds, audits or publishes at a time."
)
UPKEEP_POOL = Pool("upkeep_pool", 1, "Steps of maintenance take turns anyway: one waits here.")
POOLS = (LANDING_POOL, FEEDS_POOL, WATCH_POOL, RELEASE_POOL, UPKEEP_POOL)


def import_document() -> str:
    """JSON for `airflow pools import`."""
    return json.dumps(
        {
            pool.name: {
                "slots": pool.slots,
                "description": pool.description,
                "include_deferred": True,
            }
            for pool in POOLS
        },
        indent=1,
    )
