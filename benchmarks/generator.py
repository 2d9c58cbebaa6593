"""Dossiers that the synthetic generator makes in a second of one core.

    python -m benchmarks.generator [--dossiers 10000]

Processor time, for machines are noisy; by number of facilities, each of which has prices and forms
of its own to prepare.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from health_warehouse.synthetic.generator import generate
from health_warehouse.synthetic.options import Options

FACILITIES = (2, 10, 60)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=10_000)
    dossiers = parser.parse_args().dossiers
    for facilities in FACILITIES:
        with TemporaryDirectory(prefix="warehouse-synth-") as name:
            started = time.process_time()
            generate(Path(name), Options(facilities, days=20, dossiers=dossiers, seed=1))
            seconds = time.process_time() - started
        Console().print(f"{facilities} facilities: {dossiers / seconds:,.0f} dossiers/s")


if __name__ == "__main__":
    main()
