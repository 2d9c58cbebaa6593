"""One planted warehouse for all tests of privacy."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from planted import KEY, WORD, Planted, run_path
from pydantic import SecretStr
from told_outside import WEBHOOK_SECRET

from health_warehouse.database.connections import stored_secrets
from warehouses import Cluster, new_warehouse


@pytest.fixture(scope="session")
def planted(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    folder = tmp_path_factory.mktemp("canaries")
    with new_warehouse(cluster, folder / "state", is_released=True) as base:
        settings = base.model_copy(
            update={
                "person_key": SecretStr(KEY),
                "inbox_connection": SecretStr('{"password": "Kanari-mat-khau"}'),
            }
        )
        said = io.StringIO()
        handler = logging.StreamHandler(said)
        root = logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            found = run_path(settings, folder)
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
        found.said += said.getvalue()
        found.canaries |= {WORD, KEY, "Kanari-mat-khau", "096199887766", "DN4969988776655"}
        found.canaries.add(WEBHOOK_SECRET)
        found.canaries |= {one for one in stored_secrets(settings).values() if len(one) > 11}
        yield found
