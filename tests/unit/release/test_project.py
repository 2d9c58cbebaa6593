from __future__ import annotations

from health_warehouse.release.project import Project, differences, in_short


def test_what_is_new_changed_or_gone_is_named() -> None:
    before = {"a.sql": "1", "b.sql": "1", "c.sql": "1"}
    after = {"a.sql": "1", "b.sql": "2", "d.sql": "1"}
    assert differences(before, after) == ["b.sql", "c.sql (gone)", "d.sql"]
    assert differences(before, before) == []


def test_a_long_list_is_cut_and_counted() -> None:
    assert in_short(list("abcde")) == "a, b, c, d, e"
    assert in_short(list("abcdefg")) == "a, b, c, d, e and 2 more"


def test_the_hash_does_not_depend_on_the_order_of_files() -> None:
    one, other = Project({"a": "1", "b": "2"}), Project({"b": "2", "a": "1"})
    assert one.hash == other.hash
    assert one.hash != Project({"a": "2", "b": "1"}).hash
