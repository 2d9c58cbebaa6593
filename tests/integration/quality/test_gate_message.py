"""What the gate says: each rule on a line, where it fails, and which name of a dossier to whom."""

from __future__ import annotations

import logging

import pytest
from airflow.sdk.exceptions import AirflowFailException
from sqlalchemy import text

from expectations import registry
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.errors import ReleaseHeld
from health_warehouse.orchestration import release_tasks
from health_warehouse.quality.marts import audit
from health_warehouse.settings import Settings
from mart_candidates import build_candidate, spoilt
from oracle.keys import encounter_key

RULES = tuple(rule for rule in registry.MARTS if rule.id != "M08")
_KEY = encounter_key("96001", "LK-1")
_LOST = f"delete from candidate.fct_claim_lines where encounter_key = '{_KEY}'"
_SWAPPED = (
    "update candidate.fct_encounters"
    " set audience = case audience when 'open' then 'hiv' else 'open' end"
)


@pytest.fixture(scope="module")
def built(module_settings: Settings) -> Settings:
    build_candidate(module_settings)
    return module_settings


def _held(settings: Settings, *, with_dossier_ids: bool = False) -> list[str]:
    with pytest.raises(ReleaseHeld) as held:
        audit(settings, rules=RULES, with_dossier_ids=with_dossier_ids)
    return str(held.value).splitlines()


def test_each_rule_has_a_line_and_each_place_one_below_it(built: Settings) -> None:
    with spoilt(built, _LOST):
        first, *rest = _held(built)
    assert first.endswith("is held, the last good release stays:")
    rules = [line for line in rest if not line.startswith("    ")]
    assert [line[:4] for line in rules] == ["M01:", "M02:", "M05:"]
    assert all("rows break" in line for line in rules)
    [place] = [line for line in rest if "fct_claim_lines, encounter_key" in line]
    assert place.startswith("    fct_claim_lines, encounter_key: 2 rows; facilities 96001 (1); ")
    assert " #1" in place
    assert "LK-1" not in "\n".join(rest), "what a sender wrote is for the terminal only"


def test_at_a_terminal_the_dossier_has_its_own_name(built: Settings) -> None:
    with spoilt(built, _LOST):
        told = "\n".join(_held(built, with_dossier_ids=True))
    assert "#1 (MA_LK LK-1)" in told


def test_of_closed_data_only_counts_are_told(built: Settings) -> None:
    with spoilt(built, _SWAPPED):
        lines = _held(built, with_dossier_ids=True)
    start = next(number for number, line in enumerate(lines) if line.startswith("M09:"))
    places = lines[start + 1 :]
    assert places
    assert all(line.startswith("    ") and line.endswith(" rows") for line in places), places


def test_what_a_mail_may_know_is_kept_with_the_result(built: Settings) -> None:
    with spoilt(built, _LOST):
        _held(built)
    with engine(built, OWNER).connect() as connection:
        places = connection.execute(
            text(
                "select places from ops.rule_results where rule_id = 'M01'"
                " order by check_run_id desc limit 1"
            )
        ).scalar_one()
    [place] = [one for one in places if one["mart"] == "fct_claim_lines"][:1]
    assert place["facilities"] == [{"facility": "96001", "row_count": 1}]
    assert set(place["dossiers"][0]) == {"file_id", "position"}


def test_the_log_of_the_task_has_a_line_for_each_rule_a_link_and_no_trace(
    built: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("health_warehouse.settings.get_settings", lambda: built)
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.province.example")
    with engine(built, OWNER).connect() as connection:
        build_id = connection.execute(text("select max(build_id) from ops.builds")).scalar_one()
    with spoilt(built, _LOST), pytest.raises(AirflowFailException):
        release_tasks.audit_candidate.function(build_id)
    messages = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
    assert messages[0].startswith("ReleaseHeld: build ")
    assert any(message.startswith("M01: ") for message in messages)
    assert not any("\n" in message or ".py:" in message for message in messages)
    assert messages[-1] == (
        "Runbook: https://airflow.province.example/warehouse-docs/runbooks/release_held.md"
    )
