"""A server that takes a message and is slow to say so, or never does: few copies, nobody waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from airflow_metadata import Metadata
from alert_steps import deliveries, hold_release, let_pauses_pass
from health_warehouse import loopback
from health_warehouse.alerting import email_channel, webhook_channel
from health_warehouse.alerting.channels import ANSWER_SECONDS, SOCKET_SECONDS
from health_warehouse.alerting.deliveries import LEASE
from health_warehouse.alerting.sender import Airflow, Sender
from health_warehouse.settings import Settings
from mail_server import MailServer
from webhook_server import WebhookServer, webhook_server

NewSender = Callable[[Settings], Sender]
_WAITS_OF_A_MAIL = 12
"""Connect, banner, EHLO, STARTTLS, handshake, EHLO, AUTH and two answers, MAIL, RCPT, DATA."""


def _sender(settings: Settings, metadata: Metadata) -> Sender:
    return Sender(settings, lambda: Airflow(metadata.url, "http://127.0.0.1:8080"))


def _to(receiver: WebhookServer) -> dict[str, SecretStr]:
    return {
        "alert_webhook_url": SecretStr(receiver.url),
        "alert_webhook_secret": SecretStr("s" * 24),
    }


def test_a_lease_is_longer_than_a_send_can_take() -> None:
    assert LEASE.total_seconds() >= _WAITS_OF_A_MAIL * SOCKET_SECONDS + ANSWER_SECONDS


def test_a_yes_that_takes_longer_than_other_answers_is_waited_for(
    mailing: Settings, mail: MailServer, new_sender: NewSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email_channel, "SOCKET_SECONDS", 0.5)
    mail.hangs_after_taking = True
    hold_release(mailing, "M01")
    answering = threading.Timer(1.5, lambda: setattr(mail, "hangs_after_taking", False))
    answering.start()
    assert new_sender(mailing).pass_once() == 1
    answering.join()
    assert len(mail.received) == 1
    assert deliveries(mailing)[0]["attempt_count"] == 1


def test_a_server_that_never_says_yes_gets_fewer_and_fewer_copies_known_as_such(
    mailing: Settings, mail: MailServer, new_sender: NewSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email_channel, "ANSWER_SECONDS", 0.2)
    mail.hangs_after_taking = True
    hold_release(mailing, "M01")
    pauses = []
    for _ in range(4):
        assert new_sender(mailing).pass_once() == 0
        assert new_sender(mailing).pass_once() == 0, "nothing is due for some minutes"
        [tried] = deliveries(mailing)
        pauses.append(round(tried["pause_seconds"] / 60))
        let_pauses_pass(mailing)
    assert pauses == [2, 4, 8, 16]
    assert tried["error"] == "no answer to the message: SMTPServerDisconnected"
    assert len(mail.received) == 4
    assert len({one["Message-ID"] for one in mail.received}) == 1


def test_a_receiver_that_never_answers_gets_fewer_and_fewer_copies(
    settings: Settings, metadata: Metadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_channel, "ANSWER_SECONDS", 0.2)
    with webhook_server() as receiver:
        receiver.hangs = True
        posting = settings.model_copy(update=_to(receiver))
        hold_release(posting, "M01")
        sender = _sender(posting, metadata)
        assert sender.pass_once() == 0
        [tried] = deliveries(posting)
        receiver.hangs = False
        let_pauses_pass(posting)
        assert sender.pass_once() == 1
    assert tried["error"] == "ReadTimeout"
    assert 100 < tried["pause_seconds"] <= 120
    assert len({request.headers["webhook-id"] for request in receiver.received}) == 1


def test_recipients_of_a_server_that_is_away_do_not_wait_one_after_the_other(
    mailing: Settings, metadata: Metadata
) -> None:
    with webhook_server() as receiver:
        away = mailing.model_copy(
            update={
                "alert_to": ",".join(f"duty{number}@province.example" for number in range(20)),
                "alert_smtp_port": loopback.free_port(),
                **_to(receiver),
            }
        )
        hold_release(away, "M01")
        assert _sender(away, metadata).pass_once() == 1
    tried = [one for one in deliveries(away) if one["attempt_count"]]
    assert [one["target"] for one in tried] == ["email:duty0@province.example", "webhook"]


def test_a_recipient_whom_the_server_refuses_keeps_no_other_from_mail(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    mail.refuses = "gone@province.example"
    two = mailing.model_copy(update={"alert_to": "gone@province.example,duty@province.example"})
    hold_release(two, "M01")
    assert new_sender(two).pass_once() == 1
    assert [one["To"] for one in mail.received] == ["duty@province.example"]
    assert deliveries(two)[1]["error"] == "SMTPRecipientsRefused"
