from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from health_warehouse.demo import delivery
from health_warehouse.demo.delivery import deliver
from health_warehouse.services import state
from health_warehouse.settings import Settings

RECEIVED_AT = datetime(2026, 7, 2, tzinfo=UTC).timestamp()
NAMES = ("01001/a.xml", "01001/b.xml", "01002/a.xml")


def _generate(_settings: Settings, outbox: Path) -> None:
    for name in NAMES:
        path = outbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        os.utime(path, (RECEIVED_AT, RECEIVED_AT))
    (outbox / "labels.csv").write_text("labels")


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(delivery, "_generate", _generate)
    settings = Settings(state=tmp_path / "state")
    state.prepare(settings)
    return settings


def _inbox(settings: Settings) -> dict[str, str]:
    root = settings.state / "inbox"
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_text() for path in files}


def test_files_arrive_whole_with_their_time_and_nothing_else(prepared: Settings) -> None:
    urls = deliver(prepared, lambda _: None)
    assert _inbox(prepared) == {name: name for name in NAMES}
    assert urls == [f"{prepared.inbox}/{name}" for name in NAMES]
    assert (prepared.state / "inbox" / NAMES[0]).stat().st_mtime == RECEIVED_AT


def test_second_delivery_moves_nothing(prepared: Settings) -> None:
    urls = deliver(prepared, lambda _: None)
    said: list[str] = []
    assert deliver(prepared, said.append) == urls
    assert said == []


def test_delivery_that_was_cut_off_is_finished(
    prepared: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    move, moved = delivery._move, []

    def move_one(*arguments: object) -> None:
        if moved:
            raise KeyboardInterrupt
        moved.append(arguments)
        move(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(delivery, "_move", move_one)
    with pytest.raises(KeyboardInterrupt):
        deliver(prepared, lambda _: None)
    assert len(_inbox(prepared)) == 1
    monkeypatch.setattr(delivery, "_move", move)
    assert len(deliver(prepared, lambda _: None)) == len(NAMES)
    assert _inbox(prepared) == {name: name for name in NAMES}


def test_file_under_way_has_a_name_that_the_inbox_passes_over(
    prepared: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, seen = Path.rename, list[str]()

    def watched(self: Path, target: str) -> Path:
        seen.append(self.name)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", watched)
    deliver(prepared, lambda _: None)
    assert [name for name in seen if name.endswith(".xml.part") and name.startswith(".")]


def test_inbox_elsewhere_is_served_too(prepared: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from fsspec.implementations.memory import MemoryFileSystem

    monkeypatch.setattr(MemoryFileSystem, "store", {})
    settings = prepared.model_copy(update={"inbox": "memory://inbox"})
    urls = deliver(settings, lambda _: None)
    assert urls == [f"memory:///inbox/{name}" for name in NAMES]
    assert sorted(MemoryFileSystem.store) == [f"/inbox/{name}" for name in NAMES]
