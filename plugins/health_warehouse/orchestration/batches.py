"""Files to batches: the unit that one task loads and checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

# Importing Great Expectations costs a task ~9 s, so a batch should be worth it; it stays small
# enough that a retry repeats minutes, not hours, and that the list passed between tasks is small.
MAX_FILES = 200
MAX_BYTES = 256 * 1024**2
MAX_BATCHES = 10  # of one run; the next run, a minute later, takes the rest


def group(
    items: Iterable[Item],
    size: Callable[[Item], int],
    *,
    max_files: int = MAX_FILES,
    max_bytes: int = MAX_BYTES,
) -> list[list[Item]]:
    """Cut `items`, in their order, into batches of at most `max_files` and `max_bytes`.

    A file larger than `max_bytes` is a batch of its own.
    """
    batches: list[list[Item]] = []
    room = 0
    for item in items:
        if not batches or len(batches[-1]) == max_files or size(item) > room:
            batches.append([])
            room = max_bytes
        batches[-1].append(item)
        room -= size(item)
    return batches


def first(batches: Iterable[list[Item]], count: int = MAX_BATCHES) -> list[list[Item]]:
    """The batches of this run."""
    return list(islice(batches, count))


def title(number: int, count: int, files: int, byte_count: int) -> str:
    """What the Airflow UI calls a batch: `batch 1 of 3: 200 files, 12.5 MB`. No name of a file."""
    noun = "file" if files == 1 else "files"
    return f"batch {number} of {count}: {files} {noun}, {byte_count / 1024**2:.1f} MB"
