"""Another version of the project against this one, part by part, in interleaved pairs.

    python -m benchmarks.pairs CHECKOUT [--parts load,checks,…] [--pairs 5] [--lines 100000]

CHECKOUT is a folder with the other version, in which `make dev` has run; the measure itself
(`benchmarks/parts.py`) is copied there when that version has none. The files that are loaded are
the same for both, written by this version. Medians of processor time are compared: a busy machine
slows both of a pair.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.history import LINES
from benchmarks.parts import PARTS, write_files

BAR = 1.1
Costs = dict[str, float]
_HERE = Path(__file__).parents[1]


def pairs(
    checkouts: tuple[Path, Path], parts: list[str], count: int, arguments: list[str]
) -> Iterator[tuple[Costs, Costs]]:
    """Processor seconds of the parts in (the other version, this one), as often as `count`."""
    for number in range(count):
        order = checkouts if number % 2 == 0 else checkouts[::-1]
        costs = {checkout: _measured(checkout, parts, arguments) for checkout in order}
        yield costs[checkouts[0]], costs[checkouts[1]]


def _measured(checkout: Path, parts: list[str], arguments: list[str]) -> Costs:
    """Raises CalledProcessError when that version cannot run the parts."""
    python = checkout / ".warehouse" / "venv" / "bin" / "python"
    command = [str(python), "-m", "benchmarks.parts", *parts, "--json", *arguments]
    done = subprocess.run(command, cwd=checkout, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return {part: float(cost["processor"]) for part, cost in found.items()}


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m benchmarks.pairs", description=__doc__)
    parser.add_argument("checkout", type=Path, help="folder of the other version")
    parser.add_argument("--parts", default=",".join(PARTS), help="which, by comma")
    parser.add_argument("--pairs", type=int, default=5, help="runs of each version")
    parser.add_argument("--lines", type=int, default=100_000, help="claim lines")
    given = parser.parse_args(arguments)
    checkouts = (given.checkout.resolve(), _HERE)
    theirs = checkouts[0] / "benchmarks" / "parts.py"
    if not theirs.exists():
        shutil.copy(_HERE / "benchmarks" / "parts.py", theirs)
    parts = given.parts.split(",")
    found: list[tuple[Costs, Costs]] = []
    with tempfile.TemporaryDirectory(prefix="warehouse-bench-") as name:
        write_files(Path(name), given.lines // (2 * LINES))
        asked = ["--lines", str(given.lines), "--files", name]
        for before, now in pairs(checkouts, parts, given.pairs, asked):
            found.append((before, now))
            told = ", ".join(f"{part} {before[part]:.2f} {now[part]:.2f}" for part in parts)
            print(f"pair {len(found)} of {given.pairs}: {told}", file=sys.stderr, flush=True)
    table = Table("part", "before", "now", "now / before", "each pair", title="Processor seconds")
    for part in parts:
        before_all, now_all = ([costs[part] for costs in side] for side in zip(*found, strict=True))
        ratios = [now / before for before, now in zip(before_all, now_all, strict=True)]
        each = " ".join(f"{ratio:.2f}" for ratio in ratios)
        before_s, now_s = median(before_all), median(now_all)
        table.add_row(part, f"{before_s:.2f}", f"{now_s:.2f}", f"{now_s / before_s:.2f}", each)
    Console().print(table)
    Console().print(f"bar: now / before at most {BAR}")


if __name__ == "__main__":
    main()
