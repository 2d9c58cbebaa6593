"""What keeps a release from readers: rules, holds, protection changed by hand."""

from __future__ import annotations

import psycopg
import pytest
from release_star import Star

from health_warehouse.database.connections import dsn
from health_warehouse.errors import ConfigurationError, ReleaseHeld
from health_warehouse.release.candidates import Approval
from health_warehouse.release.publish import plan, publish
from health_warehouse.release.releases import entries


@pytest.fixture
def changed(star: Star) -> Star:
    """One release published, and another one due that only removes rows of facts."""
    publish(star.settings, star.build(is_full=True))
    star.remove_visits([1, 2, 3])
    return star


def assert_nothing_changed(star: Star, content: dict[str, str]) -> None:
    assert star.content("marts") == content
    assert len(entries(star.settings)) == 1


def test_a_held_build_names_its_rules_and_changes_nothing(changed: Star) -> None:
    before = changed.content("marts")
    changed.judge(
        changed.build(status="held"), M01="failed:hold_release", M02="passed:hold_release"
    )
    with pytest.raises(ReleaseHeld, match="held by M01;"):
        publish(changed.settings)
    assert_nothing_changed(changed, before)


def test_an_approval_lets_a_failed_rule_pass_and_is_recorded(changed: Star) -> None:
    changed.judge(
        changed.build(status="held"), M01="failed:hold_release", M03="failed:hold_release"
    )
    approval = Approval("M01", "Lan", "known late file")
    with pytest.raises(ReleaseHeld, match="held by M03;"):
        publish(changed.settings, approvals=[approval])
    both = [approval, Approval("M03", "Lan", "same cause")]
    release = publish(changed.settings, approvals=both)
    assert [one["rule_id"] for one in release.approvals] == ["M01", "M03"]
    assert release.approvals[0] == {"rule_id": "M01", "by": "Lan", "reason": "known late file"}
    assert changed.content("marts") == changed.content("candidate")


def test_a_rule_that_could_not_be_judged_cannot_be_approved(changed: Star) -> None:
    changed.judge(changed.build(status="held"), M01="error:hold_release")
    with pytest.raises(ReleaseHeld, match="held by M01;"):
        publish(changed.settings, approvals=[Approval("M01", "Lan", "no")])


def test_a_warning_is_published_as_a_notice(changed: Star) -> None:
    changed.judge(changed.build(), M01="passed:hold_release", M09="failed:notice")
    release = publish(changed.settings)
    assert [one["rule_id"] for one in release.notices] == ["M09"]
    assert [one["rule_id"] for one in release.checks] == ["M01", "M09"]


@pytest.mark.parametrize("status", ["building", "built", "failed", "superseded"])
def test_only_an_audited_build_is_published(changed: Star, status: str) -> None:
    before = changed.content("marts")
    changed.build(status=status)
    with pytest.raises(ReleaseHeld, match=f"is {status}, not passed"):
        publish(changed.settings)
    assert_nothing_changed(changed, before)


def test_without_a_build_the_message_says_what_to_run(star: Star) -> None:
    with pytest.raises(ConfigurationError, match="warehouse build"):
        publish(star.settings)


def test_planning_writes_nothing(changed: Star) -> None:
    before = changed.content("marts")
    changed.build()
    assert sum(one.rows_to_delete for one in plan(changed.settings)) == 12
    assert_nothing_changed(changed, before)


@pytest.mark.parametrize(
    ("tampering", "message"),
    [
        ("drop policy publisher_all on marts.fct_lines", "no policy lets publisher"),
        ("alter policy publisher_all on marts.fct_lines using (stamp > 0)", "no policy lets"),
        (
            "create policy cut on marts.fct_lines as restrictive to public using (stamp > 0)",
            "policy cut hides rows",
        ),
        ("alter table marts.fct_lines no force row level security", "enabled and forced"),
        ("alter table marts.fct_lines disable row level security", "enabled and forced"),
        ("drop policy bi_reader_select on marts.fct_lines", "no policy for bi_reader"),
        ("revoke select on marts.fct_lines from bi_reader", "no grant to select"),
        ("revoke select on marts.current_release from bi_reader", "no grant to select"),
    ],
)
def test_protection_changed_by_hand_stops_a_publication(
    changed: Star, tampering: str, message: str
) -> None:
    """A publisher shut out by a policy deletes 0 rows without an error: the release that is due
    only deletes, so nothing but the check could tell."""
    before = changed.content("candidate")
    changed.build()
    with psycopg.connect(dsn(changed.settings, "publisher")) as connection:
        connection.execute(tampering)
    with pytest.raises(ConfigurationError, match=message):
        publish(changed.settings)
    assert len(entries(changed.settings)) == 1
    assert changed.content("candidate") == before


@pytest.mark.parametrize(
    ("action", "visit", "message"),
    [
        ("delete", 2, "fct_lines: 12 rows were deleted or changed where 15 were planned"),
        ("update", 5, "fct_lines: 12 rows were deleted or changed where 15 were planned"),
        ("insert", 41, "fct_lines: 6 rows were inserted or changed where 9 were planned"),
    ],
)
def test_fewer_rows_than_planned_undo_the_publication(
    changed: Star, action: str, visit: int, message: str
) -> None:
    changed.change_visits([4, 5], stamp=1)
    changed.add_visits([41], stamp=1)
    before = changed.content("marts")
    changed.build()
    row = "new" if action == "insert" else "old"
    with psycopg.connect(dsn(changed.settings, "publisher")) as connection:
        connection.execute(
            "create function marts.keep() returns trigger language plpgsql as"
            " 'begin return null; end';"
            f"create trigger keep before {action} on marts.fct_lines for each row"
            f" when ({row}.visit_key = {visit}) execute function marts.keep()"
        )
    with pytest.raises(ReleaseHeld, match=message):
        publish(changed.settings)
    assert_nothing_changed(changed, before)


def test_a_broken_foreign_key_is_told_without_values_and_changes_nothing(changed: Star) -> None:
    before = changed.content("marts")
    changed.add_visits([77], stamp=1, shop=0, good=999)
    changed.build()
    with pytest.raises(ReleaseHeld, match="fct_lines_good_key_fkey") as caught:
        publish(changed.settings)
    assert "999" not in str(caught.value)
    assert_nothing_changed(changed, before)
