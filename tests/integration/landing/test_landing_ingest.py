"""Deliveries to judged dossiers through the real checks, and the commands around it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
import typer
from typer.testing import CliRunner

from claim_files import claim_file, dossier
from health_warehouse.commands import claims
from health_warehouse.errors import CheckError, WarehouseError
from health_warehouse.landing import judging as checks
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest, unjudged_file_ids
from health_warehouse.landing.ledger import STATES, entries
from health_warehouse.settings import Settings
from landing_steps import deliver, load_all, query

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)
LATE = {"NGAY_VAO": "202608020800", "NGAY_RA": "202608010800"}  # breaks D01


def healthy(ma_lk: str, **values: str) -> str:
    """A dossier without lines, all of whose sums are nought."""
    sums = ("T_THUOC", "T_VTYT", "T_TONGCHI_BV", "T_TONGCHI_BH", "T_BNTT", "T_BNCCT", "T_BHTT",
            "T_NGUONKHAC", "T_BHTT_GDV")  # fmt: skip
    return dossier(ma_lk, 0, 0, **{**dict.fromkeys(sums, "0"), **values})


def send_three(settings: Settings) -> None:
    deliver(settings, "a.xml", claim_file([healthy("A1"), healthy("A2", **LATE)]), NOON)
    deliver(settings, "b.xml", claim_file([healthy("A3")], declared_count=2), NOON)
    deliver(settings, "c.xml", b"<GIAMDINHHS>", NOON)
    deliver(settings, "d.xml", claim_file([healthy("A1"), healthy("A2", **LATE)]), NOON)


def test_a_batch_is_loaded_judged_and_accounted_for(settings: Settings) -> None:
    send_three(settings)
    report = ingest(settings, list_new(settings))
    assert report.outcomes == {"loaded": 1, "refused": 2, "duplicate": 1}
    assert (report.refused_files, report.changed_dossiers) == (1, 1)
    found = {entry["file"]: entry for entry in entries(settings, with_names=True)}
    assert {name: entry["status"] for name, entry in found.items()} == {
        "a.xml": "loaded",
        "b.xml": "refused",
        "c.xml": "refused",
        "d.xml": "duplicate",
    }
    assert found["a.xml"]["dossiers"] == dict(zip(STATES, (2, 1, 1, 0, 0, 0, 0, 0), strict=True))
    assert found["b.xml"]["reason"].startswith("F02")
    assert found["b.xml"]["dossiers"]["quarantined"] == 1
    again = ingest(settings, list_new(settings))
    assert (again.outcomes, again.file_ids, again.changed_dossiers) == ({}, [], 0)


def test_the_log_says_of_each_file_what_the_checks_made_of_it(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    late = [healthy(f"A{number}", **LATE) for number in range(3)]
    deliver(settings, "all.xml", claim_file(late), NOON)
    deliver(settings, "some.xml", claim_file([healthy("B1"), healthy("B2", **LATE)]), NOON)
    deliver(settings, "none.xml", claim_file([healthy("C1")]), NOON)
    deliver(settings, "short.xml", claim_file([healthy("D1")], declared_count=2), NOON)
    deliver(settings, "broken.xml", b"no claims", NOON)
    report = ingest(settings, list_new(settings))
    told = [record.getMessage() for record in caplog.records]
    assert [one.quarantined for one in report.quarantined] == [3, 1]
    assert [line for line in told if "3 of 3 dossiers quarantined (D01 3)" in line]
    assert [line for line in told if "1 of 2 dossiers quarantined (D01 1)" in line]
    assert [line for line in told if "refused, F02: " in line]
    assert [line for line in told if "refused, F01: " in line]
    assert not [line for line in told if line.endswith(": loaded")]
    assert len(report.refused) == len(set(report.refused)) == 2, "each is told once"
    assert not [line for line in told if ".xml" in line], "no name of a file"


def test_what_a_crash_left_unjudged_is_taken_up(settings: Settings) -> None:
    deliver(settings, "a.xml", claim_file([healthy("A1")]), NOON)
    load_all(settings)
    assert unjudged_file_ids(settings) == [1]
    report = ingest(settings, [])
    assert (report.file_ids, report.changed_dossiers) == ([1], 1)
    assert unjudged_file_ids(settings) == []


def test_a_check_that_cannot_judge_leaves_the_work_for_the_next_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise CheckError("rule X")

    deliver(settings, "a.xml", claim_file([healthy("A1")]), NOON)
    with monkeypatch.context() as patch:
        patch.setattr(checks, "check_files", broken)
        with pytest.raises(CheckError):
            ingest(settings, list_new(settings))
    assert list_new(settings) == []
    assert ingest(settings, []).changed_dossiers == 1


def test_a_file_that_fails_does_not_stop_its_neighbours(settings: Settings) -> None:
    deliver(settings, "a.xml", claim_file([healthy("A1")], declared_date=None), NOON)
    deliver(settings, "b.xml", claim_file([healthy("A2")]), NOON)
    with pytest.raises(
        WarehouseError, match=r"1 files were not taken: 96001 2026-08-03 \w{8} declares no d"
    ):
        ingest(settings, list_new(settings), "declared")
    assert query(settings, "select dossier_id from ops.current_dossiers") == [("A2",)]


# ---------- the commands


@pytest.fixture
def command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setattr(claims, "get_settings", lambda: settings)
    app = typer.Typer()
    claims.register(app)
    return app


def run(command: typer.Typer, *arguments: str) -> str:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_ledger_is_printed_as_json_and_as_a_table(
    settings: Settings, command: typer.Typer
) -> None:
    send_three(settings)
    dry = json.loads(run(command, "ingest", "claims", "--dry-run", "--json"))
    assert len(dry["would_load"]) == 4
    assert "4 files would be loaded" in run(command, "ingest", "claims", "--dry-run")
    assert json.loads(run(command, "ledger", "--json")) == []
    report = json.loads(run(command, "ingest", "claims", "--json"))
    assert report["outcomes"] == {"loaded": 1, "refused": 2, "duplicate": 1}
    everything = json.loads(run(command, "ledger", "--json"))
    assert sorted(entry["status"] for entry in everything) == [
        "duplicate", "loaded", "refused", "refused"
    ]  # fmt: skip
    for entry in everything:
        wanted = {"delivery", "sha256", "status", "reason", "received_at", "dossiers", "lines"}
        assert wanted <= set(entry)
        assert entry["dossiers"]["received"] == sum(entry["dossiers"][s] for s in STATES[1:])
    (only,) = json.loads(run(command, "ledger", "--json", "--status", "duplicate"))
    assert only["delivery"] == f"96001 2026-08-03 {only['sha256'][:8]}"
    for file in ("b.xml", only["delivery"], only["sha256"]):
        found = json.loads(run(command, "ledger", "--json", "--file", file))
        assert {entry["sha256"] for entry in found} == {found[0]["sha256"]}
    assert "refused" in run(command, "ledger")
    assert "nothing new" in run(command, "ingest", "claims")


def test_what_was_refused_is_named_and_counted_as_in_the_ledger(
    settings: Settings, command: typer.Typer
) -> None:
    send_three(settings)
    said = run(command, "ingest", "claims")
    assert "files: 1 duplicate, 1 loaded, 2 refused\n" in said
    assert "checked: 2 files, 1 of them refused" in said
    for entry in entries(settings, status="refused"):
        assert f"  refused: {entry['delivery']}: {entry['reason']}\n" in said
    assert said.count("  refused: ") == 2


def test_many_refused_files_are_told_by_their_number(
    settings: Settings, command: typer.Typer
) -> None:
    for number in range(23):
        deliver(settings, f"{number}.xml", b"<GIAMDINHHS>%d" % number, NOON)
    said = run(command, "ingest", "claims")
    assert said.count("  refused: ") == 20
    assert "  3 more refused: `warehouse ledger --status refused`\n" in said


def test_a_file_left_by_a_crash_and_then_refused_is_named(
    settings: Settings, command: typer.Typer
) -> None:
    deliver(settings, "b.xml", claim_file([healthy("A3")], declared_count=2), NOON)
    load_all(settings)
    said = run(command, "ingest", "claims")
    assert "files: nothing new\n  refused: " in said


def test_a_file_from_the_future_is_told(settings: Settings, command: typer.Typer) -> None:
    path = deliver(settings, "ahead.xml", claim_file([healthy("A1")]), LATER)
    told = json.loads(run(command, "ingest", "claims", "--dry-run", "--json"))
    assert [one["bytes"] for one in told["ahead"]] == [path.stat().st_size]
    result = CliRunner().invoke(command, ["ingest", "claims"])
    assert result.exit_code == 0
    assert "files: 1 loaded" in result.stdout
    assert "the file of 2099-01-01 07:00:00.000000+0700 with" in result.stderr
    assert "is from the future" in result.stderr
    assert "ahead.xml" not in result.output


def test_the_ledger_names_its_zone_and_is_whole_when_piped(
    settings: Settings, command: typer.Typer
) -> None:
    name = f"{'x' * 180}.xml"
    content = claim_file([healthy("A3")], declared_count=2)
    deliver(settings, name, content, NOON)
    ingest(settings, list_new(settings))
    delivery = f"96001 2026-08-03 {sha256(content).hexdigest()[:8]}"
    head, line = run(command, "ledger", "--names").splitlines()
    assert head.startswith("received (UTC)")
    assert line.startswith(f"2026-08-03 05:00:00  {delivery}  {name}  refused")
    assert name not in run(command, "ledger")
    assert line.endswith("F02: SOLUONGHOSO is 2, the file has 1 HOSO")


def test_received_at_of_the_command_is_local_without_a_zone(
    settings: Settings, command: typer.Typer
) -> None:
    path = deliver(settings, "a.xml", claim_file([healthy("A1")]), NOON)
    run(command, "ingest", "claims", str(path), "--received-at", "2026-08-03T12:00")
    assert query(settings, "select received_at from ops.files") == [(NOON,)]
    run(command, "ingest", "claims", str(path), "--received-at", "2026-08-03T04:00+00:00")
    assert query(settings, "select received_at from ops.files") == [(NOON - timedelta(hours=1),)]


@pytest.mark.parametrize(
    "arguments", [("ingest", "claims", "--received-at", "noon"), ("ledger", "--status", "lost")]
)
def test_wrong_options_are_usage_errors(command: typer.Typer, arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(command, arguments).exit_code == 2
