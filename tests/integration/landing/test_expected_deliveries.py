"""What is owed and what came of it: late, missing, replaced, withdrawn, refused, sent again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from claim_files import claim_file, dossier, write
from feed_steps import STAFF, province, put, rows_of, take_in
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.feeds.catalogue import catalogue
from health_warehouse.landing.delivery_states import DeliveryState, states
from health_warehouse.landing.expected import expected, fill
from health_warehouse.landing.titles import title_of
from health_warehouse.reference.due import LOCAL_TIME
from health_warehouse.reference.working_days import working_days
from health_warehouse.settings import Settings

LIST = STAFF.replace(
    "sender: folder\n",
    "sender: folder\n"
    "expect: {who: facilities active, every: month, due: working day 5, grace_days: 3}\n",
)
REPORT = """\
feed: beds_used
title: {vi: Giường dùng, en: Beds used}
owner: planning
match: ["*/beds*.jsonl"]
reader: json_lines
mode: upsert
sender: folder
document: [month]
expect: {who: facilities active, every: month, due: day 10, period: month}
grain: {vi: tháng, en: month}
closed: none
columns:
  month: {meaning: {vi: Tháng, en: month}, type: code, required: true}
  beds: {meaning: {vi: Giường, en: beds}, type: integer, severity: quarantine}
"""
DECISIONS = (
    REPORT.replace("beds_used", "decisions")
    .replace("beds*", "decisions*")
    .replace("due: day 10, period: month", "due: day 10")
)
DUE_OF_JUNE = datetime(2026, 7, 8, tzinfo=LOCAL_TIME)  # 24:00 of working day 5
SECOND = timedelta(seconds=1)
EARLY = datetime(2026, 5, 2, 3, tzinfo=UTC)


@pytest.fixture
def warehouse(settings: Settings) -> Settings:
    """Three feeds, and two facilities that are known since May."""
    own = province(settings, LIST, REPORT, DECISIONS)
    with engine(own, OWNER).begin() as connection:
        connection.execute(
            text(
                "insert into ops.facilities (facility_id, noted_at)"
                " values ('96001', :early), ('96002', :early)"
            ),
            {"early": EARLY},
        )
    return own


def _claims(settings: Settings, facility: str, received_at: datetime) -> None:
    content = claim_file([dossier(f"{facility}{received_at:%m%d}", MA_CSKCB=facility)], facility)
    path = write(settings.state / "inbox" / facility, f"{received_at:%Y%m%d%H%M%S}.xml", content)
    os.utime(path, (received_at.timestamp(), received_at.timestamp()))
    take_in(settings)


def _list(
    settings: Settings,
    received_at: datetime,
    *,
    facility: str = "96001",
    day: str | None = "2026-06-30",
    rows: Iterable[Mapping[str, Any]] | None = None,
    name: str = "staff",
) -> Path:
    told = {"as_of_date": day} if day else {}
    given = rows if rows is not None else [{"facility_code": facility, "staff_no": "1", **told}]
    path = put(settings, f"{facility}/{name}.jsonl", given, received_at)
    take_in(settings)
    return path


def _of(
    settings: Settings, feed: str = "staff", facility: str = "96001", period: str = "2026-06"
) -> DeliveryState:
    (found,) = [one for one in states(settings, feed, facility) if one.period == period]
    return found


@pytest.mark.parametrize(
    ("received_at", "state"),
    [
        (DUE_OF_JUNE - SECOND, "delivered"),
        (DUE_OF_JUNE, "delivered"),
        (DUE_OF_JUNE + SECOND, "delivered_late"),
    ],
)
def test_a_day_ends_at_24_hours_local_time(
    warehouse: Settings, received_at: datetime, state: str
) -> None:
    _list(warehouse, received_at)
    found = _of(warehouse)
    assert found.due_at == DUE_OF_JUNE
    assert (found.state, found.delivered_at) == (state, received_at)
    assert found.late_by == (SECOND if state == "delivered_late" else None)


@pytest.mark.parametrize(
    ("due", "missing", "state"),
    [
        ("0 seconds", "3 days", "not_due"),
        ("-1 second", "3 days", "late"),
        ("-1 day", "0 seconds", "late"),
        ("-1 day", "-1 second", "missing"),
    ],
)
def test_what_has_not_come_is_not_due_then_late_then_missing(
    warehouse: Settings, due: str, missing: str, state: str
) -> None:
    _list(warehouse, DUE_OF_JUNE, facility="96002")
    fill(warehouse)
    with engine(warehouse, OWNER).begin() as connection:  # now() stands in a transaction
        found = connection.execute(
            text(
                "with moved as (update ops.expected_deliveries"
                " set due_at = now() + cast(:due as interval),"
                " missing_at = now() + cast(:missing as interval)"
                " where feed = 'staff' and sender_id = '96001' and period = '2026-06' returning 1)"
                " select count(*) from moved"
            ),
            {"due": due, "missing": missing},
        ).scalar_one()
        assert found == 1
        told = connection.execute(
            text(
                "select state from ops.delivery_states"
                " where feed = 'staff' and sender_id = '96001' and period = '2026-06'"
            )
        ).scalar_one()
    assert told == state


def test_a_facility_that_never_sent_a_list_is_missing(warehouse: Settings) -> None:
    _list(warehouse, DUE_OF_JUNE)
    assert _of(warehouse, facility="96002").state == "missing"
    assert _of(warehouse, facility="96001").state == "delivered"


def test_the_first_of_several_deliveries_of_a_period_counts(warehouse: Settings) -> None:
    """What replaces it later makes it no later."""
    _list(warehouse, DUE_OF_JUNE - SECOND)
    corrected = [{"facility_code": "96001", "staff_no": "2", "as_of_date": "2026-06-30"}]
    _list(warehouse, DUE_OF_JUNE + timedelta(days=5), rows=corrected, name="staff_again")
    assert _of(warehouse).delivered_at == DUE_OF_JUNE - SECOND


def test_a_refused_delivery_is_none(warehouse: Settings) -> None:
    path = put(warehouse, "96001/staff.jsonl", ["no json"], DUE_OF_JUNE - SECOND)
    take_in(warehouse)
    _list(warehouse, DUE_OF_JUNE, facility="96002")
    assert path.exists()
    assert _of(warehouse).state == "missing"


def test_a_list_that_a_person_decided_against_is_none(warehouse: Settings) -> None:
    _list(warehouse, DUE_OF_JUNE - SECOND)
    with engine(warehouse, OWNER).begin() as connection:
        connection.execute(text("update ops.delivery_partitions set standing = 'pending'"))
    assert _of(warehouse).state == "delivered"  # it came, and waits for somebody
    with engine(warehouse, OWNER).begin() as connection:
        connection.execute(text("update ops.delivery_partitions set standing = 'refused'"))
    with engine(warehouse, OWNER).connect() as connection:
        told = connection.execute(
            text(
                "select state from ops.delivery_states where feed = 'staff'"
                " and sender_id = '96001' and period = '2026-06'"
            )
        ).scalar_one()
    assert told == "missing"


def test_a_list_that_was_not_judged_yet_is_none(warehouse: Settings) -> None:
    _list(warehouse, DUE_OF_JUNE - SECOND)
    assert _of(warehouse).state == "delivered"
    with engine(warehouse, OWNER).begin() as connection:
        connection.execute(text("update ops.files set judged_at = null where kind = 'staff'"))
        told = connection.execute(
            text(
                "select state from ops.delivery_states where feed = 'staff'"
                " and sender_id = '96001' and period = '2026-06'"
            )
        ).scalar_one()
    assert told == "missing"


def test_the_same_bytes_again_are_a_delivery_of_the_new_period(warehouse: Settings) -> None:
    """The rows name no day, so that the name of the file says the month."""
    rows = [{"facility_code": "96001", "staff_no": "1"}]
    june = DUE_OF_JUNE - SECOND
    july = datetime(2026, 8, 3, 3, tzinfo=UTC)
    _list(warehouse, june, rows=rows, name="staff_2026_06")
    _list(warehouse, july, rows=rows, name="staff_2026_07")
    assert _of(warehouse).delivered_at == june
    assert _of(warehouse, period="2026-07").delivered_at == july


def test_a_list_without_a_day_counts_for_the_period_that_is_due_next(warehouse: Settings) -> None:
    rows = [{"facility_code": "96001", "staff_no": "1"}]
    _list(warehouse, DUE_OF_JUNE, rows=rows)
    assert _of(warehouse).state == "delivered"
    assert _of(warehouse, period="2026-07").state == "missing"
    _list(
        warehouse, DUE_OF_JUNE + SECOND, rows=[*rows, {"facility_code": "96001", "staff_no": "2"}]
    )
    assert _of(warehouse, period="2026-07").state == "delivered"


def test_the_one_sender_of_a_feed_has_delivered_for_all(settings: Settings) -> None:
    """Its name is written as the contract has it, and stored in the form of codes."""
    contract = (
        LIST.replace("sender: folder", "sender: {fixed: so_y_te}")
        .replace("who: facilities active", "who: department")
        .replace("speaks_for: self\n", "")
        + "speaks_for: department\n"
    )
    own = province(settings, contract)
    _list(own, DUE_OF_JUNE)
    found = _of(own, facility="so_y_te")
    assert (found.state, found.delivered_at) == ("delivered", DUE_OF_JUNE)
    (file_id,) = rows_of(own, "select file_id from ops.files where kind = 'staff'")[0]
    assert title_of(own, [file_id]) == "so_y_te, 2026-06-30"


def test_reports_count_for_the_month_that_their_rows_name(warehouse: Settings) -> None:
    received_at = datetime(2026, 7, 3, 3, tzinfo=UTC)
    put(warehouse, "96001/beds.jsonl", [{"month": "2026-05", "beds": "7"}], received_at)
    take_in(warehouse)
    assert _of(warehouse, "beds_used", period="2026-05").state == "delivered_late"
    assert _of(warehouse, "beds_used", period="2026-06").state == "missing"


def test_documents_without_a_day_count_from_one_due_moment_to_the_next(warehouse: Settings) -> None:
    due = datetime(2026, 7, 11, tzinfo=LOCAL_TIME)
    put(warehouse, "96001/decisions.jsonl", [{"month": "1", "beds": "7"}], due)
    put(warehouse, "96002/decisions.jsonl", [{"month": "1", "beds": "8"}], due + SECOND)
    take_in(warehouse)
    assert _of(warehouse, "decisions").state == "delivered"
    assert _of(warehouse, "decisions", period="2026-07").state == "missing"
    assert _of(warehouse, "decisions", "96002").state == "delivered_late"
    assert _of(warehouse, "decisions", "96002", "2026-07").state == "delivered"


def test_claims_are_on_the_calendar_and_a_withdrawal_makes_none_late(warehouse: Settings) -> None:
    june = datetime(2026, 6, 20, 3, tzinfo=UTC)
    _claims(warehouse, "96001", june)
    assert _of(warehouse, "claims").delivered_at == june
    assert _of(warehouse, "claims", "96002").state == "missing"
    with engine(warehouse, OWNER).begin() as connection:
        connection.execute(text("update ops.dossier_versions set is_withdrawal = true"))
    assert _of(warehouse, "claims").delivered_at == june


def test_what_was_due_before_the_feed_was_taken_up_is_shown_and_not_told(
    warehouse: Settings,
) -> None:
    _list(warehouse, DUE_OF_JUNE, facility="96002")
    fill(warehouse)
    with engine(warehouse, OWNER).connect() as connection:
        told = connection.execute(
            text(
                "select is_told, due_at > now() as is_ahead from ops.expected_deliveries"
                " where feed = 'staff' and sender_id = '96001'"
            )
        ).all()
    assert {row.is_told for row in told if row.is_ahead} == {True}
    assert False in {row.is_told for row in told}


def test_a_period_more_than_two_months_ahead_is_noted(warehouse: Settings) -> None:
    fill(warehouse)
    with engine(warehouse, OWNER).connect() as connection:
        ahead = connection.execute(
            text("select max(due_at) - now() from ops.expected_deliveries where feed = 'staff'")
        ).scalar_one()
    assert timedelta(days=62) < ahead < timedelta(days=100)


def test_it_is_a_function_of_what_is_there(warehouse: Settings) -> None:
    """Filled again nothing changes; a contract that asks for nothing any more empties it."""
    _list(warehouse, DUE_OF_JUNE)
    count = fill(warehouse)
    with engine(warehouse, OWNER).connect() as connection:
        before = connection.execute(
            text("select *, xmin from ops.expected_deliveries order by 1, 2, 5")
        ).all()
    assert len(before) == count == fill(warehouse)
    with engine(warehouse, OWNER).connect() as connection:
        after = connection.execute(
            text("select *, xmin from ops.expected_deliveries order by 1, 2, 5")
        ).all()
    assert before == after
    assert warehouse.feeds is not None
    (warehouse.feeds / "staff.yml").write_text(STAFF, encoding="utf-8")
    assert fill(warehouse) < count
    assert states(warehouse, "staff") == []


def test_a_mistyped_day_of_long_ago_makes_no_thousand_periods(warehouse: Settings) -> None:
    _list(warehouse, DUE_OF_JUNE, day="1906-06-30")
    days, now = working_days(), datetime.now(UTC)
    with engine(warehouse, "loader").connect() as connection:
        found = list(expected(connection, catalogue(warehouse), days, now))
    assert max(now.date() - one.period_start for one in found) < timedelta(days=3 * 366 + 62)


def test_a_province_s_holiday_moves_the_due_day(warehouse: Settings, tmp_path: Path) -> None:
    own = tmp_path / "holidays.csv"
    own.write_text("day,kind\n2026-07-01,off\n", encoding="utf-8")
    _list(warehouse, DUE_OF_JUNE)
    elsewhere = warehouse.model_copy(update={"holidays": own})
    assert _of(elsewhere).due_at == DUE_OF_JUNE + timedelta(days=1)
    assert _of(elsewhere).period_end == date(2026, 6, 30)
