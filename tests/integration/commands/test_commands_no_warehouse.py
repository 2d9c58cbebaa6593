"""Where there is no warehouse, or its server does not answer, looking fails in one plain line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from health_warehouse.database.connections import owner_url
from health_warehouse.loopback import free_port
from health_warehouse.settings import Settings, inherited_environment


def _run(*typed: str, **variables: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("warehouse")
    environment = {**inherited_environment(), **variables}
    return subprocess.run([program, *typed], env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("command", ["status", "doctor"])
@pytest.mark.parametrize("dsn", [{}, {"WAREHOUSE_DSN": "postgresql://a:b@127.0.0.1:1/c"}])
@pytest.mark.parametrize("is_there", [False, True])
def test_a_mistyped_state_folder_is_told(
    tmp_path: Path, command: str, dsn: dict[str, str], is_there: bool
) -> None:
    state = tmp_path / "nope"
    if is_there:
        state.mkdir()
    ended = _run(command, WAREHOUSE_STATE=str(state), **dsn)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"error: no warehouse in {state}: run `warehouse up`")
    assert ended.stderr.count("\n") == 1
    assert state.exists() == is_there
    assert not list(tmp_path.glob("nope/*"))


def test_the_status_of_a_server_that_does_not_answer(settings: Settings) -> None:
    nowhere = owner_url(settings).set(port=free_port(), drivername="postgresql")
    variables = settings.as_environment()
    variables["WAREHOUSE_DSN"] = nowhere.render_as_string(hide_password=False)
    for typed in (["status"], ["status", "--json"]):
        ended = _run(*typed, **variables)
        assert ended.returncode == 1
        assert ended.stderr.startswith("error: WAREHOUSE_DSN cannot be reached: ")
        assert ended.stderr.count("\n") == 1
        assert str(settings.state) in ended.stdout
    assert "refused" in json.loads(ended.stdout)["database_error"]


def test_the_status_of_a_server_that_answers(settings: Settings) -> None:
    ended = _run("status", "--json", **settings.as_environment())
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)["database_error"] is None
