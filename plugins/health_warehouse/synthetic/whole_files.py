"""Files that are there whole or not at all: a generator that is stopped leaves no half of one."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def open_whole(path: Path, modified_at: int | None = None) -> Iterator[IO[bytes]]:
    """Write beside `path`; give it its name and time only when it is complete."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        yield file
    if modified_at is not None:
        os.utime(part, (modified_at, modified_at))
    part.replace(path)


def copy_whole(source: Path, target: Path, modified_at: int) -> None:
    with source.open("rb") as original, open_whole(target, modified_at) as file:
        shutil.copyfileobj(original, file)


def write_json(path: Path, content: dict[str, object]) -> None:
    with open_whole(path) as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n")
