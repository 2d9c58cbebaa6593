"""`warehouse quarantine` and `warehouse rules`: JSON only on stdout, in the agreed shape."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256

import pytest
from typer.testing import CliRunner

from expectations import registry
from health_warehouse.cli import app
from health_warehouse.commands import quality
from health_warehouse.database.connections import engine
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.landing.judging import check_files
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
    digest = sha256("tháng 8.xml".encode()).hexdigest()[:8]
    arguments = ["quarantine", "--json", "--rule", "L01", "--file", "tháng 8.xml"]
    result = runner.invoke(app, arguments)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == [
        {
            "delivery": f"96001 2026-08-06 {digest}",
            "facility": "96001",
            "dossier": "LK-1",
            "position": 1,
            "table": "XML2",
            "line": 1,
            "field": "T_BHTT",
            "rule": "L01",
            "severity": "quarantine_dossier",
            "reason": "T_BHTT is 13000, THANH_TIEN_BH × MUC_HUONG% is 12000",
            "sheet": None,
            "cell": None,
        }
    ]
    everything = json.loads(runner.invoke(app, ["quarantine", "--json"]).stdout)
    assert {entry["rule"] for entry in everything} == {"L01", "D01"}
    other = runner.invoke(app, ["quarantine", "--json", "--file", "other.xml"])
    assert json.loads(other.stdout) == []


def test_a_listing_for_people_cuts_no_key_and_no_reason(
    settings: Settings, runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    dossier, name = "LK-" + "7" * 90, "x" * 120 + ".xml"
    with engine(settings, "loader").begin() as connection:
        line_of_it = {"t_bhtt": "13000", "t_bncct": "2000"}
        broken = Dossier({"ma_lk": dossier}, drugs=[line_of_it])
        file_id = deliver(connection, [broken], name=name)
    check_files(settings, [file_id])
    arguments = ["quarantine", "--rule", "L01", "--names"]
    head, line = runner.invoke(app, arguments).stdout.splitlines()
    assert head.split() == ["file", *quality._FINDING]
    delivery = ["96001", "2026-08-06", sha256(name.encode()).hexdigest()[:8]]
    keys = [
        name,
        *delivery,
        "96001",
        dossier,
        "1",
        "XML2",
        "1",
        "T_BHTT",
        "L01",
        "quarantine_dossier",
    ]
    assert line.split()[: len(keys)] == keys
    assert line.endswith("T_BHTT is 13000, THANH_TIEN_BH × MUC_HUONG% is 12000")


def test_great_expectations_says_nothing_of_its_own() -> None:
    program = "import logging; logging.basicConfig(level=logging.INFO)\n"
    program += "from health_warehouse.quality.runner import _context; _context()"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_rules_lists_every_declaration(runner: CliRunner) -> None:
    listed = json.loads(runner.invoke(app, ["rules", "--json"]).stdout)
    declared = [rule.id for rule in registry.ALL]
    found = [entry["id"] for entry in listed]
    assert found[: len(declared)] == declared
    assert {name.partition(".")[0] for name in found[len(declared) :]} == {
        feed for feed in built_in() if feed not in registry.LANDING_BY_FEED
    }
    assert all(entry["sentence_vi"] and entry["sentence_en"] for entry in listed)
