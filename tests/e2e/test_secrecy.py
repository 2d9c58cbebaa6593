"""What Airflow and the logs keep of all that ran before: nothing of a patient, no password."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from sqlalchemy import text
from story import Story

from health_warehouse.database.connections import OWNER, engine, stored_secrets
from health_warehouse.services.airflow import Airflow
from health_warehouse.settings import Settings

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def canaries(story: Story) -> set[str]:
    """Names, numbers, cards, phones, addresses and files of this province, and our passwords."""
    with engine(story.settings, OWNER).connect() as connection:
        rows = connection.execute(
            text(
                "select value from vault.person_identifiers where kind not in ('birth', 'local_id')"
                " union select dia_chi from raw.claims_xml1"
                " union select practitioner_code from raw.practitioners"
                " union select file_name from vault.delivery_names"
            )
        ).scalars()
        found = {value for value in rows if value and len(value) > 5}
    found |= {value for value in stored_secrets(story.settings).values() if len(value) > 11}
    assert len(found) > 50
    return found


def test_no_patient_and_no_secret_in_a_log(story: Story, canaries: set[str]) -> None:
    assert not _seen(canaries, _log_texts(story.settings))


def test_no_patient_and_no_secret_in_airflows_metadata(story: Story, canaries: set[str]) -> None:
    assert not _seen(canaries, _metadata_texts(story.airflow))


def _log_texts(settings: Settings) -> Iterator[str]:
    logs = [path for path in settings.logs_dir.rglob("*") if path.is_file()]
    assert any(path.name.startswith("attempt=") for path in logs)
    for path in [*logs, settings.state / "postgres" / "server.log"]:
        yield path.read_text(encoding="utf-8", errors="replace")


def _metadata_texts(airflow: Airflow) -> Iterator[str]:
    for table in ("xcom", "rendered_task_instance_fields", "dag_run", "log", "task_instance"):
        rows = airflow.query(f"select row_to_json(t)::text from {table} as t")
        assert rows, f"{table} is empty: nothing was looked at"
        yield from (row[0] for row in rows)


def _seen(canaries: set[str], texts: Iterable[str]) -> int:
    """How many canaries are in the texts; not which, for this message is printed."""
    found: set[str] = set()
    for content in texts:
        found |= {canary for canary in canaries if canary in content}
    return len(found)
