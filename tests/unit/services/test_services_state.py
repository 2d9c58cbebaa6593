import threading
from pathlib import Path

import pytest

from health_warehouse.errors import ConfigurationError
from health_warehouse.services import state
from health_warehouse.services.secret_files import (
    airflow_secrets,
    login_file,
    write_login_file,
)
from health_warehouse.settings import Settings


@pytest.fixture
def prepared(tmp_path: Path) -> Settings:
    settings = Settings(state=tmp_path / "state")
    state.prepare(settings)
    return settings


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_folders_are_private(prepared: Settings) -> None:
    assert _mode(prepared.state) in (0o700, 0o711)
    for name in ("secrets", "logs", "run", "inbox", "archive", "airflow"):
        assert _mode(prepared.state / name) == 0o700, name


def test_nothing_outside_the_state_folder_is_widened(tmp_path: Path) -> None:
    parent = tmp_path / "closed"
    parent.mkdir(mode=0o700)
    state.prepare(Settings(state=parent / "state"))
    assert _mode(parent) == 0o700


def test_secrets_are_made_once_and_private(prepared: Settings) -> None:
    first = airflow_secrets(prepared)
    write_login_file(prepared, first)
    assert airflow_secrets(prepared) == first
    for path in prepared.secrets_dir.iterdir():
        assert _mode(path) == 0o600, path.name
    assert first.admin_password in login_file(prepared).read_text()


def test_two_warehouses_have_different_secrets(tmp_path: Path) -> None:
    both = []
    for name in ("a", "b"):
        settings = Settings(state=tmp_path / name)
        state.prepare(settings)
        both.append(airflow_secrets(settings))
    assert not set(vars(both[0]).values()) & set(vars(both[1]).values())


def test_unusable_folder_is_told_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="WAREHOUSE_STATE"):
        state.prepare(Settings(state=tmp_path / "file" / "state"))


def test_second_holder_waits_for_the_lock_and_says_so(prepared: Settings) -> None:
    said: list[str] = []
    entered = threading.Event()

    def second() -> None:
        with state.locked(prepared, said.append):
            entered.set()

    with state.locked(prepared, said.append):
        thread = threading.Thread(target=second)
        thread.start()
        assert not entered.wait(0.3)
    thread.join(10)
    assert entered.is_set()
    assert len(said) == 1
