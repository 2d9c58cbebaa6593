"""Deliveries that are missing by the calendar: told by the sender, without a build or Airflow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text

from facility_days import send_on
from health_warehouse.alerting.listing import entries
from health_warehouse.alerting.sender import Sender
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.settings import Settings
from mail_server import MailServer, parts

NewSender = Callable[[Settings], Sender]


_FILE = """
insert into ops.files (
    sha256, byte_count, received_at, file_name, status, rule_id, facility_id, judged_at
)
values (:sha256, 1, :at, 'x', :status, 'F01', :facility, now())
"""
_RECEIPT = """
insert into ops.file_receipts (uri, received_at, file_id, file_name, byte_count, modified_at)
select 'x', :at, file_id, 'x', 1, :at from ops.files where sha256 = :sha256
"""


def _owe(
    settings: Settings,
    senders: Iterable[str],
    *,
    feed: str = "claims",
    period: str = "2026-06",
    due_days_ago: float = 10,
    grace_days: int = 3,
    is_told: bool = True,
) -> None:
    due = datetime.now(UTC) - timedelta(days=due_days_ago)
    with engine(settings, OWNER).begin() as connection:
        for sender_id in senders:
            connection.execute(
                text(
                    "insert into ops.expected_deliveries values (:feed, :sender_id, 'month',"
                    " :period, date(:period || '-01'), date(:period || '-28'), :due, :missing,"
                    " :counts_from, :counts_until, :sender_id, :is_told)"
                ),
                {
                    "feed": feed,
                    "sender_id": sender_id,
                    "period": period,
                    "due": due,
                    "missing": due + timedelta(days=grace_days),
                    "counts_from": due - timedelta(days=1),
                    "counts_until": due + timedelta(days=30),
                    "is_told": is_told,
                },
            )


def _send(settings: Settings, facility: str, days_ago: float, status: str = "loaded") -> None:
    values = {
        "facility": facility,
        "at": datetime.now(UTC) - timedelta(days=days_ago),
        "status": status,
        "sha256": sha256(f"{facility} {days_ago}".encode()).hexdigest(),
    }
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text(_FILE), values)
        connection.execute(text(_RECEIPT), values)


def _subjects(mail: MailServer) -> list[str]:
    return [subject.partition("] ")[2] for subject in mail.subjects if "ot delivered" in subject]


def test_missing_deliveries_of_a_feed_and_period_are_one_message_until_all_have_come(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    _owe(mailing, ["96001", "96002"])
    _owe(mailing, ["96001"], period="2026-07", due_days_ago=-20)
    sender = new_sender(mailing)
    for _ in range(2):
        sender.pass_once()
    local = timedelta(hours=7)
    due = f"{datetime.now(UTC) - timedelta(days=10, seconds=1) + local:%Y-%m-%d}"
    title = f"Not delivered: claims of 2026-06, due {due}, by 2 facilities: 96001, 96002"
    assert _subjects(mail) == [title]
    [told] = [one for one in mail.received if "ot delivered" in str(one["Subject"])]
    for part in parts(told):
        assert "96001: 10 days late" in part
        assert "96001: quá hạn 10 ngày" in part
        assert "deliveries_missing.md" in part

    _send(mailing, "96001", 1)
    new_sender(mailing).pass_once()
    assert _subjects(mail) == [title]
    _send(mailing, "96002", 0)
    for _ in range(2):
        new_sender(mailing).pass_once()
    assert len(_subjects(mail)) == 2
    assert _subjects(mail)[1].startswith("Recovered: Not delivered: claims of 2026-06")


@pytest.mark.parametrize(
    ("due_days_ago", "grace_days", "is_told", "is_sent"),
    [
        (-1, 0, True, False),  # not due
        (2, 3, True, False),  # late
        (4, 3, True, True),  # missing
        (4, 3, False, False),  # due before the feed was taken up
        (93, 3, True, False),  # nobody is told anew of what is long past
    ],
)
def test_what_is_missing_is_told_and_nothing_else(
    mailing: Settings,
    new_sender: NewSender,
    due_days_ago: float,
    grace_days: int,
    is_told: bool,
    is_sent: bool,
) -> None:
    _owe(mailing, ["96001"], due_days_ago=due_days_ago, grace_days=grace_days, is_told=is_told)
    new_sender(mailing).pass_once()
    assert ("deliveries_missing" in [one["kind"] for one in entries(mailing)]) == is_sent


def test_a_refused_file_is_no_delivery(mailing: Settings, new_sender: NewSender) -> None:
    _owe(mailing, ["96001"])
    _send(mailing, "96001", 9, status="refused")
    new_sender(mailing).pass_once()
    assert "deliveries_missing" in [one["kind"] for one in entries(mailing)]


def test_a_facility_that_is_not_expected_is_not_told(
    mailing: Settings, new_sender: NewSender
) -> None:
    _owe(mailing, ["96001"])
    excused = mailing.model_copy(update={"alert_facilities_not_expected": "96001"})
    new_sender(excused).pass_once()
    assert "deliveries_missing" not in [one["kind"] for one in entries(mailing)]


def test_a_facility_told_to_be_silent_is_not_told_as_missing_too(
    mailing: Settings, new_sender: NewSender
) -> None:
    send_on(mailing, "96001", range(12, 30))
    _owe(mailing, ["96001", "96002"])
    sender = new_sender(mailing)
    sender.pass_once()
    new_sender(mailing).pass_once()
    found = {one["kind"]: one for one in entries(mailing)}
    assert "facility_silent" in found
    assert [one["facility"] for one in found["deliveries_missing"]["facts"]["facilities"]] == [
        "96002"
    ]


def test_a_facility_told_as_missing_is_not_told_to_be_silent_too(
    mailing: Settings, new_sender: NewSender
) -> None:
    _owe(mailing, ["96001"])
    new_sender(mailing).pass_once()
    send_on(mailing, "96001", range(12, 30))
    for _ in range(2):
        new_sender(mailing).pass_once()
    kinds = [one["kind"] for one in entries(mailing)]
    assert kinds.count("deliveries_missing") == 1
    assert "facility_silent" not in kinds


def test_lists_of_a_silent_facility_are_told_all_the_same(
    mailing: Settings, new_sender: NewSender
) -> None:
    """That claims stopped says nothing of the staff list."""
    send_on(mailing, "96001", range(12, 30))
    _owe(mailing, ["96001"], feed="check_ins")
    new_sender(mailing).pass_once()
    kinds = {one["kind"] for one in entries(mailing)}
    assert {"facility_silent", "deliveries_missing"} <= kinds
