"""The same files by dlt (benchmarks/dlt_pipeline.py), a loader for any source.

    python -m benchmarks.dlt_load [--dossiers 2000]

dlt does less: no versions, no order of deliveries, no check of losses, no person keys, no archive.
It is asked twice: to replace the dossiers that a delivery brings, which is the work, and to append
rows, which is the least that it can do. Values stay text in both. On files that hold base64, in the
same run: by one process each, then by two, as the tasks of a DAG load and as dlt normalizes.
"""

from __future__ import annotations

import os
import subprocess
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

from rich.console import Console
from sqlalchemy import text

from benchmarks.empty_warehouse import empty_warehouse
from benchmarks.encoded_files import encoded_files
from benchmarks.loading import timed
from benchmarks.workers import WORKERS, cut, load_batch, workers
from health_warehouse.database.connections import OWNER, dsn, engine
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import load_deliveries
from health_warehouse.settings import Settings, get_settings

Disposition = Literal["merge", "append"]
PIPELINE = Path(__file__).with_name("dlt_pipeline.py")
_TABLES = text(
    "select table_schema || '.' || table_name from information_schema.tables"
    " where table_schema = :schema and table_name ~ '^(claims_)?xml[0-9]+$'"
)


def load(settings: Settings, files: list[Path], processes: int) -> float:
    """Seconds of our own loading; processes are there before it begins."""
    deliveries = list_new(settings, [str(path) for path in files])
    if processes == 1:
        return timed(settings, lambda: load_deliveries(settings, deliveries)).seconds
    with workers() as pool:
        batches = cut(deliveries)
        each = [settings] * len(batches)
        return timed(settings, lambda: list(pool.map(load_batch, each, batches))).seconds


def load_with_dlt(
    settings: Settings, disposition: Disposition, processes: int, files: list[Path], folder: Path
) -> float:
    """Seconds. Raises CalledProcessError."""
    python = get_settings().state / "venv-benchmarks" / "bin" / "python"
    done = subprocess.run(
        [python, PIPELINE, disposition, dsn(settings, OWNER), folder, *files],
        env=os.environ
        | {
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "DLT_DATA_DIR": str(folder),
            "NORMALIZE__WORKERS": str(processes),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.splitlines()[-1])


def count_rows(settings: Settings, schema: str) -> int:
    """Rows of the tables of the standard in a schema."""
    with engine(settings, OWNER).connect() as connection:
        tables: list[str] = list(connection.execute(_TABLES, {"schema": schema}).scalars())
        counted = " + ".join(f"(select count(*) from {table})" for table in tables)
        return int(connection.execute(text(f"select {counted}")).scalar_one())


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=2000)
    given = parser.parse_args()
    console = Console()
    with TemporaryDirectory(prefix="warehouse-dlt-") as name:
        files = encoded_files(Path(name) / "files", given.dossiers)
        megabytes = sum(path.stat().st_size for path in files) / 1e6
        for processes in (1, WORKERS):
            with empty_warehouse() as settings:
                ours = load(settings, files, processes)
                console.print(
                    f"{len(files)} files, {megabytes:.1f} MB, {processes} processes: "
                    f"load {ours:.1f} s, {count_rows(settings, 'raw'):,} rows"
                )
                for disposition in get_args(Disposition):
                    folder = Path(name) / f"{disposition}{processes}"
                    theirs = load_with_dlt(settings, disposition, processes, files, folder)
                    rows = count_rows(settings, f"dlt_{disposition}")
                    ratio = f"{theirs / ours:.1f} ×"
                    console.print(f"dlt, {disposition}: {theirs:.1f} s, {rows:,} rows; {ratio}")


if __name__ == "__main__":
    main()
