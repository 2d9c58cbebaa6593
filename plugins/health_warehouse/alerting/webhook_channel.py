"""A signed POST of JSON, as standardwebhooks.com describes it.

Headers: `webhook-id`, the same in every attempt; `webhook-timestamp`, seconds of Unix time of this
attempt; `webhook-signature: v1,BASE64` of HMAC-SHA256 over `ID.TIMESTAMP.BODY`. Its libraries
verify it in a dozen languages.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field

import httpx

from health_warehouse.alerting.channels import (
    ANSWER_SECONDS,
    SOCKET_SECONDS,
    DeliveryFailed,
    Envelope,
    OutcomeUnknown,
    ServerAway,
)
from health_warehouse.alerting.message import Message
from health_warehouse.errors import ConfigurationError

_BASE64_PREFIX = "whsec_"


@dataclass(frozen=True)
class WebhookChannel:
    """See `channels.Channel`. The address may hold a secret, so it is in no error of ours."""

    target: str
    url: str = field(repr=False)
    secret: bytes = field(repr=False)

    @property
    def server(self) -> str:
        return self.target

    def send(self, message: Message, envelope: Envelope) -> None:
        body = json.dumps(message.body, ensure_ascii=False, separators=(",", ":")).encode()
        key, moment = str(envelope.key), int(time.time())
        headers = {
            "content-type": "application/json; charset=utf-8",
            "webhook-id": key,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature(self.secret, key, moment, body),
        }
        timeout = httpx.Timeout(SOCKET_SECONDS, read=ANSWER_SECONDS)
        try:
            answer = httpx.post(self.url, content=body, headers=headers, timeout=timeout)
        except (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError) as error:
            raise OutcomeUnknown(type(error).__name__) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerAway(type(error).__name__) from None
        if not answer.is_success:  # a redirect, too: the address in the settings is the one meant
            raise DeliveryFailed(f"HTTP {answer.status_code}")


def signature(secret: bytes, key: str, moment: int, body: bytes) -> str:
    """The header `webhook-signature` for a body that is sent at `moment` (Unix time, seconds)."""
    signed = f"{key}.{moment}.".encode() + body
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def key_bytes(secret: str) -> bytes:
    """`whsec_` and base64, as the standard writes secrets, or any text as it is.

    Raises ConfigurationError when it is no base64.
    """
    if not secret.startswith(_BASE64_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_BASE64_PREFIX), validate=True)
    except binascii.Error:
        raise ConfigurationError(
            "WAREHOUSE_ALERT_WEBHOOK_SECRET: what follows whsec_ must be base64"
        ) from None
