"""What it costs to parse all DAG files: this tree against another one, in pairs, interleaved.

    git worktree add ../before COMMIT
    python -m benchmarks.dag_parsing ../before [--pairs 10]

The first time, when nothing is kept, is left out: files are parsed every half minute. Processor
seconds of a process that has imported Airflow, as the DAG processor has when it forks for
a file, and then reads every file of `dags/`: our own imports count, Airflow's do not.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from health_warehouse.settings import PROJECT_DIR

_PARSE = """
import sys, time
import airflow.sdk
from airflow.dag_processing.dagbag import DagBag
from pathlib import Path
begin = time.process_time()
bags = [DagBag(file) for file in sorted(Path(sys.argv[1]).glob("*.py"))]
seconds = time.process_time() - begin
assert not any(bag.import_errors for bag in bags)
print(seconds, sum(len(bag.dags) for bag in bags))
"""


def parse_seconds(tree: Path, state: Path) -> tuple[float, int]:
    """Processor seconds to parse the DAG files of a tree, and how many DAGs there are."""
    state.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="warehouse-airflow-") as home:
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "WAREHOUSE"))},
            "AIRFLOW_HOME": home,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "WAREHOUSE_STATE": str(state),
            "PYTHONPATH": f"{tree / 'plugins'}:{tree}",
        }
        done = subprocess.run(
            [sys.executable, "-c", _PARSE, str(tree / "dags")],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    seconds, count = done.stdout.splitlines()[-1].split()
    return float(seconds), int(count)


def main() -> None:
    parser = ArgumentParser(description="What it costs to parse all DAG files, in pairs.")
    parser.add_argument("before", type=Path)
    parser.add_argument("--pairs", type=int, default=10)
    asked = parser.parse_args()
    trees = {"before": asked.before.resolve(), "now": PROJECT_DIR}
    seconds: dict[str, list[float]] = {name: [] for name in trees}
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="warehouse-state-") as folder:
        for number in range(asked.pairs + 1):
            for name, tree in trees.items():
                took, counts[name] = parse_seconds(tree, Path(folder) / name)
                if number:  # what is kept from one time to the next is there then
                    seconds[name].append(took)
    table = Table("tree", "DAGs", "least s", "median s", title="Parsing all DAG files")
    for name, found in seconds.items():
        table.add_row(name, str(counts[name]), f"{min(found):.3f}", f"{median(found):.3f}")
    ratios = [now / before for before, now in zip(seconds["before"], seconds["now"], strict=True)]
    Console().print(table)
    least, most = min(ratios), max(ratios)
    Console().print(f"ratio of pairs: median {median(ratios):.2f}, {least:.2f} to {most:.2f}")


if __name__ == "__main__":
    main()
