"""The lock files: what runs is what was tested, and nothing says where it was fetched from."""

from __future__ import annotations

from pathlib import Path

import pytest

from health_warehouse.doctor.packages import locked
from health_warehouse.settings import PROJECT_DIR

_FOLDER = PROJECT_DIR / "requirements"
_LOCKS = sorted(_FOLDER.glob("*.txt"))


def test_tests_run_with_the_versions_that_are_installed_for_use() -> None:
    runtime, dev = locked(_FOLDER / "runtime.txt"), locked(_FOLDER / "dev.txt")
    other = {name: (version, dev.get(name)) for name, version in runtime.items()}
    other = {name: both for name, both in other.items() if both[0] != both[1]}
    assert not other, f"make lock: runtime.txt and dev.txt differ in {other}"


def test_the_image_has_the_versions_of_one_machine() -> None:
    runtime, image = locked(_FOLDER / "runtime.txt"), locked(_FOLDER / "containers.txt")
    other = {name: (version, image.get(name)) for name, version in runtime.items()}
    other = {name: both for name, both in other.items() if both[0] != both[1]}
    assert not other, f"make lock: runtime.txt and containers.txt differ in {other}"


@pytest.mark.parametrize("lock", _LOCKS, ids=lambda path: path.name)
def test_a_lock_file_names_no_registry(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
