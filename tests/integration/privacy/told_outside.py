"""A release that is held, and recovers, told by mail and webhook: what leaves the warehouse."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, text

from health_warehouse import loopback
from health_warehouse.alerting.sender import Airflow, Sender
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ReleaseHeld
from health_warehouse.quality.marts import audit
from health_warehouse.settings import Settings
from mail_server import MailServer, parts
from webhook_server import webhook_server

WEBHOOK_SECRET = "whsec_S2FuYXJpLXRoaS10aGFtLXdlYmhvb2s="
_LESS = "update candidate.fct_encounters set drug_amount_vnd = drug_amount_vnd - 1"
_MORE = "update candidate.fct_encounters set drug_amount_vnd = drug_amount_vnd + 1"


def hold_and_recover(settings: Settings, build_id: int) -> list[str]:
    """Mails and requests of a candidate that fails its audit and then passes; as they were sent."""
    with MailServer().running() as mail, webhook_server() as hook:
        sender = _sender(settings, mail, hook.url)
        _change(settings, _LESS)
        with pytest.raises(ReleaseHeld):
            audit(settings, build_id)
        sender.pass_once()
        _change(settings, _MORE)
        audit(settings, build_id)
        sender.pass_once()
        requests = [f"{request.headers}\n{request.body.decode()}" for request in hook.received]
        return [*(_decoded(each) for each in mail.received), *requests]


def _sender(settings: Settings, mail: MailServer, webhook_url: str) -> Sender:
    """It tells recoveries at once, and that Airflow, which does not run here, is away."""
    told = settings.model_copy(
        update={
            "alert_to": "duty@province.example",
            "alert_from": "warehouse@province.example",
            "alert_smtp_host": loopback.ADDRESS,
            "alert_smtp_port": mail.port,
            "alert_smtp_security": "none",
            "alert_webhook_url": SecretStr(webhook_url),
            "alert_webhook_secret": SecretStr(WEBHOOK_SECRET),
            "alert_quiet_seconds": 0,
            "alert_silence_seconds": 0,
        }
    )
    nowhere = make_url(f"postgresql://x@{loopback.ADDRESS}:{loopback.free_port()}/airflow")
    return Sender(told, lambda: Airflow(nowhere, "http://airflow.example"))


def _change(settings: Settings, statement: str) -> None:
    with engine(settings, OWNER).begin() as connection:
        connection.execute(text(statement))


def _decoded(mail: EmailMessage) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in mail.items())
    return "\n".join((headers, *parts(mail)))
