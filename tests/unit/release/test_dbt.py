from __future__ import annotations

from pathlib import Path

import pytest

from health_warehouse.release import dbt


def test_values_of_rows_are_scrubbed_from_messages() -> None:
    message = (
        "Database Error in model fct_encounters\n"
        '  duplicate key value violates unique constraint "fct_encounters_pkey"\n'
        "  DETAIL:  Key (dossier_id)=(NGUYEN VAN A) already exists."
    )

    scrubbed = dbt.scrub(message)

    assert "NGUYEN" not in scrubbed
    assert "fct_encounters_pkey" in scrubbed


NAME = 'NGUYỄN "VĂN"\nA'


@pytest.mark.parametrize(
    "said",
    [
        f'invalid input syntax for type numeric: "{NAME}"',
        f'value "{NAME}" is out of range for type integer',
        f'date/time field value out of range: "{NAME}"',
        f"duplicate key\n  DETAIL:  Key (ma_lk)=({NAME}) already exists.",
        f'new row violates check constraint "c"\n  DETAIL:  Failing row contains (1, {NAME}, 2).',
        f"invalid input\n  LINE 1: select '{NAME}'\n              ^",
        f'invalid input\n  CONTEXT:  COPY t, line 1, column c: "{NAME}"',
    ],
)
def test_a_value_with_quotes_and_ends_of_lines_is_scrubbed_whole(said: str) -> None:
    scrubbed = dbt.scrub(f"Database Error in model dim_items (models/dim_items.sql)\n  {said}")

    assert not [word for word in ("NGUYỄN", "VĂN", "A", "A)") if word in scrubbed.split()]
    assert "VĂN" not in scrubbed
    assert "dim_items" in scrubbed


def test_the_names_of_objects_stay() -> None:
    said = 'Database Error in model a (a.sql)\n  column "ma_lk" of relation "raw.x" does not exist'
    assert dbt.scrub(said).endswith("column ma_lk of relation raw.x does not exist")


def test_the_hash_follows_models_and_not_other_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dbt, "DBT_PROJECT_DIR", tmp_path)
    (tmp_path / "model.sql").write_text("select 1")
    before = dbt.project_files()

    (tmp_path / "notes.md").write_text("a note")
    (tmp_path / "exposures.yml").write_text("exposures: []")
    assert dbt.project_files() == before
    (tmp_path / "model.sql").write_text("select 2")
    assert dbt.project_files() != before
