"""Claim files by dlt: every table of every dossier into a table of schema `dlt_claims`.

    venv-benchmarks/bin/python benchmarks/dlt_pipeline.py append|merge DSN FOLDER FILE…

In the environment of dlt, which has none of ours. Rows go to dlt as lists of dictionaries, a list
per table of a dossier; it writes CSV and copies it, the faster of its two ways into Postgres.
`merge` replaces a dossier's rows by what is loaded, as a delivery has to; `append` adds rows,
whatever is there. Prints seconds, imports apart.
"""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt  # type: ignore[import-not-found]
from lxml import etree


def tables(files: list[Path]) -> Iterator[Any]:
    for path in files:
        envelope = etree.parse(path)
        facility = envelope.findtext(".//{*}MACSKCB")
        for part in envelope.iter("{*}FILEHOSO"):
            name, content = (part.findtext(f"{{*}}{tag}") for tag in ("LOAIHOSO", "NOIDUNGFILE"))
            root = etree.fromstring(base64.b64decode(content or ""))
            found = list(root[0]) or [root]  # a list of rows, or one row
            rows = [
                {"facility": facility, **{field.tag: field.text for field in row}} for row in found
            ]
            yield dlt.mark.with_table_name(rows, str(name).lower())


def main(disposition: str, dsn: str, folder: str, *files: str) -> None:
    began = time.perf_counter()
    pipeline = dlt.pipeline(
        "claims",
        destination=dlt.destinations.postgres(dsn),
        dataset_name=f"dlt_{disposition}",
        pipelines_dir=folder,
    )
    given = dlt.resource(
        tables([Path(file) for file in files]),
        name="claims",
        write_disposition=disposition,
        merge_key=("facility", "MA_LK") if disposition == "merge" else None,
    )
    pipeline.run(given, loader_file_format="csv").raise_on_failed_jobs()
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
