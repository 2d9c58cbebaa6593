from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.landing import batches
from health_warehouse.landing.delivery import Delivery
from health_warehouse.landing.inbox import Listing

NOON = datetime(2026, 8, 3, 5, tzinfo=UTC)

sizes = st.lists(st.integers(min_value=0, max_value=500), max_size=60)


@given(sizes, st.integers(1, 10), st.integers(1, 400))
def test_every_file_is_in_one_batch_in_order(items: list[int], files: int, size: int) -> None:
    groups = batches.group(items, lambda item: item, max_files=files, max_bytes=size)
    assert [item for group in groups for item in group] == items


@given(sizes, st.integers(1, 10), st.integers(1, 400))
def test_a_batch_is_within_both_limits_unless_it_is_one_file(
    items: list[int], files: int, size: int
) -> None:
    for group in batches.group(items, lambda item: item, max_files=files, max_bytes=size):
        assert group
        assert len(group) <= files
        assert sum(group) <= size or len(group) == 1


def test_a_file_larger_than_a_batch_travels_alone() -> None:
    groups = batches.group([1, 99, 1, 1], lambda item: item, max_files=9, max_bytes=10)
    assert list(groups) == [[1], [99], [1, 1]]


def test_a_run_takes_a_bounded_number_of_batches() -> None:
    large = batches.MAX_BYTES + 1
    files = [Delivery("u", "n", large, NOON, None, "p") for _ in range(50)]
    groups, planned = batches.plan(batches.Arrivals(Listing(files, []), 0))
    assert len(groups) == len(planned) == batches.MAX_BATCHES


def test_what_is_only_to_be_judged_or_told_is_an_empty_batch() -> None:
    assert batches.plan(batches.Arrivals(Listing([], []), 0)) == ([], [])
    groups, _ = batches.plan(batches.Arrivals(Listing([], []), 1))
    assert groups == [[]]
    groups, (batch,) = batches.plan(batches.Arrivals(Listing([], [], ["damaged"]), 0))
    assert (groups, batch.unreadable) == ([[]], ["damaged"])


def test_the_title_tells_size_and_no_name() -> None:
    assert batches.title(1, 3, 200, 13107200) == "batch 1 of 3: 200 files, 12.5 MB"
    assert batches.title(3, 3, 1, 0) == "batch 3 of 3: 1 file, 0.0 MB"
