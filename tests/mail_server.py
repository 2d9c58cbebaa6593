"""A real SMTP server on loopback that keeps what it gets, and can be told to misbehave."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller

from health_warehouse import loopback


@dataclass
class MailServer:
    """`received` is all that it took. With `hangs_after_taking` it takes a message and then keeps
    its yes to itself until `stop`; `has_taken` is set then. `answer` is what it says to one.
    `refuses` is the address of somebody whom it does not know."""

    port: int = field(default_factory=loopback.free_port)
    received: list[EmailMessage] = field(default_factory=list)
    answer: str = "250 OK"
    hangs_after_taking: bool = False
    refuses: str = ""
    has_taken: threading.Event = field(default_factory=threading.Event)

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address == self.refuses:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=default)
            self.received.append(cast(EmailMessage, mail))
        self.has_taken.set()
        while self.hangs_after_taking:
            await asyncio.sleep(0.02)
        return self.answer

    @property
    def settings(self) -> dict[str, Any]:
        """Those of a warehouse whose alerts come here."""
        return {
            "alert_to": "duty@province.example",
            "alert_from": "warehouse@province.example",
            "alert_smtp_host": loopback.ADDRESS,
            "alert_smtp_port": self.port,
            "alert_smtp_security": "none",
        }

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.received]

    @contextmanager
    def running(self) -> Iterator[MailServer]:
        controller = Controller(self, hostname=loopback.ADDRESS, port=self.port)
        controller.start()
        try:
            yield self
        finally:
            self.hangs_after_taking = False
            controller.stop()


def parts(mail: EmailMessage) -> tuple[str, str]:
    """Text and HTML of a mail."""
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()
