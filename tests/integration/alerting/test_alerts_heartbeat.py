"""What an outside monitor sees, and the commands."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from typer.testing import CliRunner, Result

from airflow_metadata import Metadata
from alert_steps import hold_release
from health_warehouse.alerting.heartbeat import OLD_AFTER, heartbeat_file
from health_warehouse.alerting.sender import Sender
from health_warehouse.cli import app
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings, get_settings
from mail_server import MailServer
from webhook_server import webhook_server

NewSender = Callable[[Settings], Sender]
Run = Callable[..., Result]


@pytest.fixture
def run(
    mailing: Settings, metadata: Metadata, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Result]]:
    """Run the command line on this warehouse."""
    for name, value in mailing.as_environment().items():
        monkeypatch.setenv(name, value)
    dsn = metadata.url.set(drivername="postgresql").render_as_string(hide_password=False)
    monkeypatch.setenv("WAREHOUSE_AIRFLOW_DSN", dsn)
    get_settings.cache_clear()
    yield lambda *arguments: CliRunner().invoke(app, ["alerts", *arguments])
    get_settings.cache_clear()


def test_check_tells_by_its_exit_code_whether_the_sender_lives(
    mailing: Settings, run: Run, mail: MailServer
) -> None:
    assert run("check").exit_code == 1, "it has never run"
    assert run("send", "--once").exit_code == 0
    assert run("check").exit_code == 0
    old = time.time() - OLD_AFTER.total_seconds() - 5
    os.utime(heartbeat_file(mailing), (old, old))
    shown = run("check", "--json")
    assert shown.exit_code == 1
    assert json.loads(shown.stdout)["is_well"] is False


def test_check_fails_when_messages_do_not_get_through(
    mailing: Settings, run: Run, mail: MailServer
) -> None:
    mail.answer = "451 not now"
    hold_release(mailing, "M01")
    run("send", "--once")
    assert run("check").exit_code == 0, "not yet"
    _make_older(mailing)
    shown = run("check")
    assert shown.exit_code == 1
    assert "1 messages do not get through" in shown.stdout


def test_list_shows_alerts_and_to_whom_they_were_told(
    mailing: Settings, run: Run, mail: MailServer
) -> None:
    hold_release(mailing, "M01")
    run("send", "--once")
    [alert] = json.loads(run("list", "--json").stdout)
    assert alert["title"] == "Release held by M01"
    [delivery] = alert["deliveries"]
    assert delivery["target"] == "email:duty@province.example"
    assert delivery["sent_at"] is not None
    assert "1 of 1" in run("list").stdout


def test_test_sends_by_every_channel_and_opens_no_alert(run: Run, mail: MailServer) -> None:
    assert run("test").exit_code == 0
    assert mail.subjects == ["[Health data warehouse] Test of alerts"]
    assert json.loads(run("list", "--json").stdout) == []
    mail.answer = "550 no such user"
    shown = run("test")
    assert shown.exit_code == 1
    assert "550" in shown.stdout


def test_the_monitor_outside_is_asked_while_alerts_work_and_not_when_they_are_stuck(
    mailing: Settings, new_sender: NewSender, mail: MailServer
) -> None:
    with webhook_server() as monitor:
        settings = mailing.model_copy(update={"alert_heartbeat_url": SecretStr(monitor.url)})
        sender = new_sender(settings)
        sender.pass_once()
        sender.pass_once()
        assert [request.verb for request in monitor.received] == ["GET"], "once a minute"
        mail.answer = "451 not now"
        hold_release(settings, "M01")
        new_sender(settings).pass_once()
        assert len(monitor.received) == 2, "a new sender; the message waits since now"
        _make_older(settings)
        new_sender(settings).pass_once()
        assert len(monitor.received) == 2


def test_a_monitor_that_is_down_stops_nothing(
    mailing: Settings, new_sender: NewSender, mail: MailServer
) -> None:
    settings = mailing.model_copy(
        update={"alert_heartbeat_url": SecretStr("http://127.0.0.1:9/ping")}
    )
    hold_release(settings, "M01")
    assert new_sender(settings).pass_once() == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"alert_smtp_host": ""}, "WAREHOUSE_ALERT_SMTP_HOST"),
        ({"alert_to": "nobody"}, "WAREHOUSE_ALERT_TO"),
        ({"alert_webhook_url": SecretStr("http://x.example")}, "WAREHOUSE_ALERT_WEBHOOK_SECRET"),
    ],
)
def test_a_channel_that_is_set_up_by_half_is_an_error_that_names_the_setting(
    mailing: Settings, new_sender: NewSender, change: dict[str, object], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named):
        new_sender(mailing.model_copy(update=change)).pass_once()


def _make_older(settings: Settings) -> None:
    with engine(settings, OWNER).begin() as connection:
        connection.execute(
            text("update ops.alert_messages set created_at = created_at - interval '1 hour'")
        )
