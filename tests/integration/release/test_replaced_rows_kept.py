"""What releases replaced goes after a while, and what a roll-back needs stays."""

from __future__ import annotations

import pytest
from release_star import TABLES, Star

from health_warehouse.errors import ConfigurationError
from health_warehouse.maintenance.names import StepName
from health_warehouse.maintenance.record import StepResult
from health_warehouse.maintenance.run import maintain
from health_warehouse.release.publish import publish
from health_warehouse.release.releases import entries
from health_warehouse.release.restatement import restatement
from health_warehouse.release.rollback import rollback


@pytest.fixture
def star_of_four_releases(star: Star) -> Star:
    """The first, two changes of five and one of three days ago, and one of now."""
    publish(star.settings, star.build(is_full=True))
    for stamp in (1, 2, 3):
        _publish_change(star, stamp)
    star.run(
        "update ops.releases set published_at = published_at"
        " - make_interval(days => 6 - cast(release_id as integer)) where status <> 'current'",
        "publisher",
    )
    return star


def _publish_change(star: Star, stamp: int) -> None:
    star.start_stretch()
    star.change_visits([stamp], stamp)
    star.build()
    publish(star.settings)


def _remove(star: Star, days: int, dry_run: bool = False) -> StepResult:
    bound = star.settings.model_copy(update={"keep_replaced_days": days})
    name = StepName.REMOVE_REPLACED_ROWS
    return maintain(bound, lambda _: None, dry_run, only=name).steps[0]


def _kept(star: Star) -> dict[int, int]:
    """Rows of `ops.replaced_…` by release."""
    counts: dict[int, int] = {}
    for mart in TABLES:
        for release_id, count in star.rows(
            f"select release_id, count(*) from ops.replaced_{mart} group by 1", "publisher"
        ):
            counts[release_id] = counts.get(release_id, 0) + count
    return counts


def test_replaced_rows_of_old_releases_go_and_those_of_the_current_stay(
    star_of_four_releases: Star,
) -> None:
    star = star_of_four_releases
    before = _kept(star)
    assert set(before) == {2, 3, 4}
    told = _remove(star, days=1, dry_run=True).removed.count
    assert _kept(star) == before
    assert _remove(star, days=1).removed.count == told == before[2] + before[3]
    assert _kept(star) == {4: before[4]}
    states = {one["release_id"]: one["replaced_rows"] for one in entries(star.settings)}
    assert states == {1: "removed", 2: "removed", 3: "removed", 4: "kept"}
    assert _remove(star, days=1).removed.count == 0


def test_one_step_back_works_and_the_next_is_refused_in_words(
    star_of_four_releases: Star,
) -> None:
    star = star_of_four_releases
    _remove(star, days=1)
    before = star.content("marts")
    assert rollback(star.settings, "wrong", "Lan").release_id == 3
    back = star.content("marts")
    assert back != before
    with pytest.raises(ConfigurationError, match="WAREHOUSE_KEEP_REPLACED_DAYS"):
        rollback(star.settings, "wrong too", "Lan")
    assert star.content("marts") == back


def test_releases_are_compared_as_far_as_rows_are_kept(star_of_four_releases: Star) -> None:
    star = star_of_four_releases
    wanted = restatement(star.settings, 3, 4)
    _remove(star, days=1)
    assert restatement(star.settings, 3, 4) == wanted
    with pytest.raises(ConfigurationError, match="compare newer releases"):
        restatement(star.settings, 2, 4)


def test_what_a_release_that_was_rolled_back_replaced_goes_at_once(
    star_of_four_releases: Star,
) -> None:
    star = star_of_four_releases
    rollback(star.settings, "wrong", "Lan")
    _remove(star, days=400)
    assert set(_kept(star)) == {2, 3}


def test_a_run_that_was_killed_is_taken_up(
    star_of_four_releases: Star, monkeypatch: pytest.MonkeyPatch
) -> None:
    star = star_of_four_releases
    with monkeypatch.context() as patch:
        patch.setattr("health_warehouse.maintenance.replaced_rows._delete", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            _remove(star, days=1)
    with pytest.raises(ConfigurationError, match="compare newer releases"):
        restatement(star.settings, 2, 4)
    _remove(star, days=1)
    assert set(_kept(star)) == {4}
