"""Signed posts to a real HTTP server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from alert_steps import deliveries, hold_release, let_pauses_pass, resolve
from health_warehouse.alerting.sender import Sender
from health_warehouse.settings import Settings
from webhook_server import Request, WebhookServer, webhook_server

NewSender = Callable[[Settings], Sender]
_KEY = b"a key of the receiver's"
_SECRET = "whsec_" + base64.b64encode(_KEY).decode()
CANARY = "TRAN THI CANARY"


@pytest.fixture
def hook() -> Iterator[WebhookServer]:
    with webhook_server() as server:
        yield server


@pytest.fixture
def posting(settings: Settings, hook: WebhookServer) -> Settings:
    return settings.model_copy(
        update={
            "alert_webhook_url": SecretStr(hook.url),
            "alert_webhook_secret": SecretStr(_SECRET),
            "alert_quiet_seconds": 0,
        }
    )


def _is_genuine(request: Request, body: bytes) -> bool:
    """As a receiver checks it by the text of the standard: id, time and body, joined by dots."""
    signed = b".".join(
        [
            request.headers["webhook-id"].encode(),
            request.headers["webhook-timestamp"].encode(),
            body,
        ]
    )
    wanted = "v1," + base64.b64encode(hmac.digest(_KEY, signed, hashlib.sha256)).decode()
    return hmac.compare_digest(request.headers["webhook-signature"], wanted)


def test_a_post_is_signed_and_says_what_a_mail_says(
    posting: Settings, hook: WebhookServer, new_sender: NewSender
) -> None:
    hold_release(posting, "M01", message=f"row of {CANARY}")
    new_sender(posting).pass_once()
    [request] = hook.received
    assert _is_genuine(request, request.body)
    assert not _is_genuine(request, request.body.replace(b"M01", b"M02"))
    told = json.loads(request.body)
    assert told["type"] == "alert.opened"
    assert told["data"]["title"] == "Release held by M01"
    assert told["data"]["rules"][0]["failed_count"] == 7
    assert set(told["data"]["links"]) == {"Airflow", "Runbook"}
    assert CANARY not in request.body.decode()


def test_a_server_in_trouble_gets_it_again_under_the_same_id(
    posting: Settings, hook: WebhookServer, new_sender: NewSender
) -> None:
    hook.answers = [500, 302]
    hold_release(posting, "M01")
    sender = new_sender(posting)
    for expected in (0, 0, 1, 0):
        assert sender.pass_once() == expected
        let_pauses_pass(posting)
    assert len(hook.received) == 3
    assert len({request.headers["webhook-id"] for request in hook.received}) == 1
    assert len({request.body for request in hook.received}) == 1
    assert all(_is_genuine(request, request.body) for request in hook.received)


def test_a_recovery_has_an_id_of_its_own(
    posting: Settings, hook: WebhookServer, new_sender: NewSender
) -> None:
    sender = new_sender(posting)
    hold_release(posting, "M01")
    sender.pass_once()
    resolve(posting, "marts:")
    sender.pass_once()
    opened, resolved = hook.received
    assert opened.headers["webhook-id"] != resolved.headers["webhook-id"]
    assert json.loads(resolved.body)["type"] == "alert.resolved"


def test_its_address_is_in_no_log_and_no_table(
    posting: Settings, new_sender: NewSender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "health_warehouse")
    down = posting.model_copy(
        update={"alert_webhook_url": SecretStr("http://127.0.0.1:9/secret-path")}
    )
    hold_release(down, "M01")
    new_sender(down).pass_once()
    [waiting] = deliveries(down)
    assert waiting["error"] == "ConnectError"
    assert "webhook, attempt 1: ConnectError" in caplog.text
    assert "secret-path" not in caplog.text + str(waiting)
