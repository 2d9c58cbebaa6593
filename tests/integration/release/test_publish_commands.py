"""`warehouse publish`, `rollback`, `releases`: JSON for programs, one line for people."""

from __future__ import annotations

import json
from typing import Any

import pytest
from release_star import Star
from typer.testing import CliRunner, Result

from health_warehouse.cli import app
from health_warehouse.commands import release as commands
from health_warehouse.errors import ConfigurationError, ReleaseHeld
from health_warehouse.release.publish import publish


@pytest.fixture
def published(star: Star, monkeypatch: pytest.MonkeyPatch) -> Star:
    """One release published, another one due."""
    monkeypatch.setattr(commands, "get_settings", lambda: star.settings)
    publish(star.settings, star.build(is_full=True))
    star.change_visits([1], stamp=1)
    star.build()
    return star


def warehouse(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(*arguments: str) -> Any:
    """What a command with `--json` says on stdout, which is JSON and nothing else."""
    return json.loads(warehouse(*arguments, "--json").stdout)


def test_publish_roll_back_resume_and_list(published: Star) -> None:
    plan = answer("publish", "--dry-run")
    assert {one["mart"]: one["rows_to_insert"] for one in plan}["fct_lines"] == 3
    second = answer("publish")
    assert second["status"] == "current"
    assert answer("rollback", "--dry-run")["release_id"] == second["release_id"]
    restored = answer("rollback", "--yes", "--reason", "wrong", "--by", "Lan")
    assert restored["release_id"] == second["base_release_id"]
    with pytest.raises(ReleaseHeld, match="by Lan"):
        warehouse("publish")
    published.build()
    third = answer("publish", "--resume")
    statuses = {one["release_id"]: one["status"] for one in answer("releases")}
    assert statuses == {
        restored["release_id"]: "replaced",
        second["release_id"]: "rolled_back",
        third["release_id"]: "current",
    }
    first, last = str(restored["release_id"]), str(third["release_id"])
    changes = {one["mart"]: one["rows_changed"] for one in answer("releases", "diff", first, last)}
    assert changes["fct_lines"] == 3
    assert "rolled_back" in warehouse("releases").stdout


def test_an_approval_without_a_name_is_refused(published: Star) -> None:
    with pytest.raises(ConfigurationError, match="--by NAME and --reason TEXT"):
        warehouse("publish", "--approve", "M01", "--by", "Lan")


def test_a_roll_back_asks_first(published: Star) -> None:
    publish(published.settings)
    result = CliRunner().invoke(app, ["rollback"], input="n\n")
    assert result.exit_code == 1
    assert answer("releases")[0]["status"] == "current"
