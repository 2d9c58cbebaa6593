"""The warehouse's database is away: it is told without it, once, and that it is back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from airflow_metadata import Metadata
from alert_steps import hold_release
from health_warehouse import loopback
from health_warehouse.alerting.sender import Sender
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.settings import Settings
from mail_server import MailServer, parts

NewSender = Callable[[Settings], Sender]
AWAY = "[Health data warehouse] The warehouse's database cannot be used"
BACK = "[Health data warehouse] Recovered: The warehouse's database cannot be used"


@pytest.fixture
def mailing(mailing: Settings) -> Settings:
    return mailing.model_copy(update={"alert_silence_seconds": 0})


@pytest.fixture
def away(mailing: Settings) -> Settings:
    """The same warehouse while nobody listens at its address."""
    assert mailing.dsn is not None
    nowhere = f"postgresql://nobody@{loopback.ADDRESS}:{loopback.free_port()}/nothing"
    return mailing.model_copy(update={"dsn": SecretStr(nowhere)})


def _fails(sender: Sender, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(OperationalError):
            sender.pass_once()


def test_it_is_told_once_by_each_sender_and_that_it_is_back(
    mailing: Settings, away: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    _fails(new_sender(away), times=2)
    _fails(new_sender(away))  # one that was started anew
    assert mail.subjects == [AWAY]
    well = new_sender(mailing)
    assert [well.pass_once(), well.pass_once()] == [1, 0]
    assert [" ".join(subject.split()) for subject in mail.subjects] == [AWAY, BACK]
    first, last = mail.received
    assert last["In-Reply-To"] == first["Message-ID"]
    assert "Recovered:" in parts(last)[0]


def test_a_short_absence_is_not_told(
    mailing: Settings, away: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    patient = {"alert_silence_seconds": 600}
    _fails(new_sender(away.model_copy(update=patient)), times=3)
    assert new_sender(mailing.model_copy(update=patient)).pass_once() == 0
    assert mail.subjects == []


def test_a_mail_server_that_is_away_too_is_tried_later(
    away: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    mail.answer = "451 not now"
    sender = new_sender(away)
    _fails(sender, times=2)
    mail.answer = "250 OK"
    file = away.state / "run" / "alerts.outage.json"
    state = json.loads(file.read_text())
    assert list(state["attempts"].values()) == [1], "the second pass waits"
    file.write_text(json.dumps({**state, "next_at": {}}))
    _fails(sender)
    assert mail.subjects[-1:] == [AWAY]
    assert len([mail for mail in mail.subjects if mail == AWAY]) >= 1


def test_what_stood_still_meanwhile_is_not_told_as_a_cause_of_its_own(
    mailing: Settings,
    away: Settings,
    mail: MailServer,
    metadata: Metadata,
    new_sender: NewSender,
) -> None:
    """The scheduler's last heartbeat is of before; it beats again in a moment."""
    patient = mailing.model_copy(update={"alert_silence_seconds": 90})
    sender = new_sender(patient)
    sender.watching_since = sender.watching_since.replace(year=2020)
    metadata.beat(metadata.start.replace(year=2021))
    sender.settings = away.model_copy(update={"alert_silence_seconds": 90})
    _fails(sender)
    sender.settings = patient
    sender.pass_once()
    assert mail.subjects == []


def test_a_database_that_takes_no_rows_is_told_as_well(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    assert mailing.dsn is not None
    hold_release(mailing, "M01")
    name = mailing.dsn.get_secret_value().rpartition("/")[2]
    read_only = "alter database {} set default_transaction_read_only = {}"
    with engine(mailing, OWNER).begin() as connection:
        connection.execute(text(read_only.format(name, "on")))
    sender = new_sender(mailing)
    with pytest.raises(Exception, match="read-only"):
        sender.pass_once()
    assert mail.subjects == [AWAY]


def test_while_an_upgrade_is_due_nothing_is_told_of_airflow(
    mailing: Settings, mail: MailServer, metadata: Metadata, new_sender: NewSender
) -> None:
    with engine(mailing, OWNER).begin() as connection:
        connection.execute(text("insert into ops.upgrades (name) values ('keys')"))
    sender = new_sender(mailing.model_copy(update={"alert_silence_seconds": 90}))
    sender.watching_since = sender.watching_since.replace(year=2020)
    metadata.beat(metadata.start.replace(year=2021))
    sender.pass_once()
    assert mail.subjects == []
