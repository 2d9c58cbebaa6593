from __future__ import annotations

import pytest

from health_warehouse.doctor.examine import examine
from health_warehouse.services.state import prepare
from health_warehouse.settings import Settings


@pytest.fixture
def healthy(settings: Settings) -> Settings:
    (settings.state / "inbox").chmod(0o700)
    prepare(settings)
    assert examine(settings) == []
    return settings
