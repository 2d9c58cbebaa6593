"""Whatever was published, corrected, taken back and published again: readers see what they should.

Random lives of a star, from fixed seeds. What each release must hold is noted when it is published,
so that a roll-back and the difference between two releases can be held against it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import pytest
from release_star import LINES_PER_VISIT, Star

from health_warehouse.release.publish import publish
from health_warehouse.release.releases import Release
from health_warehouse.release.restatement import restatement
from health_warehouse.release.rollback import rollback

STEPS = 14
_TABLES = ("fct_visits", "fct_lines", "dim_goods", "dim_shops")
Rows = dict[str, dict[str, str]]
"""Of each table the content of its rows by their key."""


@dataclass
class Life:
    star: Star
    random: Random
    held: dict[int, Rows] = field(default_factory=dict)
    """What readers saw of each release."""
    line: list[int] = field(default_factory=list)
    """The releases that led to the current one."""
    stamp: int = 0
    next_visit: int = 41

    def read(self) -> Rows:
        found: Rows = {}
        for table in _TABLES:
            key = self.star.manifest["nodes"][f"model.star.{table}"]["constraints"][0]["columns"]
            rows = self.star.rows(
                f"select concat_ws(',', {', '.join(key)}), t::text from marts.{table} as t",
                "publisher",
            )
            found[table] = {row[0]: row[1] for row in rows}
        return found

    def correct(self) -> None:
        """Some visits change, some go, some come, some are only touched."""
        self.stamp += 1
        visits = self.star.rows("select visit_key from candidate.fct_visits order by 1")
        there = [row[0] for row in visits]
        chosen = self.random.sample(there, k=min(len(there), 9))
        self.star.change_visits(chosen[: self.random.randrange(5)], self.stamp)
        self.star.remove_visits(chosen[5 : 5 + self.random.randrange(3)])
        self.star.touch(chosen[8:])
        count = self.random.randrange(3)
        new = range(self.next_visit, self.next_visit + count)
        self.star.add_visits(new, self.stamp, good=self.random.randrange(10))
        self.next_visit += count

    def publish(self, is_full: bool = False, resume: bool = False) -> None:
        build_id = self.star.build(is_full=is_full)
        self.note(publish(self.star.settings, build_id, resume=resume))
        self.star.start_stretch()

    def note(self, release: Release) -> None:
        assert self.star.content("marts") == self.star.content("candidate")
        if release.release_id not in self.held:
            self.line.append(release.release_id)
        self.held[release.release_id] = self.read()

    def roll_back(self) -> None:
        rollback(self.star.settings, "wrong", "pytest")
        self.line.pop()
        assert self.read() == self.held[self.line[-1]]


@pytest.mark.parametrize("seed", range(6))
def test_readers_see_what_was_published_last_and_not_taken_back(star: Star, seed: int) -> None:
    life = Life(star, Random(seed))
    life.publish(is_full=True)
    for _ in range(STEPS):
        life.correct()
        if life.random.random() < 0.8:  # else the changes wait for the next publication
            life.publish(is_full=life.random.random() < 0.3)
        if len(life.line) > 1 and life.random.random() < 0.3:
            life.roll_back()
            life.publish(is_full=True, resume=True)
    assert len(life.line) > STEPS / 3
    assert len(life.held) > len(life.line), "some were taken back"
    older, newer = sorted(life.random.sample(life.line, k=2))
    told = {
        one.mart: (one.rows_added, one.rows_removed, one.rows_changed)
        for one in restatement(star.settings, older, newer)
    }
    for table in _TABLES:
        before, after = life.held[older][table], life.held[newer][table]
        changed = sum(before[key] != after[key] for key in before.keys() & after.keys())
        expected = (len(after.keys() - before.keys()), len(before.keys() - after.keys()), changed)
        assert told[table] == expected, table
    assert told["fct_lines"][2] == told["fct_visits"][2] * LINES_PER_VISIT > 0
