"""What DAGs are made of, kept from one parse to the next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feed_steps import STAFF
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.orchestration.feed_dags import feeds_of_dags
from health_warehouse.settings import Settings

KEPT = Path("cache", "feeds_of_dags.json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A province's folder of contracts."""
    folder = tmp_path / "feeds"
    folder.mkdir()
    settings = Settings(state=tmp_path / "state", feeds=folder)
    monkeypatch.setattr("health_warehouse.settings.get_settings", lambda: settings)
    monkeypatch.setattr("health_warehouse.settings.state_folder", lambda: settings.state)
    return folder


def _feeds() -> list[str]:
    return [one.feed for one in feeds_of_dags()]


def test_every_contract_has_a_dag(folder: Path) -> None:
    (folder / "staff.yml").write_text(STAFF, encoding="utf-8")
    assert _feeds() == sorted([*built_in(), "staff"])


def test_a_changed_contract_is_seen_at_the_next_parse(folder: Path) -> None:
    assert "staff" not in _feeds()
    path = folder / "staff.yml"
    path.write_text(STAFF, encoding="utf-8")
    assert "staff" in _feeds()
    path.write_text(STAFF.replace("Danh sách nhân lực", "Nhân lực"), encoding="utf-8")
    assert {one.title for one in feeds_of_dags() if one.feed == "staff"} == {"Nhân lực"}
    path.write_text("feed: staff\n", encoding="utf-8")
    assert "staff" not in _feeds()


def test_what_is_kept_is_used_while_nothing_changes(folder: Path) -> None:
    feeds_of_dags()
    kept = folder.parent / "state" / KEPT
    told = json.loads(kept.read_text(encoding="utf-8"))
    told["feeds"] = [one for one in told["feeds"] if one["feed"] == "claims"]
    kept.write_text(json.dumps(told), encoding="utf-8")
    assert _feeds() == ["claims"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"made_of": 1}'])
def test_a_damaged_file_is_made_anew(folder: Path, damage: str) -> None:
    feeds_of_dags()
    (folder.parent / "state" / KEPT).write_text(damage, encoding="utf-8")
    assert _feeds() == sorted(built_in())


def test_a_state_folder_that_cannot_be_written_costs_time_only(folder: Path) -> None:
    (folder.parent / "state").write_text("no folder", encoding="utf-8")
    assert _feeds() == sorted(built_in())


def test_the_page_says_what_the_contract_says(folder: Path) -> None:
    (workforce,) = (one for one in feeds_of_dags() if one.feed == "workforce")
    assert "every month by facilities active, until working day 5" in workforce.manual
    assert "`warehouse feeds show workforce`" in workforce.manual
