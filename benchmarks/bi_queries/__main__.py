"""How long readers wait for their dashboards, against DuckDB on the same tables as Parquet.

    python -m benchmarks.bi_queries [--lines 100000] [--repeats 40]

A warehouse of its own with that many claim lines (benchmarks/history.py), built, audited and
published on an embedded server as `warehouse up` starts it. Postgres is asked as `bi_reader`, row
security on; DuckDB, in this process, has what `bi_reader` sees. Both have all cores. Fails when the
two do not answer the same.
"""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks.bi_queries.duel import QUERIES, Duel, Rows, fight, median_ratio, p95, pooled_ratio
from benchmarks.bi_queries.parquet import open_marts
from benchmarks.empty_warehouse import empty_warehouse
from benchmarks.history import History, vacuum
from benchmarks.increments import release
from health_warehouse.database.connections import dsn
from health_warehouse.settings import Settings

BAR = 3.0


def published(settings: Settings, lines: int) -> None:
    """Fill an empty warehouse and publish it, with the statistics that autovacuum gives it."""
    History.of_claim_lines(lines).deliver_all(settings)
    release(settings)
    vacuum(settings)


def measure(settings: Settings, repeats: int) -> list[Duel]:
    with (
        tempfile.TemporaryDirectory(prefix="warehouse-parquet-") as folder,
        psycopg.connect(dsn(settings, "bi_reader"), autocommit=True) as reader,
        open_marts(settings, reader, Path(folder)) as duck,
    ):

        def ours(statement: str) -> Rows:
            return reader.execute(statement.encode()).fetchall()

        def theirs(statement: str) -> Rows:
            return duck.execute(statement).fetchall()

        return [fight(query, ours, theirs, repeats) for query in QUERIES]


def table(duels: Sequence[Duel], lines: int) -> Table:
    shown = Table(
        "query", "rows", "Postgres median", "p95", "DuckDB median", "p95", "p95 ratio",
        title=f"BI queries, {lines:,} claim lines, milliseconds",
    )  # fmt: skip
    for duel in sorted(duels, key=lambda duel: -duel.ratio):
        seconds = (median(duel.ours), p95(duel.ours), median(duel.theirs), p95(duel.theirs))
        cells = (f"{1000 * value:.1f}" for value in seconds)
        shown.add_row(duel.name, str(duel.row_count), *cells, f"{duel.ratio:.2f} ×")
    return shown


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m benchmarks.bi_queries", description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000, help="claim lines")
    parser.add_argument("--repeats", type=int, default=40, help="runs of each query per engine")
    given = parser.parse_args(arguments)
    with empty_warehouse() as settings:
        published(settings, given.lines)
        duels = measure(settings, given.repeats)
    console = Console()
    console.print(table(duels, given.lines))
    console.print(
        f"p95 of all runs {pooled_ratio(duels):.2f} ×, sum of medians {median_ratio(duels):.2f} ×;"
        f" {sum(duel.ratio <= BAR for duel in duels)} of {len(duels)} within the bar of {BAR:.0f} ×"
    )


if __name__ == "__main__":
    main()
