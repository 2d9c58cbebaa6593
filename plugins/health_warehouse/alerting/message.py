"""What goes out: a message's content as subject, text, HTML, and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from health_warehouse.alerting.conditions import Kind
from health_warehouse.alerting.wording import WORDINGS, title
from health_warehouse.settings import Settings


@dataclass(frozen=True)
class Link:
    name: str
    address: str


@dataclass(frozen=True)
class Message:
    """`body` is what a program gets; `subject`, `text` and `html` are for people."""

    subject: str
    text: str
    html: str
    body: dict[str, Any]


def compose(settings: Settings, content: Mapping[str, Any], airflow_url: str) -> Message:
    """The message for a row of `ops.alert_messages`; the same whenever it is made."""
    kind = Kind(content["kind"])
    wording = WORDINGS[kind]
    values = {
        **content,
        "name": settings.alert_name,
        "title": title(content),
        "meaning": wording.meaning,
        "rules": [_rule(rule) for rule in content["facts"].get("rules", [])],
        "links": _links(settings, content["facts"], airflow_url, wording.runbook),
    }
    return Message(
        subject=f"[{settings.alert_name}] {values['title']}",
        text=_environment().get_template("alert.txt.jinja").render(values),
        html=_environment().get_template("alert.html.jinja").render(values),
        body=_body(values),
    )


def _body(values: Mapping[str, Any]) -> dict[str, Any]:
    """As Standard Webhooks recommends: type, timestamp, data."""
    happened_at = values["resolved_at" if values["event"] == "resolved" else "last_seen_at"]
    names = ("alert_id", "kind", "reasons", "occurrence_count", "opened_at", "last_seen_at",
             "resolved_at", "name", "title", "meaning", "rules", "facts")  # fmt: skip
    return {
        "type": f"alert.{values['event']}",
        "timestamp": happened_at,
        "data": {name: values[name] for name in names}
        | {"links": {link.name: link.address for link in values["links"]}},
    }


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule with its sentence, which says what should hold and quotes nothing."""
    from expectations.registry import ALL

    sentence = next((one.sentence_en for one in ALL if one.id == rule["rule_id"]), "")
    return {**rule, "sentence": sentence}


def _links(
    settings: Settings, facts: Mapping[str, Any], airflow_url: str, runbook: str
) -> list[Link]:
    base = (settings.alert_airflow_url or airflow_url).rstrip("/")
    path = ""
    if "dag_id" in facts:
        path = f"/dags/{quote(facts['dag_id'])}/runs/{quote(facts['run_id'], safe='')}"
        if "task_id" in facts:
            path += f"/tasks/{quote(facts['task_id'])}"
    runbooks = settings.alert_runbook_url.rstrip("/")
    name = runbook.removeprefix("docs/runbooks/")
    return [
        Link("Airflow", base + path),
        Link("Runbook", f"{runbooks}/{name}" if runbooks else runbook),
    ]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("health_warehouse.alerting"),
        autoescape=select_autoescape(["html.jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = _moment
    return environment


def _moment(value: str) -> str:
    """An instant of JSON as a person reads it, with its offset."""
    return datetime.fromisoformat(value).strftime("%Y-%m-%d %H:%M:%S %Z")
