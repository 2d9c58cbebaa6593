"""`warehouse publish`, `rollback`, `releases`: JSON for programs, one line for people."""

from __future__ import annotations

import json
from typing import Any

import pytest
from release_star import Star
from typer.testing import CliRunner, Result

from health_warehouse.cli import app
from health_warehouse.commands import release as commands
from health_warehouse.commands import services
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
    assert restored["rolled_back_release_id"] == second["release_id"]
    assert restored["rows_deleted"] == {
        mart: rows for mart, rows in second["rows_inserted"].items() if rows
    }
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


@pytest.mark.parametrize("rule", ["M99", "m01", "L01"])
def test_an_approval_of_what_is_no_rule_of_a_release_names_those_that_are(
    published: Star, rule: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"{rule}: no such rule.* M01, M02,"):
        warehouse("publish", "--approve", rule, "--by", "Lan", "--reason", "known")


def test_a_roll_back_says_what_it_changed_and_not_what_the_release_once_did(
    published: Star,
) -> None:
    publish(published.settings)
    said = warehouse("rollback", "--yes").stdout
    assert "fct_lines: -3 +3\n" in said
    assert "+120" not in said  # the lines that the release before inserted


@pytest.mark.parametrize("options", [[], ["--resume"]])
def test_a_publication_of_nothing_new_says_so_without_old_counts(
    published: Star, options: list[str]
) -> None:
    publish(published.settings)
    said = warehouse("publish", *options).stdout
    assert said.startswith("nothing new to publish: readers see release ")
    assert "fct_lines" not in said
    told = answer("publish", *options)
    assert (told["is_new"], told["rows_inserted"], told["rows_deleted"]) == (False, {}, {})


def test_a_dry_run_of_nothing_new_says_so_too(published: Star) -> None:
    publish(published.settings)
    assert warehouse("publish", "--dry-run").stdout.startswith("nothing new to publish")
    assert answer("publish", "--dry-run") == []


def test_a_build_that_changes_nothing_says_so(published: Star) -> None:
    publish(published.settings)
    published.build()
    assert warehouse("publish").stdout.startswith("nothing new to publish")


def test_the_hold_is_told_until_publishing_is_resumed(
    published: Star, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "get_settings", lambda: published.settings)
    (published.settings.state / "run").mkdir()
    publish(published.settings)
    warehouse("rollback", "--yes", "--reason", "wrong prices", "--by", "Lan")
    for command in ("status", "releases"):
        said = warehouse(command).stdout
        assert "publishing is on hold since 20" in said
        assert "UTC by Lan (wrong prices); `warehouse publish --resume` ends it" in said
    assert answer("status")["hold"]["held_by"] == "Lan"
    holds = {one["status"]: one["hold"] for one in answer("releases")}
    assert holds["current"]["reason"] == "wrong prices"
    assert holds["rolled_back"] is None
    published.build()
    assert "the hold on publishing is lifted" in warehouse("publish", "--resume").stdout
    assert answer("status")["hold"] is None


def test_a_roll_back_asks_a_person_first(published: Star, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_is_person_there", lambda: True)
    publish(published.settings)
    result = CliRunner().invoke(app, ["rollback"], input="n\n")
    assert result.exit_code == 1
    assert answer("releases")[0]["status"] == "current"


def test_a_roll_back_by_a_program_is_not_asked(published: Star) -> None:
    publish(published.settings)
    assert "was rolled back" in warehouse("rollback").stdout
