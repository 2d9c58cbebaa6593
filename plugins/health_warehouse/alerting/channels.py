"""Who is told, and how: the targets that the settings name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from pydantic import SecretStr

from health_warehouse.alerting.message import Message
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

WEBHOOK = "webhook"
_EMAIL = "email:"
# Of every wait on a socket but the last, in seconds; a send has up to twelve of them.
SOCKET_SECONDS = 10
# For the yes to a message that was handed over whole. A server that looks into its content first
# may take a while, and who does not wait sends it again: RFC 5321, 4.5.3.2.6, asks for 10 minutes,
# in which nobody else would be told anything.
ANSWER_SECONDS = 60


class DeliveryFailed(Exception):
    """It did not arrive, or the server did not say so. The message names no secret."""


class ServerAway(DeliveryFailed):
    """Nothing was handed over: its server does not answer, or says no to everybody."""


class OutcomeUnknown(DeliveryFailed):
    """All was handed over and no answer came: it may have arrived."""


@dataclass(frozen=True)
class Envelope:
    """`key` is the same in every attempt; `thread_key` is that of the alert's first message."""

    key: UUID
    thread_key: UUID


class Channel(Protocol):
    """Sends to one target."""

    @property
    def target(self) -> str:
        """Its name in the outbox."""

    @property
    def server(self) -> str:
        """The same for all that go through one server."""

    def send(self, message: Message, envelope: Envelope) -> None:
        """Return when the server has taken the message; raise DeliveryFailed otherwise."""


@dataclass(frozen=True)
class Addresses:
    """Where mail comes from and goes to, one delivery per recipient: each is told once."""

    sender: str
    recipients: tuple[str, ...]


def addresses(settings: Settings) -> Addresses:
    """Raises ConfigurationError when mail is set up by half."""
    recipients = tuple(part.strip() for part in settings.alert_to.split(",") if part.strip())
    if recipients and not (settings.alert_smtp_host and settings.alert_from):
        raise ConfigurationError(
            "WAREHOUSE_ALERT_TO needs WAREHOUSE_ALERT_SMTP_HOST and WAREHOUSE_ALERT_FROM"
        )
    for address in (settings.alert_from, *recipients):
        if address and ("@" not in address or not address.isprintable() or " " in address):
            raise ConfigurationError(f"{address!r} is no mail address (WAREHOUSE_ALERT_TO, _FROM)")
    if not (settings.alert_smtp_user + revealed(settings.alert_smtp_password)).isascii():
        raise ConfigurationError(
            "WAREHOUSE_ALERT_SMTP_USER and _PASSWORD: mail servers take ASCII only"
        )
    return Addresses(settings.alert_from, tuple(dict.fromkeys(recipients)))


def channels(settings: Settings) -> list[Channel]:
    """One per target; none is no error: alerts stay in `warehouse alerts list`.

    Raises ConfigurationError, naming the setting, when a channel is set up by half.
    """
    return list(_channels(settings))


def _channels(settings: Settings) -> Iterator[Channel]:
    from health_warehouse.alerting.email_channel import EmailChannel
    from health_warehouse.alerting.webhook_channel import WebhookChannel, key_bytes

    mail = addresses(settings)
    for recipient in mail.recipients:
        yield EmailChannel(_EMAIL + recipient, settings, mail.sender, recipient)
    url, secret = revealed(settings.alert_webhook_url), revealed(settings.alert_webhook_secret)
    if url and not secret:
        raise ConfigurationError(
            "WAREHOUSE_ALERT_WEBHOOK_URL needs WAREHOUSE_ALERT_WEBHOOK_SECRET: "
            "the receiver knows by the signature that the message is ours"
        )
    if url:
        yield WebhookChannel(WEBHOOK, url, key_bytes(secret))


def revealed(secret: SecretStr | None) -> str:
    """A secret of the settings; empty when it is not set, as when it is set to nothing."""
    return secret.get_secret_value() if secret else ""
