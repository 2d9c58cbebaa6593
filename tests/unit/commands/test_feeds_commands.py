"""Commands of feeds: no database, all mistakes, exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from health_warehouse.cli import app
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.settings import get_settings

_GOOD = """\
feed: beds
title: {vi: Giường bệnh, en: Beds}
owner: Phòng Kế hoạch
match: "*/giuong_*.jsonl"
reader: json_lines
mode: append
sender: folder
grain: {vi: giường, en: bed}
columns:
  bed_code: {meaning: {vi: Mã giường, en: Bed}, label: Mã giường, length: 10, required: true}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    found = tmp_path / "feeds"
    found.mkdir()
    monkeypatch.setenv("WAREHOUSE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("WAREHOUSE_FEEDS", str(found))
    get_settings.cache_clear()
    yield found
    get_settings.cache_clear()


def _run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["feeds", *words])
    assert result.exit_code == code, result.output
    return result.stdout


def test_feeds_are_listed_with_and_without_the_word(folder: Path) -> None:
    (folder / "beds.yml").write_text(_GOOD)
    assert _run() == _run("list")
    every = sorted({"beds", *built_in()})
    assert [line.split()[0] for line in _run().splitlines() if line[:1].isalpha()] == [
        "feed", *every,
    ]  # fmt: skip
    listed = json.loads(_run("--json"))
    assert [one["feed"] for one in listed] == every
    assert listed[0]["rhythm"] == "no fixed rhythm"


def test_a_contract_is_shown_in_words_and_as_values(folder: Path) -> None:
    (folder / "beds.yml").write_text(_GOOD)
    told = _run("show", "beds")
    assert "append: nothing is ever replaced" in told
    assert "raw.beds: one row per bed | giường" in told
    assert any(line.split()[:2] == ["bed_code", "text(10)"] for line in told.splitlines())
    assert json.loads(_run("show", "beds", "--json"))["tables"][0]["raw_table"] == "beds"
    assert "raw.claims_xml15" in _run("show", "claims")


def test_what_a_province_has_otherwise_is_shown(folder: Path) -> None:
    (folder / "claims.yml").write_text("owner: Phòng Nghiệp vụ Y\n")
    told = _run("show", "claims")
    assert f"owner, by {folder}/claims.yml" in told
    [claims] = [one for one in json.loads(_run("--json")) if one["feed"] == "claims"]
    assert claims["overridden"] == ["owner"]


def test_validate_tells_every_mistake_and_exits_with_one(folder: Path) -> None:
    assert _run("validate").startswith("right: check_ins, claims")
    path = folder / "beds.yml"
    wrong = _GOOD.replace("mode: append", "mode: appnd")
    path.write_text(wrong.replace("length: 10", "lenght: 10"))
    lines = _run("validate", code=1).splitlines()
    assert [line.rpartition(".yml:")[2].partition(":")[0] for line in lines] == ["6", "10"]
    assert "write length" in lines[1]
    told = json.loads(_run("validate", "--json", code=1))
    assert [(one["path"], one["line"]) for one in told["problems"]] == [
        (str(path), 6), (str(path), 10),
    ]  # fmt: skip
    assert told["right"] == sorted(built_in())


def test_validate_looks_at_files_before_they_are_used(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "beds.yml"
    path.write_text(_GOOD)
    assert _run("validate", str(path)) == "right: beds\n"
    (tmp_path / "claims.yml").write_text("gate: hld\n")
    assert "claims.yml:1: " in _run("validate", str(tmp_path / "claims.yml"), code=1)
    assert _run("validate", str(folder)) == "right: there is no contract here\n"


def test_export_writes_the_standards_form(folder: Path) -> None:
    document = yaml.safe_load(_run("export", "claims", "--odcs"))
    assert document["kind"] == "DataContract"
    assert len(document["schema"]) == 14
    assert "--odcs" in CliRunner().invoke(app, ["feeds", "export", "claims"]).stderr
