"""Where a backup may go: not under a disk that is not mounted, not into what it saves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from saved import silent

from health_warehouse.backup.take import backup
from health_warehouse.database.connections import owner_url
from health_warehouse.errors import ConfigurationError
from health_warehouse.loopback import free_port
from health_warehouse.settings import Settings, inherited_environment


def test_a_folder_on_a_disk_that_is_not_there_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=r"mnt/safe does not exist: is its disk mounted"):
        backup(settings, tmp_path / "mnt" / "safe" / "today", silent)
    assert not (tmp_path / "mnt").exists()


@pytest.mark.parametrize("name", ["today", "inbox/today", "archive/today"])
def test_a_folder_in_the_state_folder_is_refused(settings: Settings, name: str) -> None:
    with pytest.raises(ConfigurationError, match="is in the state folder"):
        backup(settings, settings.state / name, silent)


def test_a_folder_in_the_archive_is_refused_by_any_name(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "files")
    elsewhere = settings.model_copy(update={"archive": (tmp_path / "files").as_uri()})
    with pytest.raises(ConfigurationError, match="is in the archive"):
        backup(elsewhere, tmp_path / "link" / "today", silent)
    assert not list((tmp_path / "files").iterdir())


def test_the_root_is_refused(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="exists: name a folder that does not"):
        backup(settings, Path("/"), silent)


def test_a_database_that_is_down_is_told_in_one_line(settings: Settings, tmp_path: Path) -> None:
    nowhere = owner_url(settings).set(port=free_port()).render_as_string(hide_password=False)
    environment = {
        **inherited_environment(),
        **settings.as_environment(),
        "WAREHOUSE_DSN": nowhere.replace("+psycopg", ""),
    }
    ended = subprocess.run(
        [Path(sys.executable).with_name("warehouse"), "backup", os.fspath(tmp_path / "kept")],
        env=environment,
        capture_output=True,
        text=True,
    )
    told = ended.stderr.splitlines()
    assert ended.returncode == 1
    assert len(told) == 1, ended.stderr
    assert told[0].startswith("error: the database cannot be reached:")
    assert not list(tmp_path.glob("kept*"))
