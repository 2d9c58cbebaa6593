from __future__ import annotations

from pathlib import Path

import pytest

from health_warehouse.release import dbt


def test_values_of_rows_are_scrubbed_from_messages() -> None:
    message = (
        "Database Error in model fct_encounters\n"
        '  duplicate key value violates unique constraint "fct_encounters_pkey"\n'
        "  DETAIL:  Key (dossier_id)=(NGUYEN VAN A) already exists.\n"
        '  invalid input syntax for type numeric: "NGUYEN VAN A"\n'
        "  LINE 3: select 'NGUYEN VAN A'::numeric\n"
        "                 ^"
    )

    scrubbed = dbt.scrub(message)

    assert "NGUYEN" not in scrubbed
    assert "fct_encounters_pkey" in scrubbed
    assert "invalid input syntax" in scrubbed


def test_the_hash_follows_models_and_not_other_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dbt, "DBT_PROJECT_DIR", tmp_path)
    (tmp_path / "model.sql").write_text("select 1")
    before = dbt.project_hash()

    (tmp_path / "notes.md").write_text("a note")
    assert dbt.project_hash() == before
    (tmp_path / "model.sql").write_text("select 2")
    assert dbt.project_hash() != before
