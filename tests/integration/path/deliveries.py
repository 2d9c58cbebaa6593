"""Ways in which the same dossiers can arrive: shuffled, split, overlapping, replayed."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

_HOSO = re.compile(rb"<HOSO>.*?</HOSO>", re.DOTALL)
_COUNT = re.compile(rb"<SOLUONGHOSO>[^<]*</SOLUONGHOSO>")
_LATER_SECONDS = 30 * 86400


@dataclass(frozen=True)
class Sent:
    """One file as a sender leaves it: name, bytes, receipt time in nanoseconds since the epoch."""

    name: str
    content: bytes
    received_ns: int

    def put(self, folder: Path) -> Path:
        path = folder / self.name
        path.write_bytes(self.content)
        os.utime(path, ns=(self.received_ns, self.received_ns))
        return path


def read_province(folder: Path) -> list[Sent]:
    """Every claim file of a synthetic province, oldest first."""
    found = [
        Sent(path.name, path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*.xml")
    ]
    return sorted(found, key=lambda sent: (sent.received_ns, sent.name))


def rearrange(sent: list[Sent], loaded_names: frozenset[str], random: Random) -> list[Sent]:
    """Another way to send the same: the current dossiers must come out the same.

    Only files that load as a whole are taken apart: of a refused file no dossier may count, and
    files of check-ins have none. A file that is sent again later stays whole: without the first one
    its bytes would count from the second receipt.
    """
    receipts = Counter(file.content for file in sent)
    result: list[Sent] = []
    for file in sent:
        is_whole = (
            file.name in loaded_names
            and receipts[file.content] == 1
            and _HOSO.search(file.content) is not None
        )
        choice = random.random() if is_whole else 1.0
        if choice < 0.25:
            result += _split(file, random)
        elif choice < 0.4:
            result += [file, _part(file, "!overlap", _some(file, random))]
        elif choice < 0.55:
            later = file.received_ns + random.randrange(1, _LATER_SECONDS) * 10**9
            result += [file, replace(file, name=f"again_{file.name}", received_ns=later)]
        else:
            result.append(file)
    random.shuffle(result)
    replayed = random.sample(result, k=min(2, len(result)))
    return result + replayed


def batches(sent: list[Sent], random: Random, most: int) -> list[list[Sent]]:
    """Cut into at most `most` runs of ingestion."""
    cuts = sorted(random.sample(range(1, len(sent)), k=random.randrange(most)))
    return [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]


def _some(file: Sent, random: Random) -> list[bytes]:
    dossiers = _HOSO.findall(file.content)
    return [
        dossiers[i] for i in sorted(random.sample(range(len(dossiers)), k=-(-len(dossiers) // 2)))
    ]


def _split(file: Sent, random: Random) -> list[Sent]:
    dossiers = _HOSO.findall(file.content)
    if len(dossiers) < 2:
        return [file]
    cut = random.randrange(1, len(dossiers))
    return [_part(file, "!1", dossiers[:cut]), _part(file, "!2", dossiers[cut:])]


def _part(file: Sent, mark: str, dossiers: list[bytes]) -> Sent:
    """The same envelope and receipt around some of the dossiers, in their order.

    `mark` begins with `!`, which sorts before `.`: at the same receipt the whole file is the newer
    one, so a part that has only the first of two versions in it does not win.
    """
    parts = _HOSO.split(file.content)
    content = parts[0] + b"".join(dossiers) + parts[-1]
    count = b"<SOLUONGHOSO>%d</SOLUONGHOSO>" % len(dossiers)
    return replace(
        file,
        name=file.name.removesuffix(".xml") + mark + ".xml",
        content=_COUNT.sub(count, content, count=1),
    )
