from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from health_warehouse.orchestration import batches

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
    assert groups == [[1], [99], [1, 1]]


def test_a_run_takes_a_bounded_number_of_batches() -> None:
    assert len(batches.first([[n] for n in range(50)])) == batches.MAX_BATCHES


def test_the_title_tells_size_and_no_name() -> None:
    assert batches.title(1, 3, 200, 13107200) == "batch 1 of 3: 200 files, 12.5 MB"
    assert batches.title(3, 3, 1, 0) == "batch 3 of 3: 1 file, 0.0 MB"
