"""`warehouse quarantine` and `warehouse rules`: JSON only on stdout, in the agreed shape."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from expectations import registry
from health_warehouse.cli import app
from health_warehouse.commands import quality
from health_warehouse.database.connections import engine
from health_warehouse.quality.landing import check_files
from health_warehouse.settings import Settings
from quality_deliveries import Dossier, deliver


@pytest.fixture
def runner(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr(quality, "get_settings", lambda: settings)
    return CliRunner()


def test_quarantine_lists_what_was_found_and_filters(settings: Settings, runner: CliRunner) -> None:
    with engine(settings, "loader").begin() as connection:
        file_id = deliver(
            connection,
            [Dossier(header={"ngay_ra": ""}, drugs=[{"t_bhtt": "13000", "t_bncct": "2000"}])],
            name="tháng 8.xml",
        )
    check_files(settings, [file_id])
    arguments = ["quarantine", "--json", "--rule", "L01", "--file", "tháng 8.xml"]
    result = runner.invoke(app, arguments)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == [
        {
            "file": "tháng 8.xml",
            "facility": "96001",
            "dossier": "LK-1",
            "position": 1,
            "table": "XML2",
            "line": 1,
            "field": "T_BHTT",
            "rule": "L01",
            "severity": "quarantine_dossier",
            "reason": "T_BHTT is 13000, THANH_TIEN_BH × MUC_HUONG% is 12000",
        }
    ]
    everything = json.loads(runner.invoke(app, ["quarantine", "--json"]).stdout)
    assert {entry["rule"] for entry in everything} == {"L01", "D01"}
    other = runner.invoke(app, ["quarantine", "--json", "--file", "other.xml"])
    assert json.loads(other.stdout) == []


def test_rules_lists_every_declaration(runner: CliRunner) -> None:
    listed = json.loads(runner.invoke(app, ["rules", "--json"]).stdout)
    assert [entry["id"] for entry in listed] == [rule.id for rule in registry.ALL]
    assert all(entry["sentence_vi"] and entry["sentence_en"] for entry in listed)
