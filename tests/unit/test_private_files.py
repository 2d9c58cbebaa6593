from __future__ import annotations

from pathlib import Path

from health_warehouse.private_files import write_private


def test_private_file_is_never_seen_half_written(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    write_private(path, "one")
    inode = path.stat().st_ino
    write_private(path, "two")
    assert path.read_text() == "two"
    assert path.stat().st_ino != inode
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]
