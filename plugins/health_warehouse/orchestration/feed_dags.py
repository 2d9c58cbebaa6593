"""The feeds that have a DAG, while a DAG file is parsed: nothing here may fail, or take long.

A contract that cannot be read has no DAG, and takes none from the others: `warehouse doctor` and
the log of every run of `watch_inbox` name its file and line.

Every half minute the DAG file is parsed again, and reading ten contracts takes longer than all the
rest of it. So what DAGs need of them is kept in the state folder, under a hash of everything that
it is made of; where that folder cannot be written, contracts are read each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from health_warehouse.errors import ConfigurationError

_PACKAGE = Path(__file__).parents[1]
_CONTRACTS = "*/contract.yml"
_KEPT = Path("cache", "feeds_of_dags.json")


@dataclass(frozen=True, slots=True)
class FeedDag:
    """What `ingest_<feed>` is made of. `title`: of the feed, in Vietnamese; `is_of_rows`: its lists
    are judged by `validate_deliveries`; `manual` is Markdown."""

    feed: str
    title: str
    is_of_rows: bool
    manual: str


def feeds_of_dags() -> list[FeedDag]:
    """By name; those of our contracts alone when the folder of others cannot be read."""
    from health_warehouse.settings import get_settings, state_folder

    try:
        folder = get_settings().feeds
    except ConfigurationError:  # every task says so
        folder = None
    made_of = _hash([*sorted((_PACKAGE / "feeds").glob(_CONTRACTS)), *_of_a_province(folder)])
    kept = state_folder() / _KEPT
    return _read(kept, made_of) or _made(folder, kept, made_of)


def _made(folder: Path | None, kept: Path, made_of: str) -> list[FeedDag]:
    from health_warehouse.feeds.catalogue import built_in, examine
    from health_warehouse.orchestration.feed_manual import manual_of

    try:
        contracts = examine(folder).contracts
    except ConfigurationError:
        contracts = built_in()
    found = [
        FeedDag(feed, contract.title.vi, contract.is_of_rows, manual_of(contract))
        for feed, contract in contracts.items()
    ]
    told = {"made_of": made_of, "feeds": [asdict(one) for one in found]}
    with suppress(OSError):
        _write(kept, json.dumps(told, ensure_ascii=False))
    return found


def _read(kept: Path, made_of: str) -> list[FeedDag]:
    """None of them when there is nothing, or it is of other contracts."""
    try:
        told = json.loads(kept.read_text(encoding="utf-8"))
        return [FeedDag(**one) for one in told["feeds"]] if told["made_of"] == made_of else []
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _write(kept: Path, text: str) -> None:
    from health_warehouse.private_files import write_private

    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(kept, text)


def _hash(contracts: Iterable[Path]) -> str:
    """Of every contract, and of the code that reads them."""
    found = sha256()
    for path in contracts:
        found.update(f"{path}\0".encode("utf-8", "surrogateescape"))
        with suppress(OSError):
            found.update(path.read_bytes() + b"\0")
    for folder in ("feeds", "orchestration"):
        for path in sorted((_PACKAGE / folder).glob("*.py")):
            state = path.stat()
            found.update(f"{path.name} {state.st_size} {state.st_mtime_ns}\0".encode())
    return found.hexdigest()


def _of_a_province(folder: Path | None) -> Iterator[Path]:
    if folder is None:
        return
    yield folder
    with suppress(OSError):
        yield from sorted(path for end in ("*.y*ml", "*/*.y*ml") for path in folder.glob(end))
