from __future__ import annotations

import pytest
from release_star import Star

from health_warehouse.settings import Settings


@pytest.fixture
def star(settings: Settings) -> Star:
    """A candidate with 40 visits of 3 lines, and nothing published."""
    star = Star(settings)
    star.create()
    return star
