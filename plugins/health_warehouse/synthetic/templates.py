"""Text with named gaps, encoded once: only what is filled in is encoded row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from health_warehouse.synthetic.letters import Encode

_MARK = "\0"
"""Stands for a gap that stays; no text of XML may hold it (XML 1.0 §2.2)."""


@dataclass(frozen=True)
class Gap:
    name: str


class Template:
    """Pieces of encoded text with a gap between each two."""

    __slots__ = ("_encode", "_names", "_pieces", "_take")

    def __init__(self, texts: Sequence[bytes], names: Sequence[str], encode: Encode) -> None:
        """`names` are the gaps between the `texts`; what fills them goes through `encode`."""
        self._pieces = [b""] * (len(texts) + len(names))
        self._pieces[::2] = texts
        self._names = names
        self._take = _taking(names)
        self._encode = encode

    @classmethod
    def of(cls, parts: Iterable[str | Gap], encode: Encode = str.encode) -> Template:
        """`parts` in their order; texts side by side become one piece."""
        texts = [""]
        names = []
        for part in parts:
            if isinstance(part, Gap):
                names.append(part.name)
                texts.append("")
            else:
                texts[-1] += part
        return cls([encode(text) for text in texts], names, encode)

    def filled(self, texts: Mapping[str, str]) -> bytes:
        """The text; `texts` has each gap, and may have more. Raises KeyError."""
        pieces = self._pieces[:]
        pieces[1::2] = map(self._encode, self._take(texts))
        return b"".join(pieces)

    def narrowed(self, texts: Mapping[str, str]) -> Template:
        """The template that is left when the gaps in `texts` are filled."""
        names = [name for name in self._names if name not in texts]
        marked = self.filled({**texts, **dict.fromkeys(names, _MARK)})
        return Template(marked.split(_MARK.encode()), names, self._encode)


def _taking(names: Sequence[str]) -> Callable[[Mapping[str, str]], tuple[str, ...]]:
    """What takes the texts of the gaps; `itemgetter` alone gives no tuple for one name."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda texts: tuple(texts[name] for name in names)
