"""Publishing: what arrives, what is refused, what is left as it was."""

from __future__ import annotations

from release_star import Star

from health_warehouse.release.publish import plan, publish


def test_first_publication_shows_the_whole_candidate(star: Star) -> None:
    build_id = star.build(is_full=True)
    release = publish(star.settings, build_id)
    assert star.content("marts") == star.content("candidate")
    assert release.build_id == build_id
    assert release.rows_inserted == {
        "dim_goods": 10,
        "dim_shops": 4,
        "fct_visits": 40,
        "fct_lines": 120,
    }


def test_incremental_publication_writes_only_what_differs(star: Star) -> None:
    publish(star.settings, star.build(is_full=True))
    star.change_visits([1, 2], stamp=1)
    star.remove_visits([3])
    star.add_visits([41], stamp=1)
    star.touch([5])
    star.build()
    planned = {one.mart: (one.rows_to_delete, one.rows_to_insert) for one in plan(star.settings)}
    release = publish(star.settings)
    assert star.content("marts") == star.content("candidate")
    assert planned["fct_visits"] == (3, 3)
    assert planned["fct_lines"] == (9, 9)
    assert release.rows_deleted == {"dim_goods": 0, "dim_shops": 0, "fct_visits": 3, "fct_lines": 9}
