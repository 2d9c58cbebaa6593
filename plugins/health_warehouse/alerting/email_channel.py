"""Mail by SMTP: text and HTML, one recipient per message."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from health_warehouse.alerting.channels import (
    ANSWER_SECONDS,
    SOCKET_SECONDS,
    DeliveryFailed,
    Envelope,
    OutcomeUnknown,
    ServerAway,
    revealed,
)
from health_warehouse.alerting.message import Message
from health_warehouse.settings import Settings


class _Plain(smtplib.SMTP):
    """Waits longer for the answer to a message than for any other."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        if self.sock is not None:
            self.sock.settimeout(ANSWER_SECONDS)
        try:
            return super().data(msg)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise OutcomeUnknown(f"no answer to the message: {type(error).__name__}") from error


class _Secure(_Plain, smtplib.SMTP_SSL):
    """The same in a session that is TLS from the start."""


@dataclass(frozen=True)
class EmailChannel:
    """See `channels.Channel`. The connection is closed after each message: they are few."""

    target: str
    settings: Settings
    sender: str
    recipient: str

    @property
    def server(self) -> str:
        return f"{self.settings.alert_smtp_host}:{self.settings.alert_smtp_port}"

    def send(self, message: Message, envelope: Envelope) -> None:
        mail = self.compose(message, envelope)
        try:
            with self._connection() as server:
                server.send_message(mail, self.sender, [self.recipient])
        except smtplib.SMTPResponseException as error:
            raise DeliveryFailed(f"SMTP {error.smtp_code} {type(error).__name__}") from error
        except smtplib.SMTPServerDisconnected as error:
            raise ServerAway(f"{type(error).__name__}: {error}") from error
        except (smtplib.SMTPException, ValueError) as error:  # ValueError: what cannot be encoded
            raise DeliveryFailed(type(error).__name__) from error
        except OSError as error:
            raise ServerAway(f"{type(error).__name__}: {error}") from error

    def compose(self, message: Message, envelope: Envelope) -> EmailMessage:
        """The mail. Its Message-ID is the key's, so that a second copy is known as one."""
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = message.subject
        mail["From"] = self.sender
        mail["To"] = self.recipient
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = self._message_id(envelope.key)
        if envelope.thread_key != envelope.key:
            mail["In-Reply-To"] = mail["References"] = self._message_id(envelope.thread_key)
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        # Printable: lines of any length and letters of any language pass every server.
        mail.set_content(message.text, cte="quoted-printable")
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        return mail

    def _message_id(self, key: UUID) -> str:
        return f"<{key}@{self.sender.rpartition('@')[2]}>"

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """A session that is ready to send.

        It is closed without a farewell: waiting for the answer to one would lengthen the time
        between the server's yes and our commit, in which a kill makes a second copy.
        """
        settings = self.settings
        server = self._connected()
        try:
            if settings.alert_smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.alert_smtp_user:
                server.login(settings.alert_smtp_user, revealed(settings.alert_smtp_password))
            yield server
        finally:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        settings = self.settings
        host, port = settings.alert_smtp_host, settings.alert_smtp_port
        name = socket.gethostname()  # by default the name server is asked for the full one
        if settings.alert_smtp_security != "tls":
            return _Plain(host, port, name, SOCKET_SECONDS)
        context = ssl.create_default_context()
        return _Secure(host, port, name, timeout=SOCKET_SECONDS, context=context)
