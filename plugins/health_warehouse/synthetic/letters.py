"""How the letters of a text become bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal
from unicodedata import normalize

Letters = Literal["composed", "decomposed", "references"]
"""UTF-8 in NFC; in NFD, as macOS writes; everything outside ASCII as character references."""
Encode = Callable[[str], bytes]


def encoding(letters: Letters) -> Encode:
    """What turns text into bytes; texts are in NFC, and escaped for XML."""
    return _ENCODINGS[letters]


def _decomposed(text: str) -> bytes:
    return normalize("NFD", text).encode()


def _references(text: str) -> bytes:
    return text.encode("ascii", "xmlcharrefreplace")


_ENCODINGS: dict[Letters, Encode] = {
    "composed": str.encode,
    "decomposed": _decomposed,
    "references": _references,
}
