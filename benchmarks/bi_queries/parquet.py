"""The marts as a reader sees them, in Parquet files, opened in DuckDB under the same names."""

from __future__ import annotations

from pathlib import Path

import duckdb
import psycopg
from psycopg import sql

from health_warehouse.marts.contracts import OPEN, MartContract
from health_warehouse.marts.manifest import load_contracts
from health_warehouse.settings import Settings

_NULL = r"\N"


def open_marts(
    settings: Settings, reader: psycopg.Connection, folder: Path
) -> duckdb.DuckDBPyConnection:
    """DuckDB with views `marts.…` on one Parquet file per mart that `reader` may read."""
    engine = duckdb.connect()
    engine.execute("set timezone = 'UTC'")
    engine.execute("create schema marts")
    engine.execute("use marts")
    for contract in load_contracts(settings):
        if contract.store == OPEN:
            _export(engine, reader, contract, folder)
    return engine


def _export(
    engine: duckdb.DuckDBPyConnection,
    reader: psycopg.Connection,
    contract: MartContract,
    folder: Path,
) -> None:
    """By way of CSV; the contract's types have the same names in both."""
    sheet = folder / f"{contract.name}.csv"
    statement = sql.SQL("copy (select * from {}) to stdout with (format csv, null {})")
    with (
        sheet.open("wb") as file,
        reader.cursor().copy(
            statement.format(sql.Identifier("marts", contract.name), sql.Literal(_NULL))
        ) as copy,
    ):
        for block in copy:
            file.write(block)
    types = {column.name: column.data_type for column in contract.columns}
    # All is told, for nothing can be guessed of a mart without rows.
    rows = engine.read_csv(
        str(sheet),
        header=False,
        columns=types,
        na_values=_NULL,
        auto_detect=False,
        delimiter=",",
        quotechar='"',
        escapechar='"',
    )
    table = folder / f"{contract.name}.parquet"
    rows.write_parquet(str(table))
    sheet.unlink()
    engine.read_parquet(str(table)).create_view(contract.name)
