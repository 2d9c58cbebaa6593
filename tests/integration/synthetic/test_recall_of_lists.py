"""The product against labels of lists: each defect found, nothing else told."""

from __future__ import annotations

import pytest

from benchmarks.recall_of_lists import Recall, compare, measure, small_province
from health_warehouse.settings import Settings
from health_warehouse.synthetic.injected import Label


@pytest.fixture(scope="module")
def result(module_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Recall:
    """A fifth of the rows, as far as there are kinds of defects for them."""
    found = Recall()
    folder = tmp_path_factory.mktemp("province")
    measure(module_settings, folder, small_province(seed=7, rate=0.2), found)
    return found


def test_defects_of_lists_are_found(result: Recall) -> None:
    assert result.labels.total() > 300
    assert result.misses == []
    assert result.otherwise.total() == 0


def test_nothing_is_told_of_what_is_right(result: Recall) -> None:
    assert result.false_alarms.total() == 0, result.examples


def test_a_miss_and_a_false_alarm_are_counted() -> None:
    label = Label("a.csv", "96001", "", "3", "posts", "4", "f", "", "k", "posts.type", "W")
    finding = {
        "file": "a.csv", "position": 8, "table": "posts", "rule": "posts.type",
        "severity": "flag_line", "reason": "not a number",
    }  # fmt: skip
    result = Recall(lists=1)
    compare([label], [finding], result)
    assert (result.recall, result.alarm_rate) == (0, 1)
    assert not result.is_good
    compare([label], [{**finding, "position": 3}], result)
    assert (result.recall, result.alarm_rate) == (0.5, 1)
