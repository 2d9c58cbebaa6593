"""The same files by dlt (benchmarks/dlt_pipeline.py), a loader for any source.

    python -m benchmarks.dlt_load [--dossiers 2000]

dlt does less: no versions, no order of deliveries, no check of losses, no person keys, no archive.
It is asked twice: to replace the dossiers that a delivery brings, which is the work, and to append
rows, which is the least that it can do. Values stay text in both. One process each, in the same
run, on files that hold base64.
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


def load_with_dlt(
    settings: Settings, disposition: Disposition, files: list[Path], folder: Path
) -> float:
    """Seconds. Raises CalledProcessError."""
    python = get_settings().state / "venv-benchmarks" / "bin" / "python"
    done = subprocess.run(
        [python, PIPELINE, disposition, dsn(settings, OWNER), folder, *files],
        env=os.environ | {"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(folder)},
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
    with TemporaryDirectory(prefix="warehouse-dlt-") as name, empty_warehouse() as settings:
        folder = Path(name)
        files = encoded_files(folder / "files", given.dossiers)
        megabytes = sum(path.stat().st_size for path in files) / 1e6
        deliveries = list_new(settings, [str(path) for path in files])
        ours = timed(settings, lambda: load_deliveries(settings, deliveries)).seconds
        console = Console()
        console.print(
            f"{len(files)} files, {megabytes:.1f} MB: "
            f"load {ours:.1f} s, {count_rows(settings, 'raw'):,} rows"
        )
        for disposition in get_args(Disposition):
            theirs = load_with_dlt(settings, disposition, files, folder / disposition)
            rows = count_rows(settings, f"dlt_{disposition}")
            ratio = f"{theirs / ours:.1f} ×"
            console.print(f"dlt, {disposition}: {theirs:.1f} s, {rows:,} rows; {ratio}")


if __name__ == "__main__":
    main()
