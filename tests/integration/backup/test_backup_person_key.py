"""The key of a backup is that of its patients: neither is saved or brought back without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr
from saved import silent

from claim_files import claim_file, dossier
from health_warehouse.backup import manifest
from health_warehouse.backup.restore import restore
from health_warehouse.backup.take import SECRETS, backup
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import load_deliveries
from health_warehouse.settings import Settings
from landing_steps import deliver
from warehouses import Cluster


@pytest.fixture
def loaded(settings: Settings) -> Settings:
    deliver(settings, "a.xml", claim_file([dossier("A1")]))
    load_deliveries(settings, list_new(settings))
    return settings


def test_no_backup_is_taken_without_the_key_or_with_another(
    loaded: Settings, tmp_path: Path
) -> None:
    for key, told in ((None, "is missing"), (SecretStr("11" * 32), "is not the person key")):
        wrong = loaded.model_copy(update={"person_key": key})
        with pytest.raises(ConfigurationError, match=told):
            backup(wrong, tmp_path / "kept", silent)
    assert not list(tmp_path.glob("kept*"))


def test_rows_are_not_brought_back_with_the_key_of_others(
    loaded: Settings, cluster: Cluster, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    held = backup(loaded, kept, silent)
    key = kept / SECRETS / "person_key"
    key.write_text("11" * 32)
    files = held.files | {f"{SECRETS}/person_key": manifest.digest(key)}
    held.model_copy(update={"files": files}).write(kept)
    name = cluster.create_empty_database()
    new = Settings(state=tmp_path / "new", dsn=SecretStr(cluster.owner_url(name)))
    with pytest.raises(ConfigurationError, match=r"secrets/person_key is not the person key"):
        restore(new, kept, silent)
