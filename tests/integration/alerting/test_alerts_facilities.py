"""Facilities that stop, are new, or whose files or dossiers are refused: told without a build."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from alert_steps import hold_release
from facility_days import good_and_broken, send_on
from health_warehouse.alerting.listing import entries
from health_warehouse.alerting.sender import Sender
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.doctor import receipts
from health_warehouse.services.status import status
from health_warehouse.settings import Settings
from mail_server import MailServer, parts

NewSender = Callable[[Settings], Sender]
DAILY, WEEKDAYS = range(10, 30), [d for d in range(4, 40) if d % 7 not in (4, 5)]


@pytest.fixture
def known(mailing: Settings) -> Settings:
    """New facilities of a test are told before it looks."""
    return mailing


def _told(mail: MailServer) -> list[str]:
    return [subject.partition("] ")[2] for subject in mail.subjects]


def _about(mail: MailServer, words: str) -> list[str]:
    return [subject for subject in _told(mail) if words in subject]


def test_a_facility_that_stops_is_told_once_and_when_it_is_over(
    known: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    send_on(known, "96001", DAILY)
    send_on(known, "96002", range(30))
    sender = new_sender(known)
    for _ in range(3):
        sender.pass_once()
    assert _about(mail, "stopped") == ["Facility 96001 stopped sending claims"]
    [stopped] = [one for one in mail.received if "stopped" in str(one["Subject"])]
    for part in parts(stopped):
        assert "10 days ago; usually one every day" in part
        assert "cách đây 10 ngày" in part
        assert "facilities.md" in part

    send_on(known, "96001", [0])
    sender.pass_once()
    sender.pass_once()
    assert _about(mail, "stopped") == [
        "Facility 96001 stopped sending claims",
        "Recovered: Facility 96001 stopped sending claims",
    ]


@pytest.mark.parametrize(
    ("days_ago", "is_told"),
    [
        (range(3, 20), False),  # three days are never told
        (range(4, 20), True),
        (WEEKDAYS, False),  # rests on weekends: six days are twice its gap
        ([d + 1 for d in WEEKDAYS], True),
        ([35, 65, 95, 125, 155], False),  # monthly
        ([61, 91, 121, 151], True),
        ([10, 11, 12], False),  # never sent regularly
        ([10, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32], True),  # one holiday
        ([d + 370 for d in DAILY], False),  # an old archive
    ],
)
def test_a_facility_is_judged_by_its_own_rhythm(
    known: Settings, new_sender: NewSender, days_ago: list[int], is_told: bool
) -> None:
    send_on(known, "96001", days_ago)
    new_sender(known).pass_once()
    kinds = [one["kind"] for one in entries(known)]
    assert ("facility_silent" in kinds) == is_told


def test_a_warehouse_that_is_filled_with_the_past_tells_of_nobody(
    known: Settings, new_sender: NewSender
) -> None:
    send_on(known, "96001", DAILY, is_watched=False)
    new_sender(known).pass_once()
    assert "facility_silent" not in [one["kind"] for one in entries(known)]


def test_the_settings_say_how_long_silence_may_last(known: Settings, new_sender: NewSender) -> None:
    send_on(known, "96001", DAILY)
    for changes in (
        {"alert_facility_patience": 11.0},
        {"alert_facility_patience_days": 10},
        {"alert_facility_regular_days": 21},
        {"alert_facilities_not_expected": "96009, 96001"},
    ):
        new_sender(known.model_copy(update=changes)).pass_once()
        assert "facility_silent" not in [one["kind"] for one in entries(known)], changes


def test_a_day_in_the_future_hides_no_silence(known: Settings, new_sender: NewSender) -> None:
    send_on(known, "96001", [*DAILY, -9000])
    new_sender(known).pass_once()
    assert "facility_silent" in [one["kind"] for one in entries(known)]


def test_many_that_stop_at_once_are_one_message_and_go_on_as_one(
    known: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    names = [f"9610{n}" for n in range(8)]
    for name in names:
        send_on(known, name, range(10, 16))
    sender = new_sender(known)
    sender.pass_once()
    assert _about(mail, "stopped") == [f"8 facilities: {', '.join(names)} stopped sending claims"]
    send_on(known, names[0], [0])
    sender.pass_once()
    assert len(_about(mail, "stopped")) == 1, "seven are silent still"
    for name in names[1:]:
        send_on(known, name, [0])
    sender.pass_once()
    sender.pass_once()
    assert len(_about(mail, "Recovered")) == 1


def test_a_new_facility_is_told_once_whoever_starts_again(
    known: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    send_on(known, "96001", [2], is_watched=False)
    new_sender(known).pass_once()
    send_on(known, "96002", [1], is_watched=False)
    new_sender(known).pass_once()
    for name in ("96001", "96002"):
        send_on(known, name, [0])
    new_sender(known).pass_once()
    assert _about(mail, "first time") == [
        "Facility 96001 sent claims for the first time",
        "Facility 96002 sent claims for the first time",
    ]
    assert not _about(mail, "Recovered"), "it is an event: nothing ends"
    assert "will not be one more message" in parts(mail.received[0])[0]


def test_facilities_that_come_in_a_crowd_are_told_together(
    known: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    settings = known.model_copy(update={"alert_quiet_seconds": 300})
    sender = new_sender(settings)
    for number in range(4):
        send_on(settings, f"9600{number}", [0])
        sender.pass_once()
    assert _about(mail, "first time") == ["Facility 96000 sent claims for the first time"]
    with engine(settings, OWNER).begin() as connection:
        connection.execute(
            text("update ops.alert_messages set created_at = now() - interval '16 minutes'")
        )
    sender.pass_once()
    sender.pass_once()
    assert _about(mail, "first time")[1:] == [
        "4 facilities: 96000, 96001, 96002, 96003 sent claims for the first time "
        "(now also 96001, 96002, 96003)"
    ]


def test_what_a_sender_wrote_for_a_facility_is_not_told(
    known: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    send_on(known, "NGUYEN VAN CANARY", [0], is_watched=False)
    new_sender(known).pass_once()
    send_on(known, "NGUYEN VAN CANARY", DAILY)
    with engine(known, OWNER).begin() as connection:
        connection.execute(
            text("delete from ops.facility_days where day > now() - interval '2 days'")
        )
    new_sender(known).pass_once()
    assert len(mail.received) == 2
    assert "unknown" in mail.subjects[0]
    assert not any("CANARY" in part for one in mail.received for part in parts(one))


def test_a_day_of_which_all_is_quarantined_is_told_until_a_better_one(
    known: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    send_on(known, "96001", [3], good_and_broken("a", 40, 1))
    sender = new_sender(known)
    sender.pass_once()
    assert not _about(mail, "quarantined")
    send_on(known, "96001", [1], good_and_broken("b", 0, 6))
    sender.pass_once()
    sender.pass_once()
    words = "Far more dossiers than usual are quarantined: facility 96001"
    assert _about(mail, "quarantined") == [words]
    [spike] = [one for one in mail.received if "quarantined" in str(one["Subject"])]
    day = (datetime.now(UTC) - timedelta(days=1) + timedelta(hours=7)).date()
    assert f"6 of 6 dossiers of {day} are quarantined; before that 2.4 %" in parts(spike)[0]
    send_on(known, "96001", [0], good_and_broken("c", 6, 0))
    sender.pass_once()
    assert _about(mail, "quarantined") == [words, f"Recovered: {words}"]


def test_what_is_usual_or_small_is_no_spike(known: Settings, new_sender: NewSender) -> None:
    send_on(known, "96001", [0], good_and_broken("few", 0, 4))
    send_on(known, "96002", [0], good_and_broken("small share", 45, 6))
    send_on(known, "96003", [1], good_and_broken("as ever", 6, 4))
    send_on(known, "96003", [0], good_and_broken("as ever now", 4, 6))
    new_sender(known).pass_once()
    assert "quarantine_spike" not in [one["kind"] for one in entries(known)]


def test_refused_files_are_told_by_rule_and_delivery(
    known: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    new_sender(known).pass_once()
    _refuse(known, "96001", "F01", 3)
    sender = new_sender(known)
    sender.pass_once()
    _refuse(known, "96001", "F08", 1)
    sender.pass_once()
    assert _told(mail) == ["Files refused: facility 96001"]
    for part in parts(mail.received[0]):
        assert "3 files, by F01: 96001 2026-08-06 " in part
        assert "file_refused.md" in part
        assert "Tệp bị từ chối: cơ sở 96001" in part
    [alert] = entries(known)
    assert (alert["state"], alert["occurrence_count"]) == ("ongoing", 4)
    with engine(known, OWNER).begin() as connection:
        connection.execute(text("update ops.files set judged_at = now() - interval '25 hours'"))
    sender.pass_once()
    assert _told(mail)[1:] == ["Recovered: Files refused: facility 96001"]


def _refuse(settings: Settings, facility_id: str, rule_id: str, count: int) -> None:
    with engine(settings, OWNER).begin() as connection:
        connection.execute(
            text(
                "insert into ops.files (sha256, byte_count, received_at, file_name, status,"
                " rule_id, reason, facility_id, judged_at)"
                " select encode(sha256(convert_to(:rule || n, 'UTF8')), 'hex'), 1,"
                " '2026-08-06T01:00Z', 'NGUYEN VAN CANARY.xml', 'refused', :rule, 'why',"
                " :facility, clock_timestamp() from generate_series(1, :count) as n"
            ),
            {"rule": rule_id, "facility": facility_id, "count": count},
        )


def test_the_daily_message_holds_notices_and_counts_and_comes_once(
    known: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    hour = (datetime.now(UTC) + timedelta(hours=7)).hour
    settings = known.model_copy(update={"alert_digest_hour": hour})
    with engine(settings, OWNER).begin() as connection:
        connection.execute(
            text(
                "update ops.alert_heartbeat set installed_at = now() - interval '3 days';"
                "insert into ops.check_runs (suite, started_at)"
                " values ('marts', now() - interval '2 hours');"
                "insert into ops.rule_results (check_run_id, rule_id, severity, state,"
                " checked_count, failed_count)"
                " select max(check_run_id), 'M07', 'notice', 'failed', 500, 7 from ops.check_runs"
            )
        )
    send_on(settings, "96001", [1], good_and_broken("a", 20, 2))
    sender = new_sender(settings)
    sender.pass_once()
    sender.pass_once()
    [digest] = [one for one in mail.received if "daily message" in str(one["Subject"])]
    for part in parts(digest):
        assert "M07" in part
        assert "96001: 2 of 22 dossiers quarantined" in part
        assert "Tổng hợp hằng ngày" in part


@pytest.mark.parametrize(
    ("language", "subject", "absent"),
    [("vi", "Cơ sở 96001 gửi hồ sơ lần đầu", "Check the code"), ("en", "first time", "Cơ sở")],
)
def test_one_language_alone_can_be_chosen(
    known: Settings,
    mail: MailServer,
    new_sender: NewSender,
    language: str,
    subject: str,
    absent: str,
) -> None:
    settings = known.model_copy(update={"alert_language": language})
    send_on(settings, "96001", [0])
    new_sender(settings).pass_once()
    assert subject in mail.subjects[0]
    assert all(absent not in part for part in parts(mail.received[0]))


def test_doctor_and_status_name_who_is_silent(known: Settings) -> None:
    send_on(known, "96001", DAILY)
    send_on(known, "96002", range(20))
    [finding] = receipts.stopped(known)
    assert finding.level == "warning"
    assert "1 facilities stopped sending claims: 96001 (last " in finding.what
    assert "96002" not in finding.what
    (known.state / "run").mkdir(exist_ok=True)
    assert status(known)["silent_facilities"] == ["96001"]


def test_a_lock_on_the_ledger_hides_no_other_failure(
    known: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    _refuse(known, "96001", "F01", 1)
    hold_release(known, "M01")
    sender = new_sender(known)
    with engine(known, OWNER).begin() as locking:
        locking.execute(text("lock table ops.files in access exclusive mode"))
        sender.pass_once()
    assert _told(mail) == ["Release held by M01"]
    sender.pass_once()
    assert _told(mail)[1:] == ["Files refused: facility 96001"]
