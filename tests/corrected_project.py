"""The dbt project as somebody corrected it, in a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from health_warehouse.release import dbt


class CorrectedProject:
    """Until the test ends dbt works with a copy of the project."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._copy = folder / "dbt_project"
        shutil.copytree(dbt.DBT_PROJECT_DIR, self._copy)
        monkeypatch.setattr(dbt, "DBT_PROJECT_DIR", self._copy)

    def correct(self, path: str, before: str, after: str) -> str:
        """Replace text, once; returns the name by which people are told of the file."""
        file = self._copy / path
        text = file.read_text(encoding="utf-8")
        assert before in text, f"{path} does not hold {before!r}"
        file.write_text(text.replace(before, after, 1), encoding="utf-8")
        return f"dbt_project/{path}"
