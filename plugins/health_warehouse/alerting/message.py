"""What goes out: a message's content as subject, text, HTML, and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from health_warehouse.alerting.conditions import Kind
from health_warehouse.alerting.phrases import facility_lines, label, place_lines
from health_warehouse.alerting.wording import WORDINGS, Language, Wording, title
from health_warehouse.document_pages import page_url
from health_warehouse.settings import Settings

_LANGUAGES: Mapping[str, tuple[Language, ...]] = {
    "both": ("en", "vi"),
    "en": ("en",),
    "vi": ("vi",),
}
_OF_A_RULE = ("rule_id", "state", "checked_count", "failed_count", "places")


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
    """The message for a row of `ops.alert_messages`; the same whenever it is made.

    In the languages of WAREHOUSE_ALERT_LANGUAGE; of both, the subject is in English.
    """
    kind = Kind(content["kind"])
    wording = WORDINGS[kind]
    languages = _LANGUAGES[settings.alert_language]
    values = {
        **content,
        "name": settings.alert_name,
        "is_event": kind.is_event,
        "languages": languages,
        "titles": [title(content, language) for language in languages],
        "meanings": [wording.of(language).meaning for language in languages],
        "lines": [facility_lines(content, language) for language in languages],
        "rules": _rules(content["facts"], languages),
        "models": content["facts"].get("models", []),
        "links": _links(settings, content["facts"], airflow_url, wording.runbook),
        "label": partial(label, languages=languages),
    }
    return Message(
        subject=f"[{settings.alert_name}] {values['titles'][0]}",
        text=_environment().get_template("alert.txt.jinja").render(values),
        html=_environment().get_template("alert.html.jinja").render(values),
        body=_body(values, wording),
    )


def _body(values: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    """As Standard Webhooks recommends: type, timestamp, data. In both languages always."""
    happened_at = values["resolved_at" if values["event"] == "resolved" else "last_seen_at"]
    names = ("alert_id", "kind", "reasons", "occurrence_count", "opened_at", "last_seen_at",
             "resolved_at", "name", "facts")  # fmt: skip
    return {
        "type": f"alert.{values['event']}",
        "timestamp": happened_at,
        "data": {name: values[name] for name in names}
        | {
            "title": title(values),
            "title_vi": title(values, "vi"),
            "meaning": wording.en.meaning,
            "meaning_vi": wording.vi.meaning,
            "rules": [
                {
                    **{name: value for name, value in rule.items() if name in _OF_A_RULE},
                    "sentence": rule["words"]["en"],
                    "sentence_vi": rule["words"]["vi"],
                }
                for rule in values["rules"]
            ],
            "links": {link.name: link.address for link in values["links"]},
        },
    }


def _rules(facts: Mapping[str, Any], languages: Sequence[Language]) -> list[dict[str, Any]]:
    """Rules with their sentences, which say what should hold and quote nothing."""
    from expectations.registry import ALL

    words = {one.id: {"en": one.sentence_en, "vi": one.sentence_vi} for one in ALL}
    named = {name for one in facts.get("facilities", ()) for name in one.get("rule_ids", ())}
    rules = facts.get("rules") or [{"rule_id": name} for name in sorted(named)]
    return [
        {
            **rule,
            "words": words.get(rule["rule_id"], {"en": "", "vi": ""}),
            "sentences": [words[rule["rule_id"]][one] for one in languages]
            if rule["rule_id"] in words
            else [],
            "lines": [place_lines(rule.get("places", ()), one) for one in languages],
        }
        for rule in rules
    ]


def _links(
    settings: Settings, facts: Mapping[str, Any], airflow_url: str, runbook: str
) -> list[Link]:
    base = (settings.alert_airflow_url or airflow_url).rstrip("/")
    path = ""
    if "dag_id" in facts and "run_id" in facts:
        path = f"/dags/{quote(facts['dag_id'])}/runs/{quote(facts['run_id'], safe='')}"
        if "task_id" in facts:
            path += f"/tasks/{quote(facts['task_id'])}"
    return [Link("Airflow", base + path), Link("Runbook", runbook_url(settings, base, runbook))]


def runbook_url(settings: Settings, airflow_url: str, runbook: str) -> str:
    """Where a browser reads a runbook, `docs/runbooks/NAME.md`: where the settings say, else in
    Airflow's UI (document_pages)."""
    name = runbook.removeprefix("docs/runbooks/")
    if settings.alert_runbook_url:
        return f"{settings.alert_runbook_url.rstrip('/')}/{name}"
    return page_url(airflow_url, runbook)


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
