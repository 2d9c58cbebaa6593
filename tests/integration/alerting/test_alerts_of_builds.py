"""A mail of a build leads to its run, and names the model that broke or where the rule fails."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from airflow_metadata import Metadata
from alert_steps import hold_release
from health_warehouse.alerting.sender import Sender
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.quality.incidents import resolve_incidents
from health_warehouse.settings import Settings
from health_warehouse.upgrade.run import UPGRADE, tell_upgrade
from mail_server import MailServer, parts

NewSender = Callable[[Settings], Sender]
CANARY = "NGUYEN VAN CANARY"


def _build(settings: Settings, run_id: str | None) -> int:
    """A build of a run, with a broken test, a broken model of another layer, and a good one."""
    with engine(settings, OWNER).begin() as connection:
        build_id: int = connection.execute(
            text(
                "insert into ops.builds (from_change_id, to_change_id, is_full, status, run_id)"
                " values (0, 0, true, 'failed', :run_id) returning build_id"
            ),
            {"run_id": run_id},
        ).scalar_one()
        for model, layer, status in (
            ("fct_births", "marts", "error"),
            ("fct_births__key_unique", "marts", "fail"),
            ("fct_encounters", "marts", "success"),
            ("int_claims__changed_dossiers", "intermediate", "error"),
        ):
            connection.execute(
                text(
                    "insert into ops.model_runs (build_id, model, layer, status, seconds, message)"
                    " values (:build_id, :model, :layer, :status, 1, :message)"
                ),
                {
                    "build_id": build_id,
                    "model": model,
                    "layer": layer,
                    "status": status,
                    "message": CANARY,
                },
            )
    return build_id


def test_a_failed_build_names_the_models_that_broke_and_no_message_of_theirs(
    mailing: Settings, metadata: Metadata, mail: MailServer, new_sender: NewSender
) -> None:
    run_id = metadata.failed("build_release", "build_marts", 1, minute=1)
    _build(mailing, run_id)
    new_sender(mailing).pass_once()
    [told] = mail.received
    for part in parts(told):
        assert "fct_births" in part
        assert "fct_births__key_unique" in part
        assert "int_claims__changed_dossiers" not in part
        assert "fct_encounters" not in part
        assert CANARY not in part
        assert f"/dags/build_release/runs/{run_id}/tasks/build_marts" in part


def test_a_failure_of_another_task_names_no_model(
    mailing: Settings, metadata: Metadata, mail: MailServer, new_sender: NewSender
) -> None:
    _build(mailing, metadata.failed("build_release", "prepare_build", 1, minute=1))
    new_sender(mailing).pass_once()
    assert not any("fct_births" in part for part in parts(mail.received[0]))


def _held(settings: Settings, run_id: str | None) -> None:
    hold_release(settings, "M01")
    build_id = _build(settings, run_id)
    places = (
        '[{"mart": "fct_claim_lines", "check": "encounter_key", "row_count": 7,'
        ' "facility_count": 1, "facilities": [{"facility": "96001", "row_count": 7}],'
        ' "dossiers": [{"file_id": 987654, "position": 3}]}]'
    )
    with engine(settings, OWNER).begin() as connection:
        connection.execute(
            text("update ops.incidents set build_id = :build_id"), {"build_id": build_id}
        )
        connection.execute(
            text("update ops.rule_results set places = cast(:places as jsonb)"), {"places": places}
        )


def test_a_held_release_leads_to_the_task_and_says_where(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    _held(mailing, "scheduled__2026-11-30T00:00:00+00:00")
    new_sender(mailing).pass_once()
    link = "/dags/build_release/runs/scheduled__2026-11-30T00%3A00%3A00%2B00%3A00/tasks/audit_c"
    for part in parts(mail.received[0]):
        assert link in part
        assert "fct_claim_lines, encounter_key: 7 rows; first facilities: 96001 (7)" in part
        assert "987654" not in part, "no dossier in a mail"
        assert "http://127.0.0.1:8080/warehouse-docs/runbooks/release_held.md" in part


def test_a_build_of_a_terminal_leads_to_no_run(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    _held(mailing, None)
    new_sender(mailing).pass_once()
    assert "/dags/" not in parts(mail.received[0])[0]


def test_an_upgrade_is_told_as_one_and_holds_no_release(
    mailing: Settings, mail: MailServer, new_sender: NewSender
) -> None:
    tell_upgrade(mailing)
    sender = new_sender(mailing)
    sender.pass_once()
    with engine(mailing, OWNER).begin() as connection:
        resolve_incidents(connection, UPGRADE)
    sender.pass_once()
    sender.pass_once()
    assert [subject.partition("] ")[2] for subject in mail.subjects] == [
        "The warehouse is being upgraded",
        "Recovered: The warehouse is being upgraded",
    ]
    assert "Readers cannot log in" in parts(mail.received[0])[0]
