"""`warehouse quarantine` by facility, day and rule, and the files that go back to senders."""

from __future__ import annotations

import csv
import io
import json
import stat
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from typer.testing import CliRunner

from expectations import registry
from facility_days import BROKEN_LINE
from health_warehouse.cli import app
from health_warehouse.commands import quality
from health_warehouse.database.connections import engine
from health_warehouse.landing.findings import entries
from health_warehouse.landing.judging import check_files
from health_warehouse.quality.reasons_vi import in_vietnamese
from health_warehouse.quality.sender_files import (
    COLUMNS,
    WHAT_TO_DO,
    write_csv,
    write_each_facility,
    write_xlsx,
)
from health_warehouse.settings import Settings
from quality_deliveries import RECEIVED_AT, Dossier, deliver

_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULA = '=cmd|" /C calc"!A1'


@pytest.fixture
def runner(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr(quality, "get_settings", lambda: settings)
    with engine(settings, "loader").begin() as connection:
        file_ids = [
            deliver(
                connection,
                [Dossier({"ma_lk": f"{name} 1", "ngay_ra": ""}, drugs=[BROKEN_LINE])],
                name=name,
                facility_id=name,
                received_at=RECEIVED_AT.replace(day=day),
            )
            for name, day in (("96001", 6), ("96002", 7), ("96003", 8))
        ]
    check_files(settings, file_ids)
    return CliRunner()


def _listed(runner: CliRunner, *options: str) -> set[tuple[str, str]]:
    result = runner.invoke(app, ["quarantine", "--json", *options])
    assert result.exit_code == 0, result.output
    return {(entry["facility"], entry["rule"]) for entry in json.loads(result.stdout)}


def test_a_facility_days_and_rules_filter(runner: CliRunner) -> None:
    assert {facility for facility, _ in _listed(runner)} == {"96001", "96002", "96003"}
    assert _listed(runner, "--facility", "96002") == {
        ("96002", "L01"), ("96002", "D01"), ("96002", "F10"),
    }  # fmt: skip
    assert _listed(runner, "--rule", "L01", "--from", "2026-08-07") == {
        ("96002", "L01"), ("96003", "L01"),
    }  # fmt: skip
    assert _listed(runner, "--rule", "L01", "--rule", "D01", "--to", "2026-08-06") == {
        ("96001", "L01"), ("96001", "D01"),
    }  # fmt: skip
    assert _listed(runner, "--from", "2026-08-09") == set()


def test_what_cannot_be_meant_is_told(runner: CliRunner) -> None:
    for options, word in (
        (["--facility", "99999"], "never sent anything"),
        (["--rule", "Q99"], "there is no rule Q99"),
        (["--from", "8/2026"], "is no day"),
        (["--from", "2026-08-09", "--to", "2026-08-01"], "is after the last"),
        (["--xlsx", "/nowhere/x.xlsx"], "cannot be written"),
        (["--each-facility", "/nowhere"], "is not a folder"),
    ):
        result = runner.invoke(app, ["quarantine", *options])
        assert result.exit_code == 1
        assert word in str(result.exception), options


def _cells(path: Path, sheet: int = 1) -> list[list[str]]:
    with zipfile.ZipFile(path) as book:
        names = book.namelist()
        strings = []
        if "xl/sharedStrings.xml" in names:
            for item in etree.fromstring(book.read("xl/sharedStrings.xml")):
                strings.append("".join(item.itertext()))
        root = etree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
    assert not list(root.iter(f"{_NAMESPACE}f")), "a formula"
    found = []
    for row in root.iter(f"{_NAMESPACE}row"):
        cells = []
        for cell in row:
            value = "".join(cell.itertext())
            cells.append(strings[int(value)] if cell.get("t") == "s" else value)
        found.append(cells)
    return found


def test_a_workbook_says_what_each_rule_asks_and_what_to_do(
    runner: CliRunner, tmp_path: Path
) -> None:
    path = tmp_path / "out" / "96001.xlsx"
    path.parent.mkdir()
    result = runner.invoke(app, ["quarantine", "--facility", "96001", "--xlsx", str(path)])
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    head, *rows = _cells(path)
    assert tuple(head) == COLUMNS
    assert {row[0] for row in rows} == {"96001"}, "its own rows only"
    [row] = [one for one in rows if "L01" in one]
    rule = next(one for one in registry.ALL if one.id == "L01")
    assert rule.sentence_vi in row
    assert WHAT_TO_DO["quarantine_dossier"][1] in row
    assert "T_BHTT là 13000, trong khi THANH_TIEN_BH × MUC_HUONG% là 12000" in row
    assert "L01" in [one[0] for one in _cells(path, 2)]
    assert [one.name for one in path.parent.iterdir()] == ["96001.xlsx"], (
        "nothing is left beside it"
    )


def test_csv_has_the_same_rows_and_a_mark_for_excel(runner: CliRunner, tmp_path: Path) -> None:
    path, book = tmp_path / "x.csv", tmp_path / "x.xlsx"
    result = runner.invoke(
        app, ["quarantine", "--rule", "L01", "--csv", str(path), "--xlsx", str(book)]
    )
    assert "of 3 facilities: for yourselves, not for a sender" in result.stdout
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows == _cells(book)


def test_each_facility_gets_its_own_file(runner: CliRunner, tmp_path: Path) -> None:
    result = runner.invoke(app, ["quarantine", "--each-facility", str(tmp_path), "--json"])
    written = json.loads(result.stdout)
    assert [Path(one).name for one in written["files"]] == [
        "96001.xlsx", "96002.xlsx", "96003.xlsx",
    ]  # fmt: skip
    for name in written["files"]:
        _, *rows = _cells(Path(name))
        assert rows
        assert {row[0] for row in rows} == {Path(name).stem}


@pytest.mark.parametrize("value", [FORMULA, "+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1"])
def test_what_a_sender_wrote_is_never_a_formula(
    runner: CliRunner, settings: Settings, tmp_path: Path, value: str
) -> None:
    hostile = [{**entries(settings)[0], "dossier": value, "table": value, "field": "x" * 40_000}]
    write_csv(tmp_path / "x.csv", hostile)
    write_xlsx(tmp_path / "x.xlsx", hostile)
    rows = list(
        csv.reader(io.StringIO((tmp_path / "x.csv").read_bytes().decode("utf-8-sig"), newline=""))
    )
    assert rows[1][2] == f"'{value}"
    cells = _cells(tmp_path / "x.xlsx")  # which refuses formulas
    assert cells[1][2].strip() in (value.strip(), "_x000D_=1")
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        assert b'quotePrefix="1"' in book.read("xl/styles.xml")


def test_hostile_facilities_make_no_file(tmp_path: Path) -> None:
    entry = {
        "facility": "../../etc/x", "delivery": "unknown", "dossier": "1", "position": 1,
        "table": "XML1", "line": None, "field": "X", "rule": "L01",
        "severity": "flag_line", "reason": "X is blank",
    }  # fmt: skip
    assert write_each_facility(tmp_path, [entry, {**entry, "facility": None}]) == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("HO_TEN is blank", "HO_TEN để trống"),
        (
            "MA_BN has more than 100 characters: 120 characters: letters, digits",
            "MA_BN dài quá 100 ký tự: 120 ký tự: chữ cái, chữ số",
        ),
        ("NGAY_RA is not a day (yyyymmdd): blank", "NGAY_RA không phải ngày (yyyymmdd): để trống"),
        ("NGAY_VAO 20260806 is after NGAY_RA 20260805", "NGAY_VAO 20260806 sau NGAY_RA 20260805"),
        ("a bed is charged, MA_LOAI_KCB is not 03", "a bed is charged, MA_LOAI_KCB is not 03"),
    ],
)
def test_reasons_of_known_forms_are_in_vietnamese(reason: str, told: str) -> None:
    assert in_vietnamese(reason) == told
