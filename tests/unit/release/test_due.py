from __future__ import annotations

from dataclasses import replace

import pytest

from health_warehouse.release.due import LastBuild, Situation, decide

HOLD = "publishing is on hold since 2026-01-01 08:00 UTC by an: wrong prices"


def _situation(
    status: str | None = "published",
    *,
    pending: int = 3,
    covered: int = 10,
    last: int = 10,
    hold: str | None = None,
) -> Situation:
    build = LastBuild(7, status, covered, "M03 failed") if status else None
    return Situation(pending_changes=pending, last_change_id=last, last_build=build, hold=hold)


def test_nothing_changed_is_no_work() -> None:
    decision = decide(_situation(pending=0), full=False, by_person=True)
    assert not decision.is_due
    assert "neither a dossier nor the project changed" in decision.reason


def test_first_changes_are_built() -> None:
    assert decide(_situation(None), full=False, by_person=False).is_due


def test_changes_after_the_last_build_are_built_whatever_became_of_it() -> None:
    for status in ("published", "held", "failed", "building", "passed", "superseded"):
        assert decide(_situation(status, covered=9), full=False, by_person=False).is_due


@pytest.mark.parametrize("status", ["building", "built", "failed"])
def test_a_build_that_a_crash_left_is_taken_up_by_the_clock(status: str) -> None:
    assert decide(_situation(status), full=False, by_person=False).is_due


def test_the_clock_does_not_overtake_who_builds_from_a_terminal() -> None:
    at_work = replace(_situation("building"), is_at_work=True)
    decision = decide(at_work, full=False, by_person=False)
    assert not decision.is_due
    assert "terminal" in decision.reason
    assert decide(at_work, full=False, by_person=True).is_due


def test_a_held_build_waits_for_a_delivery_or_a_person() -> None:
    by_clock = decide(_situation("held"), full=False, by_person=False)
    assert not by_clock.is_due
    assert "M03 failed" in by_clock.reason
    assert decide(_situation("held"), full=False, by_person=True).is_due


def test_the_build_of_a_dry_run_is_published_by_a_person_and_not_by_the_clock() -> None:
    tried = LastBuild(7, "passed", 10, None, is_dry_run=True)
    nothing_new = replace(_situation(pending=0), last_build=tried)
    by_clock = decide(nothing_new, full=False, by_person=False)
    assert not by_clock.is_due
    assert "warehouse publish" in by_clock.reason
    assert decide(nothing_new, full=False, by_person=True).is_due
    assert decide(replace(nothing_new, pending_changes=1), full=False, by_person=False).is_due


def test_while_on_hold_a_build_that_is_ready_is_not_built_again() -> None:
    decision = decide(_situation("passed", hold=HOLD), full=False, by_person=True)
    assert not decision.is_due
    assert "warehouse publish --resume" in decision.reason
    assert decide(_situation("passed"), full=False, by_person=False).is_due


@pytest.mark.parametrize("status", ["building", "built", "passed", "failed", "superseded"])
def test_a_rebuild_that_was_not_published_is_taken_up_without_a_change(status: str) -> None:
    decision = decide(_situation(status, pending=0), full=False, by_person=False)
    assert decision.is_due
    assert status in decision.reason


def test_a_held_rebuild_waits_for_a_person() -> None:
    assert not decide(_situation("held", pending=0), full=False, by_person=False).is_due
    assert decide(_situation("held", pending=0), full=False, by_person=True).is_due


def test_a_full_rebuild_needs_no_change() -> None:
    assert decide(_situation(pending=0), full=True, by_person=False).is_due


CHANGED = ("dbt_project/models/marts/core/dim_dates.sql",)


@pytest.mark.parametrize("status", ["published", "held", "failed", "passed"])
def test_another_project_is_built_and_its_change_is_named(status: str) -> None:
    now = replace(_situation(status, pending=0, hold=None), changed=CHANGED)
    decision = decide(now, full=False, by_person=False)
    assert decision.is_due
    assert CHANGED[0] in decision.reason


def test_before_the_first_delivery_the_project_is_no_work() -> None:
    assert not decide(_situation(None, pending=0), full=False, by_person=False).is_due


def test_a_large_full_build_waits_for_its_hours_unless_a_person_asks() -> None:
    now = replace(_situation(pending=0), changed=CHANGED, waits_for="waits for the hours 22-5")
    waiting = decide(now, full=False, by_person=False)
    assert not waiting.is_due
    assert CHANGED[0] in waiting.reason
    assert "22-5" in waiting.reason
    assert decide(now, full=False, by_person=True).is_due
    assert decide(now, full=True, by_person=True).is_due


def test_hours_say_nothing_when_nothing_is_due() -> None:
    now = replace(_situation(pending=0), waits_for="waits for the hours 22-5")
    assert "22-5" not in decide(now, full=False, by_person=False).reason
