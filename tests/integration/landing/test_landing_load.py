"""One file into raw, in one transaction, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from claim_files import FACILITY, claim_file, dossier, part, xml1
from health_warehouse.errors import ConfigurationError, WarehouseError
from health_warehouse.landing.claims import raw_rows
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ledger import STATES, entries
from health_warehouse.settings import Settings
from landing_steps import deliver, judge, load_all, load_one, query

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
COUNTS = (
    "select (select count(*) from ops.files), (select count(*) from ops.file_receipts),"
    " (select count(*) from raw.claims_xml1), (select count(*) from raw.claims_xml2)"
)


def test_a_file_arrives_whole(settings: Settings) -> None:
    content = claim_file([dossier("A1", drugs=2, services=3), dossier("A2", drugs=0, nested=True)])
    deliver(settings, "one.xml", content)
    assert [r.outcome for r in load_all(settings)] == ["loaded"]
    assert query(
        settings,
        "select facility_id, declared_date, declared_count, hoso_count, dossier_count,"
        " line_count, row_counts, status, judged_at from ops.files",
    ) == [(FACILITY, "20260802", 2, 2, 2, 6, {"XML1": 2, "XML2": 2, "XML3": 4}, "loaded", None)]
    assert query(settings, "select ma_lk, ho_ten from raw.claims_xml1 order by position") == [
        ("A1", "Nguyễn Thị Thử"),
        ("A2", "Nguyễn Thị Thử"),
    ]
    assert query(
        settings, "select position, line, stt from raw.claims_xml3 order by position, line"
    ) == [(1, 1, "1"), (1, 2, "2"), (1, 3, "3"), (2, 1, "1")]
    assert query(settings, "select kind, value from vault.person_identifiers order by 1, 2") == [
        ("birth", "198001010000"),
        ("card", "DN4960123456789"),
        ("insurance_number", "0123456789"),
        ("local_id", f"{FACILITY}/BN-A1"),
        ("local_id", f"{FACILITY}/BN-A2"),
        ("name", "Nguyễn Thị Thử"),
    ]
    assert list_new(settings) == []


@pytest.mark.parametrize(
    "value", ["\\.", "\\N", "a\\tb", "a\tb\nc\\", '"{}"', "", " ", "\r\n", "{NULL}", "𝔘𝔫𝔦"]
)
def test_values_that_copy_could_misread_arrive_as_sent(settings: Settings, value: str) -> None:
    other = part("XML16", f"<X><MA_LK>{'A' + value}</MA_LK></X>".replace("\r", "&#13;"))
    content = dossier("A1", GHI_CHU=value, LA="x").replace("</HOSO>", other + "</HOSO>")
    deliver(settings, "one.xml", claim_file([content]))
    load_all(settings)
    assert query(settings, "select ghi_chu, _extra ->> 'LA' from raw.claims_xml1") == [(value, "x")]
    kept = ("A" + value).strip(" \t\r\n")
    assert query(settings, "select ma_lk_values from raw.claims_other") == [([kept],)]


def test_a_dossier_at_fault_is_quarantined_and_its_neighbours_load(settings: Settings) -> None:
    bad = f"<HOSO>{part('XML1', '<TONG_HOP>')}{part('XML2', '<SAI/>')}</HOSO>"
    elsewhere = dossier("A3", MA_CSKCB="96002")
    deliver(settings, "one.xml", claim_file([dossier("A1"), bad, elsewhere, dossier("A4")]))
    load_all(settings)
    assert query(
        settings, "select position, dossier_id, verdict from ops.dossier_versions order by 1"
    ) == [(1, "A1", None), (2, "", "quarantined"), (3, "A3", "quarantined"), (4, "A4", None)]
    assert query(
        settings,
        "select position, rule_id, severity, table_name from quarantine.findings"
        " order by position, table_name",
    ) == [
        (2, "F03", "quarantine_dossier", "XML1"),
        (2, "F03", "quarantine_dossier", "XML2"),
        (3, "F01", "quarantine_dossier", "XML1"),
    ]
    originals = query(settings, "select part, content from quarantine.originals order by part")
    assert [content in bad for _, content in originals] == [True, True]
    judge(settings)
    assert query(settings, "select dossier_id from ops.current_dossiers order by 1") == [
        ("A1",),
        ("A4",),
    ]
    (entry,) = entries(settings, with_names=True)
    assert entry["dossiers"] == dict(zip(STATES, (4, 2, 2, 0, 0, 0, 0, 0), strict=True))
    assert entry["lines"] == 6


def test_an_unreadable_file_is_refused_without_rows(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_rows, "BATCH_CHARACTERS", 5000)  # rows are copied before the end
    whole = claim_file([dossier(f"A{n}") for n in range(50)])
    deliver(settings, "cut.xml", whole[:-400])
    (result,) = load_all(settings)
    assert result.outcome == "refused"
    assert query(settings, COUNTS) == [(1, 1, 0, 0)]
    assert query(settings, "select rule_id, judged_at is not null from ops.files") == [
        ("F01", True)
    ]
    assert query(settings, "select severity from quarantine.findings") == [("refuse_file",)]
    assert query(settings, "select count(*) from ops.dossier_versions") == [(0,)]
    (entry,) = entries(settings, status="refused")
    assert entry["reason"].startswith("F01: not well-formed")
    assert entry["dossiers"]["received"] == entry["dossiers"]["quarantined"] > 40
    assert load_all(settings) == []


def test_a_file_beyond_the_bound_is_refused_and_not_kept(settings: Settings) -> None:
    small = settings.model_copy(update={"max_file_bytes": 1000})
    deliver(settings, "big.xml", claim_file([dossier(GHI_CHU="x" * 1000)]))
    (result,) = load_all(small)
    assert result.reason == "F01: larger than 1000 bytes"
    assert list((settings.state / "archive").rglob("*.xml")) == []


def test_the_same_bytes_count_once_at_their_earliest_receipt(settings: Settings) -> None:
    content = claim_file([dossier("A1", drugs=3)])
    deliver(settings, "late.xml", content, NOON)
    assert [r.outcome for r in load_all(settings)] == ["loaded"]
    deliver(settings, "early.xml", content, NOON - timedelta(hours=1))
    assert [r.outcome for r in load_all(settings)] == ["duplicate"]
    assert query(settings, COUNTS) == [(1, 2, 1, 3)]
    assert query(settings, "select received_at, file_name from ops.files") == [
        (NOON - timedelta(hours=1), "early.xml")
    ]
    early, late = entries(settings, with_names=True)
    assert (early["file"], early["status"]) == ("early.xml", "loaded")
    assert (late["file"], late["status"], late["dossiers"]["duplicate"]) == (
        "late.xml",
        "duplicate",
        1,
    )
    assert late["line_states"]["duplicate"] == late["lines"] == 4


def test_a_receipt_that_is_known_changes_nothing(settings: Settings) -> None:
    deliver(settings, "one.xml", claim_file([dossier()]), NOON)
    (delivery,) = list_new(settings)
    assert [load_one(settings, delivery).outcome for _ in range(3)] == ["loaded", "known", "known"]
    assert query(settings, COUNTS) == [(1, 1, 1, 1)]


def test_a_name_that_gets_new_content_is_a_new_file(settings: Settings) -> None:
    deliver(settings, "one.xml", claim_file([dossier("A1")]), NOON)
    load_all(settings)
    deliver(settings, "one.xml", claim_file([dossier("A1", drugs=2)]), NOON + timedelta(hours=1))
    assert [r.outcome for r in load_all(settings)] == ["loaded"]
    assert query(settings, COUNTS) == [(2, 2, 2, 3)]


def test_received_at_can_be_given(settings: Settings) -> None:
    deliver(settings, "one.xml", claim_file([dossier()]))
    load_all(settings, NOON)
    assert query(settings, "select received_at from ops.files") == [(NOON,)]
    assert list_new(settings, received_at=NOON) == []
    assert len(list_new(settings, received_at=NOON - timedelta(days=1))) == 1


def test_declared_receipt_is_the_local_midnight_of_ngaylap(settings: Settings) -> None:
    deliver(settings, "one.xml", claim_file([dossier()]))
    load_all(settings, "declared")
    assert query(settings, "select received_at from ops.files") == [
        (datetime(2026, 8, 1, 17, tzinfo=UTC),)
    ]
    assert list_new(settings, received_at="declared") == []


@pytest.mark.parametrize(
    ("declared", "told"),
    [("20261301", "an impossible date"), ("2026-06-31", "an impossible date"), (None, "no date")],
)
def test_declared_without_a_date_records_nothing(
    settings: Settings, declared: str | None, told: str
) -> None:
    deliver(settings, "one.xml", claim_file([dossier()], declared_date=declared))
    with pytest.raises(ConfigurationError, match=f"declares {told}.*NGAYLAP"):
        load_all(settings, "declared")
    assert query(settings, COUNTS) == [(0, 0, 0, 0)]


def test_loaders_at_once_have_one_effect(settings: Settings) -> None:
    deliver(settings, "one.xml", claim_file([dossier(f"A{n}", drugs=5) for n in range(200)]), NOON)
    (delivery,) = list_new(settings)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: load_one(settings, delivery), range(8)))
    assert sorted(r.outcome for r in results) == ["known"] * 7 + ["loaded"]
    assert query(settings, COUNTS) == [(1, 1, 200, 1000)]


def test_the_same_bytes_under_many_names_at_once_load_once(settings: Settings) -> None:
    content = claim_file([dossier(f"A{n}", drugs=5) for n in range(50)])
    for number in range(8):
        deliver(settings, f"{number}.xml", content, NOON - timedelta(minutes=number))
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda d: load_one(settings, d), list_new(settings)))
    assert sorted(r.outcome for r in results) == ["duplicate"] * 7 + ["loaded"]
    assert query(settings, COUNTS) == [(1, 8, 50, 250)]
    assert query(settings, "select file_name from ops.files") == [("7.xml",)]
    assert [e["status"] for e in entries(settings)] == ["loaded"] + ["duplicate"] * 7


def test_loaders_of_the_same_persons_do_not_deadlock(settings: Settings) -> None:
    people = [f"DN496{n:010d}" for n in range(300)]
    for number in range(6):
        order = people if number % 2 else people[::-1]
        body = [dossier(f"A{number}-{n}", 0, 0, MA_THE_BHYT=c) for n, c in enumerate(order)]
        deliver(settings, f"{number}.xml", claim_file(body), NOON)
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda d: load_one(settings, d), list_new(settings)))
    assert [r.outcome for r in results] == ["loaded"] * 6
    assert query(
        settings, "select count(*) from vault.person_identifiers where kind = 'insurance_number'"
    ) == [(300,)]


def test_an_error_of_copy_does_not_quote_the_row(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_rows, "_NULL", "SECRET")  # makes the row one that COPY cannot read
    deliver(
        settings, "one.xml", claim_file([f"<HOSO>{part('XML1', xml1(HO_TEN='SECRET'))}</HOSO>"])
    )
    monkeypatch.setitem(raw_rows._COLUMNS, "raw.claims_xml1", ("file_id", "position"))
    with pytest.raises(WarehouseError) as caught:
        load_all(settings)
    assert "22P04" in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert isinstance(caught.value.__context__, psycopg.Error)
    assert query(settings, COUNTS) == [(0, 0, 0, 0)]
