"""Lists of any length are read in bounded memory: at most 400 MB, the interpreter included."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from lists import HEADS, person

BAR_MB = 400
_TESTS = Path(__file__).parents[3]
_READ = Path(__file__).with_name("measured_read.py")


def write_workbook(path: Path, rows: int, width: int) -> None:
    """Every text in it is another one, so that shared texts are many."""
    with Workbook(path, {"constant_memory": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [*HEADS, *(f"Cột {at}" for at in range(width - len(HEADS)))])
        for row in range(1, rows + 1):
            sheet.write_row(row, 0, person(1, citizen=f"{row:012}", name=f"Nguyễn Văn {row}"))
            for at in range(len(HEADS), width):
                sheet.write_string(row, at, f"mã {row % 1000}")


def write_text(path: Path, byte_count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(_lines(byte_count))


def _lines(byte_count: int) -> Iterator[str]:
    yield ";".join(HEADS) + "\n"
    written, row = 0, 0
    while written < byte_count:
        row += 1
        line = f"96001;{row:012};Nguyễn Văn {row};05/03/1980;10;58,5;{'BS' * 40}\n"
        written += len(line.encode())
        yield line


def measured(path: Path) -> tuple[int, int]:
    """Rows, and MB."""
    places = os.pathsep.join([str(_TESTS), str(_TESTS.parent / "plugins"), str(_TESTS.parent)])
    done = subprocess.run(
        [sys.executable, str(_READ), str(path)],
        env=os.environ | {"PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=True,
    )
    rows, megabytes = map(int, done.stdout.split())
    return rows, megabytes


def test_memory_does_not_grow_with_a_list(tmp_path: Path) -> None:
    write_workbook(tmp_path / "small.xlsx", 200, 10)
    write_workbook(tmp_path / "large.xlsx", 8_000, 10)
    write_text(tmp_path / "large.csv", 12 * 1024**2)
    _, base = measured(tmp_path / "small.xlsx")
    rows, workbook = measured(tmp_path / "large.xlsx")
    assert rows == 8_000
    assert workbook <= base + 40
    assert measured(tmp_path / "large.csv")[1] <= base + 40


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_hundred_thousand_rows_of_a_workbook(tmp_path: Path) -> None:
    write_workbook(tmp_path / "list.xlsx", 100_000, 30)
    rows, megabytes = measured(tmp_path / "list.xlsx")
    assert rows == 100_000
    assert megabytes <= BAR_MB


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_text_of_500_megabytes(tmp_path: Path) -> None:
    write_text(tmp_path / "list.csv", 500 * 1024**2)
    assert measured(tmp_path / "list.csv")[1] <= BAR_MB
