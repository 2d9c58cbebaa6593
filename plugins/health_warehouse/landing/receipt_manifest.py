"""Receipts beside the bytes in the archive: what the bytes do not say, and a replay needs.

When a file counts as received and when it was first seen cannot be read from the file. The archive
holds them as `receipts/<sha256 of the lines>.jsonl`, some files per run of ingestion. A line is
written before its receipt is marked as written: killed in between, the next run writes the same
receipts again, under the same name unless others have come. A line that is there twice is one.
Names of files are in these lines, and the archive is where they may be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import fsspec
from sqlalchemy import Connection, text

from health_warehouse.database.connections import engine
from health_warehouse.errors import SourceUnavailable
from health_warehouse.landing.archive import RECEIPTS, store_receipts
from health_warehouse.landing.delivery import Delivery
from health_warehouse.settings import Settings

_AT_ONCE = 10_000
_UNWRITTEN = text(
    """
    select
        r.uri, r.received_at, r.file_id, r.file_name, r.byte_count, r.modified_at, r.seen_at,
        r.path, f.sha256
    from ops.file_receipts as r
    inner join ops.files as f using (file_id)
    where not r.in_manifest
    order by r.seen_at, r.uri, r.received_at, f.sha256
    limit :at_once
    for no key update of r skip locked
    """
)
_WRITTEN = text(
    """
    update ops.file_receipts as r set in_manifest = true
    from unnest(
        cast(:uris as text[]), cast(:times as timestamptz[]), cast(:files as bigint[])
    ) as w (uri, received_at, file_id)
    where (r.uri, r.received_at, r.file_id) = (w.uri, w.received_at, w.file_id)
    """
)
_FORGET = text("update ops.file_receipts set in_manifest = false where in_manifest")
_TIMES = ("received_at", "modified_at", "seen_at")


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt as the archive has it; times are UTC. `path` below the inbox: None where it was
    written before there were contracts."""

    sha256: str
    uri: str
    file_name: str
    byte_count: int
    received_at: datetime
    modified_at: datetime
    seen_at: datetime
    path: str | None = None

    def delivery(self) -> Delivery:
        """The delivery that it was; its bytes are no longer where it came from."""
        return Delivery(
            uri=self.uri,
            file_name=self.file_name,
            byte_count=self.byte_count,
            modified_at=self.modified_at,
            filesystem=None,
            path="",
            seen_at=self.seen_at,
            inbox_path=self.path,
        )


def write_receipts(settings: Settings) -> int:
    """Write to the archive every receipt that it lacks; returns how many.

    Raises SourceUnavailable when the archive cannot be written; then no receipt is marked.
    """
    count = 0
    while True:
        with engine(settings, "loader").begin() as connection:
            rows = connection.execute(_UNWRITTEN, {"at_once": _AT_ONCE}).all()
            if not rows:
                return count
            lines = "".join(f"{_line(row._mapping)}\n" for row in rows).encode()
            store_receipts(settings, sha256(lines).hexdigest(), lines)
            connection.execute(
                _WRITTEN,
                {
                    "uris": [row.uri for row in rows],
                    "times": [row.received_at for row in rows],
                    "files": [row.file_id for row in rows],
                },
            )
        count += len(rows)


def write_all_again(connection: Connection) -> None:
    """Let the next run of ingestion write every receipt: the archive is another one now."""
    connection.execute(_FORGET)


def kept_receipts(settings: Settings) -> list[KeptReceipt]:
    """Every receipt that the archive holds, in the order in which they were seen.

    Raises SourceUnavailable when the archive cannot be read or a line of it is damaged.
    """
    found = set(_read(settings))
    return sorted(found, key=lambda one: (one.seen_at, one.received_at, one.uri, one.sha256))


def _line(values: Any) -> str:
    told = {name: values[name] for name in ("sha256", "uri", "file_name", "byte_count")}
    told |= {name: values[name].isoformat() for name in _TIMES}
    told |= {} if values["path"] is None else {"path": values["path"]}
    return json.dumps(told, ensure_ascii=False)


def _read(settings: Settings) -> Iterator[KeptReceipt]:
    filesystem, root = fsspec.url_to_fs(settings.archive)
    folder = f"{root}/{RECEIPTS}"
    try:
        paths = sorted(filesystem.find(folder)) if filesystem.exists(folder) else []
        for path in paths:
            with filesystem.open(path, "rb") as file:
                for line in file:
                    values = json.loads(line)
                    times = {name: datetime.fromisoformat(values[name]) for name in _TIMES}
                    yield KeptReceipt(**{**values, **times})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SourceUnavailable(
            f"the receipts in the archive {settings.archive} cannot be read"
        ) from error
