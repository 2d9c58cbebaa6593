from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from worlds import World

from warehouses import Cluster, new_warehouse


@pytest.fixture(scope="module")
def pair(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, World]]:
    """A warehouse that is sent everything, and one that never hears of closed dossiers."""
    folder: Path = tmp_path_factory.mktemp("worlds")
    with (
        new_warehouse(cluster, folder / "everything", is_released=True) as everything,
        new_warehouse(cluster, folder / "open", is_released=True) as opened,
    ):
        yield World(everything), World(opened)
