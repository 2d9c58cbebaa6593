"""Going back to the release before, and forward again."""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace

import pytest
from release_star import Star, column

from health_warehouse.errors import ConfigurationError, ReleaseHeld
from health_warehouse.release.publish import publish
from health_warehouse.release.releases import entries
from health_warehouse.release.restatement import Restatement, restatement
from health_warehouse.release.rollback import plan_rollback, rollback

ROLLBACK_LIMIT_SECONDS = 5.0


@pytest.fixture
def published(star: Star) -> Star:
    publish(star.settings, star.build(is_full=True))
    return star


def publish_change(star: Star, stamp: int) -> int:
    """Change, remove and add visits; returns the release."""
    star.start_stretch()
    star.change_visits([stamp, stamp + 1], stamp)
    star.remove_visits([stamp + 20])
    star.add_visits([100 + stamp], stamp)
    star.build()
    return publish(star.settings).release_id


def test_roll_back_restores_row_for_row_and_holds(published: Star) -> None:
    star = published
    first = entries(star.settings)[0]["release_id"]
    before = star.content("marts")
    second = publish_change(star, 1)
    assert star.content("marts") != before
    started = time.monotonic()
    release = rollback(star.settings, "wrong tariff", "Lan")
    assert time.monotonic() - started <= ROLLBACK_LIMIT_SECONDS
    assert star.content("marts") == before
    assert release.release_id == first
    states = {one["release_id"]: one["status"] for one in entries(star.settings)}
    assert states == {second: "rolled_back", first: "current"}
    shown = star.value("select release_id from marts.current_release", "bi_reader")
    assert shown == first
    with pytest.raises(ReleaseHeld, match=r"on hold since .* by Lan \(wrong tariff\)"):
        publish(star.settings)


def test_a_plan_of_a_roll_back_counts_rows_and_writes_nothing(published: Star) -> None:
    star = published
    publish_change(star, 1)
    before = star.content("marts")
    current, previous, reversals = plan_rollback(star.settings)
    assert current.base_release_id == previous.release_id
    assert {one.mart: (one.rows_to_delete, one.rows_to_restore) for one in reversals} == {
        "fct_visits": (3, 3),
        "fct_lines": (9, 9),
    }
    assert star.content("marts") == before


def test_two_steps_back(published: Star) -> None:
    star = published
    contents = [star.content("marts")]
    for stamp in (1, 2):  # visit 2 changes in both
        publish_change(star, stamp)
        contents.append(star.content("marts"))
    rollback(star.settings, "wrong", "Lan")
    assert star.content("marts") == contents[1]
    rollback(star.settings, "wrong too", "Lan")
    assert star.content("marts") == contents[0]
    with pytest.raises(ConfigurationError, match="is the first one"):
        rollback(star.settings, "wrong from the start", "Lan")


def test_nothing_to_roll_back_before_the_first_release(star: Star) -> None:
    star.write_manifest()
    with pytest.raises(ConfigurationError, match="nothing is published yet"):
        rollback(star.settings, "why", "Lan")


def test_resume_publishes_a_build_made_after_the_roll_back(published: Star) -> None:
    star = published
    publish_change(star, 1)
    rolled_back = rollback(star.settings, "wrong", "Lan")
    star.change_visits([1], stamp=5)  # the correction; the stretch still starts at the base
    star.build()
    release = publish(star.settings, resume=True)
    assert release.base_release_id == rolled_back.release_id
    assert star.content("marts") == star.content("candidate")
    star.start_stretch()
    star.change_visits([3], stamp=6)
    star.build()
    publish(star.settings)  # the hold is gone


def test_resume_builds_and_audits_again_when_the_candidate_is_what_was_rolled_back(
    published: Star, monkeypatch: pytest.MonkeyPatch
) -> None:
    star = published
    publish_change(star, 1)
    rollback(star.settings, "wrong", "Lan")
    calls: list[object] = []

    def build(settings: object) -> SimpleNamespace:
        calls.append("build")
        return SimpleNamespace(build_id=star.build())

    monkeypatch.setitem(sys.modules, "health_warehouse.release.build", SimpleNamespace(build=build))
    monkeypatch.setitem(
        sys.modules,
        "health_warehouse.quality.marts",
        SimpleNamespace(audit=lambda _settings, build_id: calls.append(build_id)),
    )
    release = publish(star.settings, resume=True)
    assert calls == ["build", release.build_id]
    assert star.content("marts") == star.content("candidate")


def test_a_refused_resume_leaves_the_hold(published: Star) -> None:
    star = published
    publish_change(star, 1)
    rollback(star.settings, "wrong", "Lan")
    star.judge(star.build(status="held"), M01="failed:hold_release")
    with pytest.raises(ReleaseHeld, match="held by M01"):
        publish(star.settings, resume=True)
    assert star.value("select is_held from ops.publish_hold", "publisher")


def test_roll_back_across_an_added_column(published: Star) -> None:
    star = published
    before = star.rows("select * from marts.fct_visits order by 1, 2", "publisher")
    star.manifest["nodes"]["model.star.fct_visits"]["columns"]["ward"] = column(
        "ward", "text", is_required=False
    )
    star.write_manifest()
    star.run("alter table candidate.fct_visits add column ward text")
    star.run("update candidate.fct_visits set ward = 'A' || visit_key")
    star.build(is_full=True)
    publish(star.settings)
    assert star.content("marts") == star.content("candidate")
    rollback(star.settings, "wrong ward", "Lan")
    after = star.rows("select * from marts.fct_visits order by 1, 2", "publisher")
    assert [tuple(row)[:-1] for row in after] == [tuple(row) for row in before]
    assert {row.ward for row in after} == {None}


def test_a_mart_changed_by_hand_is_not_rolled_back(published: Star) -> None:
    star = published
    publish_change(star, 1)
    star.run("delete from marts.fct_lines where visit_key = 1", "publisher")
    before = star.content("marts")
    with pytest.raises(ReleaseHeld, match="6 rows were deleted where release"):
        rollback(star.settings, "wrong", "Lan")
    assert star.content("marts") == before


def test_restatement_counts_rows_added_removed_and_changed(published: Star) -> None:
    star = published
    first = entries(star.settings)[0]["release_id"]
    second = publish_change(star, 1)  # changes 1, 2; removes 21; adds 101
    third = publish_change(star, 2)  # changes 2, 3; removes 22; adds 102

    def visits(older: int, newer: int) -> Restatement:
        return {one.mart: one for one in restatement(star.settings, older, newer)}["fct_visits"]

    assert visits(first, second) == Restatement("fct_visits", 1, 1, 2)
    assert visits(second, third) == Restatement("fct_visits", 1, 1, 2)
    assert visits(first, third) == Restatement("fct_visits", 2, 2, 3)
    assert visits(first, first) == Restatement("fct_visits", 0, 0, 0)
    with pytest.raises(ConfigurationError, match="not older"):
        visits(third, first)


def test_what_was_changed_and_changed_back_is_no_restatement(published: Star) -> None:
    star = published
    first = entries(star.settings)[0]["release_id"]
    for amount in (99, 1):
        star.start_stretch()
        star.touch([1])
        star.run("update candidate.fct_visits set amount_vnd = :a where visit_key = 1", a=amount)
        star.build()
        last = publish(star.settings).release_id
    found = {one.mart: one for one in restatement(star.settings, first, last)}
    assert found["fct_visits"] == Restatement("fct_visits", 0, 0, 0)


def test_a_rolled_back_release_is_not_in_the_line(published: Star) -> None:
    star = published
    first = entries(star.settings)[0]["release_id"]
    second = publish_change(star, 1)
    rollback(star.settings, "wrong", "Lan")
    with pytest.raises(ConfigurationError, match=f"release {second} is not one that led"):
        restatement(star.settings, first, second)
