"""Which facilities sent claims: noted once, found at their first file, in any order."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from claim_files import claim_file
from facility_days import good_and_broken, send_on
from good_dossiers import good
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing import findings
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.landing.judging import check_files
from health_warehouse.landing.read_again import chosen_files, read_again
from health_warehouse.landing.scope import Scope
from health_warehouse.settings import Settings
from landing_steps import deliver, query

_FOUND = (
    "select r.facility_id, r.dossier_id, r.severity from quarantine.relation_findings as r"
    " where r.rule_id = 'F10' order by 1"
)


@pytest.mark.parametrize("order", list(itertools.permutations([5, 6, 7])))
def test_the_first_dossier_of_a_new_facility_is_found_in_any_order(
    settings: Settings, order: tuple[int, ...]
) -> None:
    send_on(settings, "96001", [9])
    for days in order:
        send_on(settings, "96002", [days])
    assert query(settings, _FOUND) == [("96002", "96002 7", "record")]
    [entry] = findings.entries(settings, rule_id="F10")
    assert entry["reason"] == "these are the first claims of this facility"


def test_the_facility_of_the_very_first_file_is_not_new_to_anybody(settings: Settings) -> None:
    send_on(settings, "96002", [5])
    assert query(settings, _FOUND) == []
    send_on(settings, "96001", [9])
    assert query(settings, _FOUND) == [("96002", "96002 5", "record")]


def test_a_facility_known_before_the_upgrade_is_not_found(settings: Settings) -> None:
    send_on(settings, "96001", [9])
    send_on(settings, "96002", [8])
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text("update ops.facilities set noted_at = '-infinity'"))
    send_on(settings, "96002", [7])
    assert query(settings, _FOUND) == []


def test_days_count_what_was_judged_and_each_reading_once(settings: Settings) -> None:
    noon = datetime(2026, 8, 6, 5, tzinfo=UTC)
    deliver(settings, "a.xml", claim_file([good("A1"), good("A2", NGAY_RA="")]), noon)
    deliver(settings, "b.xml", b"broken", noon)
    ingest(settings, list_new(settings))
    counts = (
        "select facility_id, day::text, file_count, refused_count, dossier_count,"
        " quarantined_count from ops.facility_days"
    )
    expected = [
        (query(settings, "select facility_id from ops.facilities")[0][0], "2026-08-06", 1, 0, 2, 1)
    ]
    assert query(settings, counts) == expected
    again = read_again(settings, chosen_files(settings, Scope(first=noon.date())))
    check_files(settings, again)
    assert query(settings, counts) == expected


def test_the_same_bytes_received_earlier_make_an_earlier_day(settings: Settings) -> None:
    noon = datetime(2026, 8, 6, 5, tzinfo=UTC)
    content = claim_file([good("A1")])
    deliver(settings, "a.xml", content, noon)
    ingest(settings, list_new(settings))
    deliver(settings, "b.xml", content, noon - timedelta(days=3))
    ingest(settings, list_new(settings))
    days = query(settings, "select day::text, dossier_count from ops.facility_days order by 1")
    assert days == [("2026-08-03", 0), ("2026-08-06", 1)]


def test_counts_of_a_batch_are_those_of_its_report(settings: Settings) -> None:
    report = send_on(settings, "96001", [1], good_and_broken("x", 3, 2))
    assert report.quarantined_dossiers == 2
    counted = query(settings, "select dossier_count, quarantined_count from ops.facility_days")
    assert counted == [(5, 2)]
