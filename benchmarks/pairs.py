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
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.history import LINES
from benchmarks.parts import PARTS, write_files

BAR = 1.1
_HERE = Path(__file__).parents[1]


def pairs_of(
    part: str, checkouts: tuple[Path, Path], count: int, arguments: list[str]
) -> list[tuple[float, float]]:
    """Processor seconds of (the other version, this one), as often as `count`."""
    found = []
    for number in range(count):
        order = checkouts if number % 2 == 0 else checkouts[::-1]
        costs = {checkout: _processor(checkout, part, arguments) for checkout in order}
        found.append((costs[checkouts[0]], costs[checkouts[1]]))
    return found


def _processor(checkout: Path, part: str, arguments: list[str]) -> float:
    """Raises CalledProcessError when that version cannot run the part."""
    python = checkout / ".warehouse" / "venv" / "bin" / "python"
    command = [str(python), "-m", "benchmarks.parts", part, "--json", *arguments]
    done = subprocess.run(command, cwd=checkout, check=True, stdout=subprocess.PIPE, text=True)
    return float(json.loads(done.stdout.splitlines()[-1])["processor"])


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m benchmarks.pairs", description=__doc__)
    parser.add_argument("checkout", type=Path, help="folder of the other version")
    parser.add_argument("--parts", default=",".join(PARTS), help="which, by comma")
    parser.add_argument("--pairs", type=int, default=5, help="runs of each version")
    parser.add_argument("--lines", type=int, default=100_000, help="claim lines")
    given = parser.parse_args(arguments)
    theirs = given.checkout.resolve() / "benchmarks" / "parts.py"
    if not theirs.exists():
        shutil.copy(_HERE / "benchmarks" / "parts.py", theirs)
    table = Table("part", "before", "now", "now / before", "each pair", title="Processor seconds")
    with tempfile.TemporaryDirectory(prefix="warehouse-bench-") as name:
        write_files(Path(name), given.lines // (2 * LINES))
        asked = ["--lines", str(given.lines), "--files", name]
        for part in given.parts.split(","):
            found = pairs_of(part, (given.checkout.resolve(), _HERE), given.pairs, asked)
            before, now = (median(values) for values in zip(*found, strict=True))
            each = " ".join(f"{after / earlier:.2f}" for earlier, after in found)
            table.add_row(part, f"{before:.2f}", f"{now:.2f}", f"{now / before:.2f}", each)
    Console().print(table)
    Console().print(f"bar: now / before at most {BAR}")


if __name__ == "__main__":
    main()
