"""The ledger tells what is in a file beside its rows: blank ones, a signature, another kind."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
import typer
from typer.testing import CliRunner

from claim_files import check_in_file, claim_file, hoso, lines, paper, part, xml1, zipped
from health_warehouse.commands import claims
from health_warehouse.database.connections import engine
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.landing.ledger import LINE_STATES, entries
from health_warehouse.landing.read_again import preview
from health_warehouse.landing.scope import Scope
from health_warehouse.settings import Settings
from landing_steps import deliver, judge, load_all, query

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
SIGNED = '<CHUKYDONVI><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></CHUKYDONVI>'
BLANK = claim_file(
    [
        hoso(
            part("XML1", xml1()),
            part("XML2", lines("XML2", [{"MA_LK": "A1"}, {"MA_LK": "A1", "SO_LUONG": "1"}])),
            part("XML3", lines("XML3", [{"MA_LK": "A1", "STT": "1", "SO_LUONG": "0"}])),
            part("XML6", lines("XML6", [{"MA_LK": "A1"}])),
            part("XML9", lines("XML9", [{}, {"MA_LK": "A1"}, {"GIOI_TINH_CON": "1"}])),
            part("XML14", paper("XML14", {"MA_LK": "A1"})),
            part("XML15", ""),
        )
    ]
)


def line_states(**counts: int) -> dict[str, int]:
    return {**dict.fromkeys(LINE_STATES, 0), **counts}


def test_blank_rows_are_counted_and_are_in_no_table(settings: Settings) -> None:
    deliver(settings, "a.xml", BLANK, NOON)
    deliver(settings, "b.xml", BLANK, NOON + timedelta(hours=1))
    load_all(settings)
    judge(settings)
    first, again = entries(settings)
    assert first["lines"] == again["lines"] == 3
    assert first["line_states"] == line_states(received=3, loaded=1, blank=2)
    assert again["line_states"] == line_states(received=3, duplicate=3)
    assert first["blank_rows"] == {"XML2": 1, "XML3": 1, "XML6": 1, "XML9": 2, "XML14": 1}
    assert query(settings, "select row_counts from ops.files") == [
        ({"XML1": 1, "XML2": 1, "XML9": 1},)
    ]
    assert query(settings, "select line from raw.claims_xml2") == [(2,)]
    assert query(settings, "select line from raw.claims_xml9") == [(3,)]
    for table in ("xml3", "xml6", "xml14", "xml15"):
        assert query(settings, f"select count(*) from raw.claims_{table}") == [(0,)]
    assert query(settings, "select count(*) from quarantine.findings") == [(0,)]
    change = preview(settings, Scope(facility_id="96001"))["96001"]
    assert (change.blank_rows, change.lines_before, change.lines_after) == (6, 3, 3)
    assert change.differing == 0


def test_a_blank_check_in_is_counted_as_one(settings: Settings) -> None:
    rows = [{"MA_LK": "A1", "STT": "1"}, {"MA_LK": "A2", "MA_CSKCB": "96001", "MA_BN": "1"}]
    deliver(settings, "a.xml", check_in_file(rows), NOON)
    load_all(settings)
    judge(settings)
    (entry,) = entries(settings)
    assert entry["line_states"] == line_states(received=2, loaded=1, blank=1)
    assert query(settings, "select position, ma_lk from raw.check_ins") == [(2, "A2")]


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_signature_is_told_of_every_kind(settings: Settings, is_signed: bool) -> None:
    contents = {
        "claims": claim_file([hoso(part("XML1", xml1()))]),
        "check_ins": check_in_file([{"MA_LK": "A1", "MA_BN": "1"}]),
        "death_notice": b"<HSDLGBT><CHUKYDONVI/></HSDLGBT>",
    }
    for name, content in contents.items():
        if is_signed:
            content = content.replace(b"<CHUKYDONVI/>", SIGNED.encode())
        deliver(settings, f"{name}.xml", content, NOON)
    deliver(settings, "broken.xml", b"<GIAMDINHHS>", NOON)
    load_all(settings)
    found = {entry["kind"]: entry["is_signed"] for entry in entries(settings, status="loaded")}
    found |= {e["kind"]: e["is_signed"] for e in entries(settings, status="not_taken")}
    assert found == dict.fromkeys(contents, is_signed)
    (refused,) = entries(settings, status="refused")
    assert refused["is_signed"] is None


def test_what_the_encoding_really_is_gets_a_record(settings: Settings) -> None:
    declared = '<?xml version="1.0" encoding="utf-16"?>'
    content = claim_file([hoso(part("XML1", declared + xml1()))])
    content = content.replace(b'"utf-8"', b'"iso-8859-1"').replace(
        b"<MACSKCB>", b"<!--\xe1\xbb\x97--><MACSKCB>"
    )
    deliver(settings, "a.xml", content, NOON)
    load_all(settings)
    found = query(
        settings,
        "select position, table_name, rule_id, severity, reason from quarantine.findings"
        " order by position",
    )
    assert found == [
        (1, "XML1", "F09", "record", "the encoding utf-16 is declared, the bytes are UTF-8"),
        (None, None, "F09", "record", "the encoding iso-8859-1 is declared, the bytes are UTF-8"),
    ]
    assert query(settings, "select verdict from ops.dossier_versions") == [(None,)]


# ---------- files that are not taken


ENVELOPE = f"<HSDANHMUC>{SIGNED}</HSDANHMUC>".encode()


@pytest.mark.parametrize(
    ("name", "content", "kind", "reason"),
    [
        ("a.xml", ENVELOPE, "facility_catalogue", "the root is HSDANHMUC"),
        ("Nguyen Van A.csv", b"HO_TEN\n", "unknown_file", "its name ends in .csv"),
        ("DN4960012345678.rar", b"Rar!", "unknown_file", "its name ends in .rar"),
        ("Nguyen.VanA", b"x", "unknown_file", "its name has another ending"),
        ("NguyenVanA", b"x", "unknown_file", "its name has no ending"),
        ("a.xml.gz.p7s", b"x", "unknown_file", "its name ends in .p7s"),
    ],
)
def test_a_file_that_is_not_taken_is_in_the_ledger_and_its_name_is_private(
    settings: Settings, name: str, content: bytes, kind: str, reason: str
) -> None:
    deliver(settings, f"96001/{name}", content, NOON)
    report = ingest(settings, list_new(settings))
    assert report.outcomes == {"not_taken": 1}
    assert [one.reason for one in report.not_taken] == [entries(settings)[0]["reason"]]
    (entry,) = entries(settings)
    assert (entry["status"], entry["kind"], entry["sha256"]) == (
        "not_taken",
        kind,
        sha256(content).hexdigest(),
    )
    assert reason in entry["reason"]
    assert set(entry["dossiers"].values()) == set(entry["line_states"].values()) == {0}
    if kind == "unknown_file":
        assert name not in json.dumps(entry)
    (named,) = entries(settings, with_names=True)
    assert named["file"] == name
    assert query(settings, "select count(*) from quarantine.findings") == [(0,)]
    assert list_new(settings) == []
    assert ingest(settings, list_new(settings)).outcomes == {}


def test_an_envelope_is_archived_and_an_unknown_file_stays_in_the_inbox(settings: Settings) -> None:
    deliver(settings, "a.xml", ENVELOPE, NOON)
    left = deliver(settings, "a.csv", b"a", NOON)
    load_all(settings)
    kept = [path for path in (settings.state / "archive").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [ENVELOPE]
    assert left.read_bytes() == b"a"
    assert query(settings, "select kind, archive_state from ops.files order by 1") == [
        ("facility_catalogue", "kept"),
        ("unknown_file", "removed"),
    ]


def test_the_same_bytes_again_are_a_duplicate(settings: Settings) -> None:
    for name in ("a.csv", "b.csv"):
        deliver(settings, name, b"a", NOON)
    assert [result.outcome for result in load_all(settings)] == ["not_taken", "duplicate"]
    assert [entry["status"] for entry in entries(settings)] == ["not_taken", "duplicate"]


def test_a_file_that_a_person_names_is_read_whatever_its_name(settings: Settings) -> None:
    path = deliver(settings, "a.dat", BLANK, NOON)
    assert ingest(settings, list_new(settings, [str(path)])).outcomes == {"loaded": 1}


def test_files_of_a_bundle_that_nobody_reads_are_told(settings: Settings) -> None:
    deliver(settings, "a.zip", zipped(("a.xml", BLANK), ("b.csv", b"x"), ("c", b"y")), NOON)
    assert sorted(r.outcome for r in load_all(settings)) == ["loaded", "not_taken", "not_taken"]
    assert list_new(settings) == []


def test_commands_tell_of_files_that_are_not_taken(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "get_settings", lambda: settings)
    app = typer.Typer()
    claims.register(app)
    deliver(settings, "a.csv", b"a", NOON)
    said = CliRunner().invoke(app, ["ingest", "claims"])
    assert said.exit_code == 0
    digest = sha256(b"a").hexdigest()[:8]
    assert f"unknown 2026-08-03 {digest}: not taken: its name ends in .csv" in said.output
    listed = CliRunner().invoke(app, ["ledger", "--status", "not_taken"])
    assert f"unknown 2026-08-03 {digest}" in listed.output


def test_readers_of_ops_see_no_name(settings: Settings) -> None:
    deliver(settings, "Nguyen Van A.csv", b"a", NOON)
    load_all(settings)
    with engine(settings, "ops_reader").connect() as connection:
        rows = connection.exec_driver_sql("select to_jsonb(l)::text from ops.ledger as l").scalars()
        assert "Nguyen" not in "".join(rows)
