"""The same files by pandas, as a notebook loads them: `read_xml` per table, `to_sql` at the end.

    python -m benchmarks.pandas_load [--dossiers 2000]

pandas does less: no ledger, no versions, no check of losses, no person keys, no archive. Values
stay text in both. One process each, in the same run, on files that hold base64.
"""

from __future__ import annotations

import base64
import io
from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd  # type: ignore[import-untyped]
from lxml import etree
from rich.console import Console

from benchmarks.empty_warehouse import empty_warehouse
from benchmarks.encoded_files import encoded_files
from benchmarks.loading import timed
from health_warehouse.database.connections import OWNER, engine
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import load_deliveries
from health_warehouse.settings import Settings


def load_with_pandas(settings: Settings, files: list[Path]) -> int:
    """Every table of every dossier into a table of schema `public`; returns the rows."""
    frames: dict[str, list[pd.DataFrame]] = defaultdict(list)
    for path in files:
        for part in etree.parse(path).iter("{*}FILEHOSO"):
            name, content = (part.findtext(f"{{*}}{tag}") for tag in ("LOAIHOSO", "NOIDUNGFILE"))
            document = base64.b64decode(content or "")
            is_header = name == "XML1"
            root = etree.fromstring(document)
            rows = "." if is_header else ".//" + root[0][0].tag if len(root[0]) else None
            if rows is not None:
                frames[str(name)].append(pd.read_xml(io.BytesIO(document), xpath=rows, dtype=str))
    with engine(settings, OWNER).begin() as connection:
        for name, parts in frames.items():
            pd.concat(parts).to_sql(name.lower(), connection, schema="public", index=False)
    return sum(len(frame) for parts in frames.values() for frame in parts)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=2000)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="warehouse-pandas-") as name, empty_warehouse() as settings:
        folder = Path(name)
        files = encoded_files(folder, given.dossiers)
        megabytes = sum(path.stat().st_size for path in files) / 1e6
        deliveries = list_new(settings, [str(path) for path in files])
        ours = timed(settings, lambda: load_deliveries(settings, deliveries))
        theirs = timed(settings, lambda: load_with_pandas(settings, files))
    Console().print(
        f"{len(files)} files, {megabytes:.1f} MB: load {ours.seconds:.1f} s, "
        f"pandas {theirs.seconds:.1f} s, {theirs.seconds / ours.seconds:.1f} ×"
    )


if __name__ == "__main__":
    main()
