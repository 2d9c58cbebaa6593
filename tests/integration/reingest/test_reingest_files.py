"""Files are read again in place of their former readings: ledger, verdicts, kills, cleaning up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from claim_files import FACILITY, claim_file, dossier
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ConfigurationError, FileUnreadable
from health_warehouse.landing import archive
from health_warehouse.landing.claims import raw_rows
from health_warehouse.landing.ledger import STATES, entries
from health_warehouse.landing.read_again import Change, chosen_files, preview, read_again
from health_warehouse.landing.scope import Scope
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.run import maintain
from health_warehouse.release import rebuild
from health_warehouse.settings import Settings
from landing_steps import BAD_NAME, current, deliver, judge, load_all, query

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)
ALL = Scope(facility_id=FACILITY)


@pytest.fixture
def mend(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Until it is called, the parser reads the first drug of every dossier under a wrong code."""
    add = raw_rows.RawWriter.add

    def add_wrong(self: Any, dossier: Any, *more: Any) -> None:
        for row in dossier.tables.get("XML2", [])[:1]:
            row[2] = "WRONG"
        add(self, dossier, *more)

    with monkeypatch.context() as patch:
        patch.setattr(raw_rows.RawWriter, "add", add_wrong)
        yield patch.undo


def _send(settings: Settings, name: str, hours: int, *dossiers: str) -> None:
    content = claim_file([dossier(one, GHI_CHU=name) for one in dossiers])
    deliver(settings, name, content, NOON + timedelta(hours=hours))
    load_all(settings)
    judge(settings)


def run(settings: Settings, statement: str, **values: Any) -> None:
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text(statement), values)


def _again(settings: Settings, scope: Scope = ALL) -> list[int]:
    return read_again(settings, chosen_files(settings, scope))


def _codes(settings: Settings) -> list[Any]:
    """Drug codes of what counts."""
    return [
        row[0]
        for row in query(
            settings,
            "select ma_thuoc from raw.claims_xml2 join ops.current_dossiers"
            " using (file_id, position) order by ma_lk",
        )
    ]


def test_the_new_reading_counts_once_it_is_judged(settings: Settings, mend: Any) -> None:
    _send(settings, "a.xml", 1, "A1", "A2")
    mend()
    before, ledger = current(settings), entries(settings)
    assert _again(settings) == [2]
    assert _codes(settings) == ["WRONG", "WRONG"], "not judged yet"
    assert judge(settings) == 2
    assert _codes(settings) == [None, None]
    assert current(settings) == before
    assert entries(settings) == ledger, "the ledger counts as before"


def test_the_ledger_adds_up_while_a_reading_waits(settings: Settings) -> None:
    _send(settings, "a.xml", 1, "A1", "A2")
    _again(settings)
    (entry,) = entries(settings)
    counts = entry["dossiers"]
    assert counts["received"] == sum(counts[state] for state in STATES if state != "received")


def test_builds_are_told_which_version_replaced_which(settings: Settings) -> None:
    _send(settings, "a.xml", 1, "A1")
    _again(settings)
    judge(settings)
    last = (
        "select old_file_id, new_file_id from ops.dossier_changes order by change_id desc limit 1"
    )
    assert query(settings, last) == [(1, 2)]
    rows = "select distinct file_id from raw.claims_xml1 order by 1"
    assert query(settings, rows) == [(1,), (2,)], "the former rows are there for the next build"


def test_a_dossier_that_the_mended_rules_quarantine_falls_back(settings: Settings) -> None:
    _send(settings, "old.xml", 1, "A1")
    _send(settings, "new.xml", 2, "A1")
    (scope_of_new,) = [file for file in chosen_files(settings, ALL) if file[0] == 2]
    read_again(settings, [scope_of_new])
    query_before = current(settings)
    run(settings, "update raw.claims_xml1 set ho_ten = :bad where file_id = 3", bad=BAD_NAME)
    judge(settings)
    assert current(settings) != query_before
    assert query(settings, "select file_id from ops.current_dossiers") == [(1,)]


def test_an_unreadable_file_stays_as_it_was(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _send(settings, "a.xml", 1, "A1")
    before = current(settings)

    @contextmanager
    def refuse(*_: Any) -> Iterator[Any]:
        raise FileUnreadable("F01", "refused today")
        yield

    monkeypatch.setattr("health_warehouse.landing.reading.open_archived", refuse)
    assert _again(settings) == []
    assert preview(settings, ALL)[FACILITY].unreadable == 1
    assert current(settings) == before
    assert query(settings, "select count(*) from ops.files") == [(1,)]


def test_a_file_whose_bytes_are_gone_stays_as_it_was(settings: Settings) -> None:
    _send(settings, "a.xml", 1, "A1")
    archive.remove(settings, str(entries(settings)[0]["sha256"]))
    assert _again(settings) == []
    assert preview(settings, ALL)[FACILITY].not_archived == 1


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    settings: Settings, mend: Any
) -> None:
    _send(settings, "a.xml", 1, "A1", "A2")
    mend()
    told = preview(settings, ALL)
    assert told == {
        FACILITY: Change(
            files=1,
            counting=2,
            dossiers_before=2,
            dossiers_after=2,
            lines_before=4,
            lines_after=4,
        )
    }
    assert query(settings, "select count(*) from ops.files") == [(1,)]


def test_a_dry_run_counts_what_the_real_one_changes_and_no_withdrawal(settings: Settings) -> None:
    _send(settings, "a.xml", 1, "A1", "A2")
    withdrawal = claim_file([dossier("A2", MA_DOITUONG_KCB="8"), dossier("A3")])
    deliver(settings, "b.xml", withdrawal, NOON + timedelta(hours=2))
    load_all(settings)
    judge(settings)
    told = preview(settings, ALL)[FACILITY]
    assert (told.files, told.dossiers_after, told.counting) == (2, 4, 2)
    _again(settings)
    assert judge(settings) == told.counting


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(first=date(2026, 8, 3), last=date(2026, 8, 3)), ["a.xml"]),
        (Scope(first=date(2026, 8, 4)), ["b.xml"]),
        (Scope(last=date(2026, 8, 4)), ["a.xml", "b.xml"]),
        (Scope(facility_id="00000"), []),
    ],
)
def test_a_scope_is_a_facility_and_local_days_of_receipt(
    settings: Settings, scope: Scope, expected: list[str]
) -> None:
    _send(settings, "a.xml", 11, "A1")  # 23:00 in Ho Chi Minh City
    _send(settings, "b.xml", 13, "A2")  # 01:00
    names = dict(query(settings, "select file_id, file_name from ops.files"))
    assert [names[file_id] for file_id, _ in chosen_files(settings, scope)] == expected


def test_a_scope_must_name_something() -> None:
    with pytest.raises(ConfigurationError, match="name a facility"):
        Scope.required(None, "", None)
    with pytest.raises(ConfigurationError, match="no day"):
        Scope.of("1", "tomorrow", None)
    with pytest.raises(ConfigurationError, match="after the last"):
        Scope.of(None, "2026-02-02", "2026-02-01")
    assert Scope.of(None, "", None) is None


def test_a_second_time_reads_the_newest_reading_again(settings: Settings) -> None:
    _send(settings, "a.xml", 1, "A1")
    for _ in range(2):
        _again(settings)
        judge(settings)
    assert query(settings, "select file_id, read_again_of from ops.files order by 1") == [
        (1, None),
        (2, 1),
        (3, 2),
    ]
    assert query(settings, "select file_id from ops.current_dossiers") == [(3,)]
    assert len(entries(settings)) == 1


def test_the_same_bytes_received_again_are_a_receipt_of_the_new_reading(
    settings: Settings,
) -> None:
    _send(settings, "a.xml", 1, "A1")
    _again(settings)
    deliver(settings, "b.xml", claim_file([dossier("A1", GHI_CHU="a.xml")]), NOON)
    (result,) = load_all(settings)
    assert (result.outcome, result.file_id) == ("duplicate", 2)
    judge(settings)
    assert [entry["status"] for entry in entries(settings)] == ["loaded", "duplicate"]


def test_former_readings_go_when_no_build_needs_them(settings: Settings) -> None:
    _send(settings, "a.xml", 1, "A1")
    _again(settings)
    judge(settings)
    name = StepName.REMOVE_FORMER_READINGS
    (kept,) = maintain(settings, lambda _: None, only=name).steps
    assert kept.removed.count == 0, "the next build has to read it"
    run(
        settings,
        "insert into ops.builds (from_change_id, to_change_id, is_full, status)"
        " values (0, 99, true, 'published')",
    )
    run(
        settings,
        "insert into ops.releases (build_id, to_change_id, is_full, status, started_at)"
        " values (1, 99, true, 'current', now())",
    )
    ledger = entries(settings)
    (removed,) = maintain(settings, lambda _: None, only=name).steps
    assert removed.removed.count == 1
    assert removed.removed.byte_count > 0
    assert query(settings, "select file_id, read_again_of from ops.files") == [(2, None)]
    assert query(settings, "select distinct file_id from raw.claims_xml1") == [(2,)]
    assert entries(settings) == ledger


def test_dossiers_are_noted_for_a_rebuild_by_facility_and_end_of_care(
    settings: Settings,
) -> None:
    _send(settings, "a.xml", 1, "A1", "A2")
    inside = Scope(FACILITY, date(2026, 8, 1), date(2026, 8, 1))
    assert rebuild.preview(settings, inside) == [rebuild.Chosen(FACILITY, 2, 4)]
    outside = Scope(FACILITY, date(2026, 8, 2))
    assert rebuild.preview(settings, outside) == []
    assert rebuild.note(settings, outside) == 0
    assert rebuild.note(settings, inside) == 2
    noted = "select count(*) from ops.dossier_changes where old_file_id = new_file_id"
    assert query(settings, noted) == [(2,)]
