"""A whole province into a folder: claims, the lists of the other feeds, and what is true of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from health_warehouse.errors import ConfigurationError
from health_warehouse.feeds.contract import Contract
from health_warehouse.synthetic.generator import Progress, Summary, generate
from health_warehouse.synthetic.lists.delivering import Written, write_feeds
from health_warehouse.synthetic.lists.truth import TRUTH, asked_for, write_truth
from health_warehouse.synthetic.world.creation import World, create
from health_warehouse.synthetic.world.sizes import Size


class Province(NamedTuple):
    world: World
    claims: Summary
    lists: Written


def write_province(
    out: Path,
    size: Size,
    progress: Progress | None = None,
    contracts: Mapping[str, Contract] | None = None,
) -> Province:
    """Write what `generate` and `write_feeds` write, and OUT/truth.json.

    Raises ConfigurationError when `out` holds another province.
    """
    known = out / TRUTH
    if known.exists() and json.loads(known.read_text("utf-8")).get("size") != asked_for(size):
        raise ConfigurationError(f"{out} holds another province: choose an empty folder")
    world = create(size)
    claims = generate(out, size.claims, progress)
    lists = write_feeds(world, claims.activity, out, contracts)
    write_truth(world, claims.activity, out)
    return Province(world, claims, lists)
