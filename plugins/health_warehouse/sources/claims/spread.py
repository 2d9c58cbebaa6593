"""A dossier that a file spreads over several HOSO.

Some writers put one HOSO per paper: the same XML1 again, with other tables (twins: one more XML7
or XML9). Such a HOSO continues the dossier. One that repeats XML1 but brings another content of a
table that is already there is a newer version of the dossier, as is an exact repetition: the later
position wins, so nothing is merged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from health_warehouse.sources.claims.dossier import Dossier
from health_warehouse.sources.claims.schema import REPEATABLE, TABLES

_Content = tuple[str, int]  # name of a table, hash of what is in it


@dataclass(frozen=True, slots=True)
class Continuation:
    """Where the rows of a continuing HOSO go: behind those of the HOSO at `position`."""

    position: int
    lines: Counter[str]
    parts: int


@dataclass(frozen=True, slots=True)
class _Seen:
    position: int
    xml1: int
    contents: tuple[_Content, ...]
    parts: int


class SpreadDossiers:
    """Remembers of each dossier of one file some 400 bytes: hashes, no content.

    Hashes are Python's own, seeded anew in every process: a sender cannot aim at a collision.
    """

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def continuation(self, dossier: Dossier) -> Continuation | None:
        """Where `dossier` continues, stripped of what is already there; None: a version itself."""
        if dossier.xml1 is None or not dossier.dossier_id:
            return None
        xml1 = hash(tuple(dossier.xml1))
        contents = tuple(_contents(dossier))
        base = self._seen.get(dossier.dossier_id)
        if base is None or base.xml1 != xml1 or not _adds_to(base, dossier, contents):
            self._seen[dossier.dossier_id] = _Seen(
                dossier.position, xml1, contents, dossier.part_count
            )
            return None
        there = Counter(name for name, _ in base.contents if name in REPEATABLE)
        known = set(base.contents)
        _keep_new(dossier, known)
        self._seen[dossier.dossier_id] = _Seen(
            base.position,
            xml1,
            (*base.contents, *(content for content in contents if content not in known)),
            base.parts + dossier.part_count,
        )
        return Continuation(base.position, there, base.parts)


def _contents(dossier: Dossier) -> Iterator[_Content]:
    for name, rows in dossier.tables.items():
        if name in REPEATABLE:
            yield from ((name, hash(tuple(row))) for row in rows)
        else:
            yield name, hash(tuple(map(tuple, rows)))
    for kept in dossier.others:
        yield kept.table_name, hash(kept.content)


def _adds_to(base: _Seen, dossier: Dossier, contents: tuple[_Content, ...]) -> bool:
    """Whether nothing in `dossier` contradicts `base`, and it is not the same once more."""
    known = set(base.contents)
    single = {name for name, _ in known if name in TABLES and name not in REPEATABLE}
    read_anew = {name for name, content in contents if (name, content) not in known}
    unread = {kept.table_name for kept in dossier.unreadable}
    return not single & (read_anew | unread) and (set(contents) != known or bool(unread))


def _keep_new(dossier: Dossier, known: set[_Content]) -> None:
    for name, rows in list(dossier.tables.items()):
        if name in REPEATABLE:
            dossier.tables[name] = [row for row in rows if (name, hash(tuple(row))) not in known]
        elif (name, hash(tuple(map(tuple, rows)))) in known:
            del dossier.tables[name]
    dossier.others = [
        kept for kept in dossier.others if (kept.table_name, hash(kept.content)) not in known
    ]
