"""Publishing: what arrives in `marts`, and what the record of the release says."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from release_star import TABLES, Star, column, model

from health_warehouse.database.connections import dispose_engines
from health_warehouse.errors import PublishConflict, ReleaseHeld
from health_warehouse.release.publish import plan, publish
from health_warehouse.release.releases import entries
from health_warehouse.release.rollback import rollback


@pytest.fixture
def published(star: Star) -> Star:
    publish(star.settings, star.build(is_full=True))
    return star


CLOSED = {f"closed.{table}" for table in TABLES}


def opened(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Of the marts; in this star no row is closed."""
    assert not any(count for mart, count in counts.items() if mart in CLOSED and count != (0, 0))
    return {mart: count for mart, count in counts.items() if mart not in CLOSED}


def test_first_publication_shows_the_whole_candidate(star: Star) -> None:
    build_id = star.build(is_full=True)
    release = publish(star.settings, build_id)
    assert star.content("marts") == star.content("candidate")
    assert release.build_id == build_id
    assert release.status == "current"
    assert opened(release.rows_inserted) == {
        "dim_goods": 10,
        "dim_shops": 4,
        "fct_visits": 40,
        "fct_lines": 120,
    }


def test_incremental_publication_writes_only_what_differs(published: Star) -> None:
    star = published
    star.change_visits([1, 2], stamp=1)
    star.remove_visits([3])
    star.add_visits([41], stamp=1)
    star.touch([5])  # recomputed with the same content
    star.build()
    planned = {one.mart: (one.rows_to_delete, one.rows_to_insert) for one in plan(star.settings)}
    release = publish(star.settings)
    assert star.content("marts") == star.content("candidate")
    assert opened(planned) == {
        "dim_goods": (0, 0),
        "dim_shops": (0, 0),
        "fct_visits": (3, 3),
        "fct_lines": (9, 9),
    }
    assert release.rows_deleted == {mart: old for mart, (old, _) in planned.items()}
    assert release.rows_inserted == {mart: new for mart, (_, new) in planned.items()}


def test_a_row_that_changes_is_written_over_and_enters_no_index(published: Star) -> None:
    star = published
    star.change_visits([1, 2], stamp=1)
    star.add_visits([41], stamp=1)
    star.build()
    publish(star.settings)
    dispose_engines()  # a session reports what it wrote when it ends

    def updated() -> dict[str, tuple[int, int]]:
        rows = star.rows(
            "select relname, n_tup_upd, n_tup_hot_upd from pg_stat_user_tables"
            " where schemaname = 'marts' and n_tup_upd > 0"
        )
        return {row[0]: (row[1], row[2]) for row in rows if row[0].startswith("fct")}

    deadline = time.monotonic() + 10
    while len(found := updated()) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found == {"fct_visits": (2, 2), "fct_lines": (6, 6)}


def test_a_mart_of_keys_alone_is_published(published: Star) -> None:
    """Such rows come and go; there is nothing in them to change."""
    star = published
    star.manifest["nodes"]["model.star.dim_days"] = model(
        "dim_days", [column("day_key", "date")], ["day_key"]
    )
    star.write_manifest()
    star.run(
        "create table candidate.dim_days (day_key date primary key, audience text default 'open')"
    )
    star.run("insert into candidate.dim_days values ('2026-01-01'), ('2026-01-02')")
    star.build()
    publish(star.settings)
    star.run("update candidate.dim_days set day_key = '2026-01-03' where day_key = '2026-01-01'")
    star.build()
    release = publish(star.settings)
    assert (release.rows_deleted["dim_days"], release.rows_inserted["dim_days"]) == (1, 1)
    assert star.content("marts") == star.content("candidate")
    rollback(star.settings, "wrong", "Lan")
    days = star.rows("select day_key::text from marts.dim_days order by 1", "bi_reader")
    assert [row[0] for row in days] == ["2026-01-01", "2026-01-02"]


def test_rows_move_between_the_stores_in_one_publication(published: Star) -> None:
    """Never in both, never in neither; a roll-back moves them back."""
    star = published
    before = stores(star)
    for audience, moved in (("hiv", {1, 2}), ("open", {2})):
        star.start_stretch()
        star.touch(sorted(moved))
        for table in ("fct_visits", "fct_lines"):
            star.run(
                f"update candidate.{table} set audience = :audience where visit_key = any(:keys)",
                audience=audience,
                keys=sorted(moved),
            )
        star.build()
        publish(star.settings)
        opened_now, closed_now = stores(star)
        assert opened_now & closed_now == set()
        assert opened_now | closed_now == before[0]
    assert closed_now == {1}
    rollback(star.settings, "wrong", "Lan")
    assert stores(star) == (before[0] - {1, 2}, {1, 2})


def stores(star: Star) -> tuple[set[int], set[int]]:
    """Visits in marts, and in the closed store; their lines are where they are."""
    found = []
    for schema in ("marts", "closed"):
        visits, lines = (
            {row[0] for row in star.rows(f"select visit_key from {schema}.{table}", "publisher")}
            for table in ("fct_visits", "fct_lines")
        )
        assert visits == lines
        found.append(visits)
    return found[0], found[1]


def test_a_null_that_becomes_a_value_and_back_is_a_difference(published: Star) -> None:
    star = published
    for value in ("null", "7"):
        star.start_stretch()
        star.touch([4])
        star.run(f"update candidate.fct_visits set amount_vnd = {value} where visit_key = 4")
        star.build()
        assert publish(star.settings).rows_inserted["fct_visits"] == 1
        assert star.content("marts") == star.content("candidate")


def test_dimension_rows_come_and_go_with_their_facts(published: Star) -> None:
    star = published
    star.run("insert into candidate.dim_goods values (10, 'new', 1)")
    star.run("insert into intermediate.affected_goods values (10)")
    star.add_visits([41], stamp=1, good=10)
    star.build()
    publish(star.settings)
    assert star.content("marts") == star.content("candidate")
    star.start_stretch()
    star.remove_visits([41])
    star.run("delete from candidate.dim_goods where good_key = 10")
    star.run("insert into intermediate.affected_goods values (10)")
    star.build()
    publish(star.settings)
    assert star.content("marts") == star.content("candidate")


def test_full_build_publishes_a_difference_that_no_scope_names(published: Star) -> None:
    star = published
    star.run("update candidate.fct_visits set stamp = 9 where visit_key = 17")
    star.build(is_full=True)
    release = publish(star.settings)
    assert release.rows_inserted["fct_visits"] == 1
    assert star.content("marts") == star.content("candidate")


def test_a_rebuild_that_changes_nothing_publishes_nothing(published: Star) -> None:
    star = published
    first = entries(star.settings)[0]
    star.touch(range(1, 41))
    build_id = star.build()
    release = publish(star.settings, build_id)
    assert release.release_id == first["release_id"]
    assert [one["release_id"] for one in entries(star.settings)] == [first["release_id"]]
    # the changes are settled all the same: nobody has to build them again
    assert release.to_change_id > first["to_change_id"]
    assert (
        star.value("select status from ops.builds where build_id = :b", b=build_id) == "published"
    )
    star.start_stretch()
    star.change_visits([2], stamp=1)
    star.build()
    assert publish(star.settings).base_release_id == first["release_id"]


def test_two_held_builds_then_a_good_one_bring_the_changes_of_all_three(published: Star) -> None:
    star = published
    before = star.content("marts")
    for visit in (1, 2):
        star.change_visits([visit], stamp=visit)
        star.judge(star.build(status="held"), M01="failed:hold_release")
        with pytest.raises(ReleaseHeld, match="M01"):
            publish(star.settings)
        assert star.content("marts") == before
    star.change_visits([3], stamp=3)
    star.build()
    release = publish(star.settings)
    assert release.rows_inserted["fct_visits"] == 3
    assert star.content("marts") == star.content("candidate")
    assert {row.stamp for row in star.rows("select stamp from marts.fct_visits", "publisher")} == {
        0,
        1,
        2,
        3,
    }


def test_publishing_the_same_build_twice_has_one_effect(published: Star) -> None:
    star = published
    star.change_visits([1], stamp=1)
    build_id = star.build()
    assert publish(star.settings, build_id) == publish(star.settings, build_id)
    assert len(entries(star.settings)) == 2


def test_two_publishers_at_once_have_one_effect(published: Star) -> None:
    star = published
    star.change_visits(range(1, 31), stamp=1)
    build_id = star.build()
    start = threading.Barrier(4)

    def publish_together() -> int:
        start.wait()
        return publish(star.settings, build_id).release_id

    with ThreadPoolExecutor(4) as pool:
        found = {job.result() for job in [pool.submit(publish_together) for _ in range(4)]}
    assert len(found) == 1
    assert len(entries(star.settings)) == 2
    assert star.content("marts") == star.content("candidate")


def test_a_build_on_an_older_release_is_refused(published: Star) -> None:
    star = published
    late = star.build()
    star.run("update ops.builds set base_release_id = null where build_id = :b", b=late)
    before = star.content("marts")
    with pytest.raises(PublishConflict, match="build again"):
        publish(star.settings, late)
    assert star.content("marts") == before


def test_a_build_that_a_later_one_overwrote_is_refused(published: Star) -> None:
    star = published
    star.change_visits([1], stamp=1)
    passed = star.build()
    star.build(status="building")
    with pytest.raises(PublishConflict, match="overwritten"):
        publish(star.settings, passed)
    with pytest.raises(ReleaseHeld, match="building"):
        publish(star.settings)


def test_the_row_that_readers_see_names_the_release(published: Star) -> None:
    star = published
    star.change_visits([1], stamp=1)
    star.build()
    release = publish(star.settings)
    shown = star.rows("select release_id, published_at from marts.current_release", "bi_reader")
    assert [tuple(row) for row in shown] == [(release.release_id, release.published_at)]
