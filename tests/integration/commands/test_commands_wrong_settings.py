"""A wrong setting is told in one line that names it, and shows no secret."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from health_warehouse.settings import inherited_environment

PROGRAM = Path(sys.executable).with_name("warehouse")


def _said(*typed: str, **variables: str) -> str:
    """What the program says of a wrong setting, on stderr and nowhere else."""
    environment = {**inherited_environment(), **variables}
    ended = subprocess.run([PROGRAM, *typed], env=environment, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert ended.stderr.startswith("error: ")
    return ended.stderr


def test_every_value_out_of_bounds_is_named(tmp_path: Path) -> None:
    wrong = "WAREHOUSE_AIRFLOW_PORT=x\nWAREHOUSE_KEEP_LOG_DAYS=-1\n"
    (tmp_path / "warehouse.env").write_text(wrong)
    said = _said("status", WAREHOUSE_STATE=str(tmp_path), WAREHOUSE_POSTGRES_VERSION="17")
    for named in (
        "WAREHOUSE_POSTGRES_VERSION is '17'",
        "should be '16' or '18'",
        "WAREHOUSE_AIRFLOW_PORT is 'x'",
        "should be a valid integer",
        "WAREHOUSE_KEEP_LOG_DAYS is '-1'",
        str(tmp_path / "warehouse.env"),
    ):
        assert named in said


@pytest.mark.parametrize("dsn", ["hunter2", "postgresql://a:hunter2@host:port/b"])
def test_what_is_no_url_of_a_postgres_is_named_and_not_shown(tmp_path: Path, dsn: str) -> None:
    said = _said("ledger", WAREHOUSE_STATE=str(tmp_path), WAREHOUSE_DSN=dsn)
    assert "WAREHOUSE_DSN is no URL of a Postgres" in said
    assert "hunter2" not in said


def test_a_state_folder_below_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    state = tmp_path / "state" / "below"
    said = _said("ledger", WAREHOUSE_STATE=os.fspath(state))
    assert f"WAREHOUSE_STATE is {state}, which cannot be used" in said


def test_a_province_is_not_written_over_a_file(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.touch()
    said = _said("synth", str(out), "--facilities", "2", WAREHOUSE_STATE=str(tmp_path))
    assert f"cannot write to {out}: it is a file; name a new folder" in said
