"""What is told of an error: never a name that a sender chose, never a value."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest

from health_warehouse.settings import PROJECT_DIR
from health_warehouse.telling import told

NAME = "NGUYEN VAN A"


@pytest.mark.parametrize(
    "path",
    [
        f"/srv/inbox/{NAME}.xml",
        f"/srv/inbox/{NAME}.csv",
        f"/srv/inbox/{NAME}/week 3",
        f"/srv/inbox/{NAME}",
        f"relative/{NAME}.json",
    ],
)
def test_a_file_that_a_sender_named_is_not_shown(path: str) -> None:
    said = told(OSError(errno.EIO, "Input/output error", path))
    assert NAME not in said
    assert "Input/output error" in said


def test_the_second_name_of_an_error_is_not_shown_either() -> None:
    ours = str(PROJECT_DIR / "Makefile")
    said = told(OSError(errno.EXDEV, "Invalid cross-device link", ours, None, f"/x/{NAME}.xml"))
    assert NAME not in said


def test_the_inbox_in_our_state_is_of_senders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WAREHOUSE_STATE", str(tmp_path))
    path = str(tmp_path / "inbox" / NAME)
    assert NAME not in told(OSError(errno.EIO, "Input/output error", path))


@pytest.mark.parametrize("folder", [PROJECT_DIR, Path(sys.prefix)])
def test_a_file_of_ours_is_named(folder: Path) -> None:
    path = str(folder / "some.json")
    assert path in told(PermissionError(errno.EACCES, "Permission denied", path))


def test_a_file_of_the_state_folder_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WAREHOUSE_STATE", str(tmp_path))
    path = str(tmp_path / "secrets" / "database.json")
    assert path in told(PermissionError(errno.EACCES, "Permission denied", path))


def test_an_error_without_a_file_keeps_its_words() -> None:
    assert "refused" in told(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"))


def test_an_error_of_a_conversion_is_told_by_its_type_only() -> None:
    said = told(ValueError(f"invalid literal for int(): {NAME}"))
    assert NAME not in said
    assert "ValueError" in said
