"""What a message says, and what it can never do."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from health_warehouse.alerting.channels import Envelope, channels
from health_warehouse.alerting.conditions import Kind
from health_warehouse.alerting.email_channel import EmailChannel
from health_warehouse.alerting.message import Message, compose
from health_warehouse.alerting.webhook_channel import key_bytes, signature
from health_warehouse.alerting.wording import WORDINGS
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import PROJECT_DIR, Settings

AIRFLOW = "http://127.0.0.1:8080"
HOSTILE = "manual__<script>alert(1)</script>/../x?y=1"


def _content(kind: Kind = Kind.TASK_FAILED, **changes: Any) -> dict[str, Any]:
    return {
        "alert_id": 5,
        "kind": kind.value,
        "event": "opened",
        "reasons": ["failed"],
        "new_reasons": [],
        "facts": {"dag_id": "ingest_claims", "task_id": "load_batch", "run_id": HOSTILE},
        "occurrence_count": 3,
        "opened_at": "2026-11-22T01:02:03+00:00",
        "last_seen_at": "2026-11-22T01:05:03+00:00",
        "resolved_at": None,
        **changes,
    }


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        state=tmp_path,
        alert_name="Sở Y tế <b>",
        alert_to="a@x.example, b@x.example,a@x.example",
        alert_from="warehouse@x.example",
        alert_smtp_host="mail.x.example",
    )


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_words_and_a_runbook(settings: Settings, kind: Kind) -> None:
    assert (PROJECT_DIR / WORDINGS[kind].runbook).exists()
    for event in ("opened", "resolved"):
        message = compose(settings, _content(kind, event=event), AIRFLOW)
        assert "{" not in message.subject
        assert "None" not in message.text
        assert message.text.splitlines()[0] in html.unescape(message.html)
        assert ("one more message" in message.text) == (event == "opened" and kind != Kind.TRIAL)


def test_what_others_named_is_text_and_not_markup(settings: Settings) -> None:
    message = compose(settings, _content(), AIRFLOW)
    assert "<script>" not in message.html
    assert "<b>" not in message.html
    assert "&lt;script&gt;" in message.html
    quoted = "manual__%3Cscript%3Ealert%281%29%3C%2Fscript%3E%2F..%2Fx%3Fy%3D1"
    link = f"{AIRFLOW}/dags/ingest_claims/runs/{quoted}/tasks/load_batch"
    assert link in message.text
    assert message.body["data"]["links"]["Airflow"] == link


def test_links_lead_where_the_settings_say(settings: Settings) -> None:
    public = settings.model_copy(
        update={
            "alert_airflow_url": "https://airflow.x.example/",
            "alert_runbook_url": "https://docs.x.example/runbooks/",
        }
    )
    links = compose(public, _content(Kind.RELEASE_HELD, facts={}), AIRFLOW).body["data"]["links"]
    assert links == {
        "Airflow": "https://airflow.x.example",
        "Runbook": "https://docs.x.example/runbooks/release_held.md",
    }


def test_a_message_is_the_same_whenever_it_is_made(settings: Settings) -> None:
    assert compose(settings, _content(), AIRFLOW) == compose(settings, _content(), AIRFLOW)


def test_a_mail_has_text_and_html_and_begs_no_answer(settings: Settings) -> None:
    [first, second] = channels(settings)
    assert (first.target, second.target) == ("email:a@x.example", "email:b@x.example")
    assert isinstance(first, EmailChannel)
    key, thread = UUID(int=1), UUID(int=2)
    message = compose(settings, _content(), AIRFLOW)
    mail = first.compose(message, Envelope(key, thread))
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["To"] == "a@x.example"
    assert mail["Message-ID"] == f"<{key}@x.example>"
    assert mail["References"] == f"<{thread}@x.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "In-Reply-To" not in first.compose(message, Envelope(key, key))


def test_a_mail_survives_its_way_as_bytes(settings: Settings) -> None:
    [channel, _] = channels(settings)
    assert isinstance(channel, EmailChannel)
    message = Message("[Sở Y tế] giữ lại", "đã giữ", "<p>đã giữ</p>", {})
    sent = channel.compose(message, Envelope(UUID(int=1), UUID(int=1))).as_bytes()
    assert sent.isascii()
    assert max(map(len, sent.splitlines())) <= 998  # RFC 5322


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    assert (
        signature(
            key_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
        )
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_a_secret_that_is_no_base64_is_an_error_that_names_the_setting() -> None:
    with pytest.raises(ConfigurationError, match="WAREHOUSE_ALERT_WEBHOOK_SECRET"):
        key_bytes("whsec_%%%")
