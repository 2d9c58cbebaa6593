"""From an incident to a mail in a real SMTP server: once, in order, whatever is down."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from airflow_metadata import Metadata
from alert_steps import deliveries, hold_release, let_pauses_pass, resolve
from health_warehouse.alerting.listing import entries
from health_warehouse.alerting.sender import Airflow, Sender
from health_warehouse.settings import Settings
from mail_server import MailServer, parts

NewSender = Callable[[Settings], Sender]
CANARY = "NGUYEN VAN CANARY 079123456789"


def test_a_held_release_is_one_mail_with_rules_and_counts(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    hold_release(mailing, "M01", "M02")
    sender = new_sender(mailing)
    assert [sender.pass_once() for _ in range(3)] == [1, 0, 0]
    assert mail.subjects == ["[Health data warehouse] Release held by M01, M02"]
    for part in parts(mail.received[0]):
        assert "M01" in part
        assert "7" in part
        assert "release_held.md" in part
        assert "http://127.0.0.1:8080" in part


def test_a_thousand_failures_are_one_mail_and_the_recovery_one_with_their_count(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    sender = new_sender(mailing)
    hold_release(mailing, "M01")
    sender.pass_once()
    hold_release(mailing, "M01", times=999)
    sender.pass_once()
    assert len(mail.received) == 1
    [alert] = entries(mailing)
    assert (alert["state"], alert["occurrence_count"]) == ("ongoing", 1000)

    resolve(mailing, "marts:")
    sender.pass_once()
    sender.pass_once()
    first, last = mail.received
    assert last["Subject"] == "[Health data warehouse] Recovered: Release held by M01"
    assert "1000" in parts(last)[0]
    assert last["In-Reply-To"] == first["Message-ID"]
    assert entries(mailing) == []


def test_a_rule_that_fails_in_addition_is_told_in_one_more_mail(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    sender = new_sender(mailing)
    hold_release(mailing, "M01")
    sender.pass_once()
    hold_release(mailing, "M01", "M03")
    sender.pass_once()
    sender.pass_once()
    assert mail.subjects == [
        "[Health data warehouse] Release held by M01",
        "[Health data warehouse] Release held by M01, M03 (now also M03)",
    ]


def test_a_cause_that_comes_and_goes_is_one_alert_until_it_is_quiet(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    sender = new_sender(mailing.model_copy(update={"alert_quiet_seconds": 300}))
    for _ in range(5):
        hold_release(mailing, "M01")
        sender.pass_once()
        resolve(mailing, "marts:")
        sender.pass_once()
    assert len(mail.received) == 1
    [alert] = entries(mailing)
    assert alert["occurrence_count"] == 5
    assert alert["well_since"] is not None


def test_what_failed_and_recovered_while_the_sender_was_down_is_told(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    hold_release(mailing, "M01")
    resolve(mailing, "marts:")
    sender = new_sender(mailing)
    sender.pass_once()
    sender.pass_once()
    assert mail.subjects == [
        "[Health data warehouse] Release held by M01",
        "[Health data warehouse] Recovered: Release held by M01",
    ]


def test_a_server_that_is_down_for_hours_gets_each_message_once_and_in_order(
    mailing: Settings, new_sender: NewSender
) -> None:
    server = MailServer()
    away = mailing.model_copy(update={"alert_smtp_port": server.port})
    sender = new_sender(away)
    hold_release(away, "M01")
    for _ in range(20):  # more than an hour of attempts, had we waited
        assert sender.pass_once() == 0
        let_pauses_pass(away)
    resolve(away, "marts:")
    assert sender.pass_once() == 0
    waiting = deliveries(away)
    assert [one["event"] for one in waiting] == ["opened", "resolved"]
    assert waiting[0]["attempt_count"] == 21
    assert "ConnectionRefusedError" in waiting[0]["error"]
    assert 0 < waiting[0]["pause_seconds"] <= 60, "soon after the server is back"
    assert waiting[1]["attempt_count"] == 0, "not before what it answers"

    with server.running():
        let_pauses_pass(away)
        assert sender.pass_once() == 2
        assert sender.pass_once() == 0
    assert [subject.partition("] ")[2] for subject in server.subjects] == [
        "Release held by M01",
        "Recovered: Release held by M01",
    ]


def test_a_mail_that_the_server_refuses_is_tried_again(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    mail.answer = "451 come back later"
    hold_release(mailing, "M01")
    sender = new_sender(mailing)
    assert sender.pass_once() == 0
    assert deliveries(mailing)[0]["error"] == "SMTP 451 SMTPDataError"
    mail.answer = "250 OK"
    let_pauses_pass(mailing)
    assert sender.pass_once() == 1
    assert len(mail.received) == 1


def test_two_senders_at_once_send_each_message_once(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    recipients = [f"duty{number}@province.example" for number in range(12)]
    settings = mailing.model_copy(update={"alert_to": ", ".join(recipients)})
    hold_release(settings, "M01")
    sent: list[int] = []
    begin = threading.Barrier(2)

    def send() -> None:
        sender = new_sender(settings)
        begin.wait(30)
        sent.append(sender.pass_once())

    senders = [threading.Thread(target=send, daemon=True) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    assert sum(sent) == len(recipients)
    assert sorted(str(one["To"]) for one in mail.received) == sorted(recipients)
    assert all(one["attempt_count"] == 1 for one in deliveries(settings))


def test_no_value_of_a_patient_goes_out(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    hold_release(mailing, "M01", message=f"row of {CANARY}")
    new_sender(mailing).pass_once()
    assert CANARY not in mail.received[0].as_string()
    assert not any("CANARY" in part for part in parts(mail.received[0]))


def test_without_a_channel_alerts_are_listed_and_told_to_who_comes_later(
    settings: Settings, mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    hold_release(settings, "M01")
    assert new_sender(settings).pass_once() == 0
    [alert] = entries(settings)
    assert (alert["title"], alert["deliveries"]) == ("Release held by M01", [])
    assert new_sender(mailing).pass_once() == 1
    assert new_sender(mailing).pass_once() == 0
    assert len(mail.received) == 1


def test_what_waits_goes_out_although_states_cannot_be_read(
    mailing: Settings, mail: MailServer, metadata: Metadata, new_sender: NewSender
) -> None:
    mail.answer = "451 not now"
    hold_release(mailing, "M01")
    new_sender(mailing).pass_once()
    mail.answer = "250 OK"
    let_pauses_pass(mailing)
    answers = iter([LookupError("a fault of ours"), Airflow(metadata.url, "")])

    def airflow() -> Airflow:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(LookupError):
        Sender(mailing, airflow).pass_once()
    assert len(mail.received) == 1
