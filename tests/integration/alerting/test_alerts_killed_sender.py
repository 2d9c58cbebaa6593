"""A sender that is killed while it sends: what arrives, and how a second copy is recognised."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from airflow_metadata import Metadata
from alert_steps import deliveries, hold_release, let_pauses_pass
from health_warehouse.alerting.deliveries import LEASE
from health_warehouse.alerting.sender import Sender
from health_warehouse.settings import Settings, inherited_environment
from mail_server import MailServer

NewSender = Callable[[Settings], Sender]
_SECONDS = 60


@contextmanager
def _process(settings: Settings, metadata: Metadata) -> Iterator[subprocess.Popen[bytes]]:
    """`warehouse alerts send`, as `warehouse up` starts it."""
    dsn = metadata.url.set(drivername="postgresql").render_as_string(hide_password=False)
    command = [str(Path(sys.executable).with_name("warehouse")), "alerts", "send"]
    environment = inherited_environment() | settings.as_environment()
    with subprocess.Popen(
        command, env=environment | {"WAREHOUSE_AIRFLOW_DSN": dsn}, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_killed_between_the_servers_taking_and_our_knowing_sends_a_copy_that_is_known_as_one(
    mailing: Settings, metadata: Metadata, mail: MailServer, new_sender: NewSender
) -> None:
    """The one case of two copies, forced: the server has the mail and its yes never comes."""
    mail.hangs_after_taking = True
    hold_release(mailing, "M01")
    with _process(mailing, metadata) as process:
        assert mail.has_taken.wait(_SECONDS)
        os.kill(process.pid, signal.SIGKILL)
    mail.hangs_after_taking = False

    [unknown] = deliveries(mailing)
    assert unknown["attempted_at"] is not None, "that it was tried is known"
    assert (unknown["sent_at"], unknown["error"]) == (None, None), "how it ended is not"
    assert 60 < unknown["pause_seconds"] <= LEASE.total_seconds()
    assert new_sender(mailing).pass_once() == 0, "a lease holds: its sender may still live"

    let_pauses_pass(mailing)
    assert new_sender(mailing).pass_once() == 1
    assert new_sender(mailing).pass_once() == 0
    assert [one["Message-ID"] for one in mail.received] == [
        f"<{unknown['message_key']}@province.example>"
    ] * 2


def test_killed_before_the_server_took_it_sends_it_once(
    mailing: Settings, metadata: Metadata, new_sender: NewSender
) -> None:
    hanging = MailServer(answer="451 not now", hangs_after_taking=True)
    away = mailing.model_copy(update={"alert_smtp_port": hanging.port})
    hold_release(away, "M01")
    with hanging.running(), _process(away, metadata) as process:
        assert hanging.has_taken.wait(_SECONDS)
        os.kill(process.pid, signal.SIGKILL)
    assert hanging.received == []
    server = MailServer(port=hanging.port)
    with server.running():
        let_pauses_pass(away)
        assert new_sender(away).pass_once() == 1
    assert len(server.received) == 1


def test_asked_to_end_it_ends_when_the_message_is_sent(
    mailing: Settings, metadata: Metadata, mail: MailServer
) -> None:
    mail.hangs_after_taking = True
    hold_release(mailing, "M01")
    with _process(mailing, metadata) as process:
        assert mail.has_taken.wait(_SECONDS)
        process.terminate()
        mail.hangs_after_taking = False
        assert process.wait(_SECONDS) == 0
    assert deliveries(mailing)[0]["sent_at"] is not None
