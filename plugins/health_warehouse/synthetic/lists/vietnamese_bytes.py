"""Vietnamese text in the encodings of older programs."""

from __future__ import annotations

import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"


def encoded(text: str, encoding: str) -> bytes:
    """The bytes. windows-1258 writes letters with their tones apart: ế is ê and an acute."""
    if encoding == "cp1258":
        return "".join(map(_toned, unicodedata.normalize("NFC", text))).encode(encoding)
    if encoding == "utf-16":
        return b"\xff\xfe" + text.encode("utf-16-le")  # as Windows writes it, on any machine
    return text.encode(encoding)


def _toned(letter: str) -> str:
    """What windows-1258 has of a letter: itself, or the letter and its tone."""
    try:
        letter.encode("cp1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", letter)
        tone = next((part for part in parts if part in _TONES), "")
        rest = unicodedata.normalize("NFC", parts.replace(tone, "", 1) if tone else parts)
        return rest + tone
    return letter
