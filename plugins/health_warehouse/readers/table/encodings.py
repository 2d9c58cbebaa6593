"""In which encoding a text is: by its mark, by being UTF-8 throughout, else by its words."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple
from unicodedata import normalize

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.old_encodings import from_tcvn3, from_vni, words_known

CHUNK_BYTES = 1024**2
MAX_LINE = 16 * 1024**2
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Encoding(NamedTuple):
    """`name`: how it is called; `codec`: of Python; `after`: what then makes Unicode of it, piece
    by piece of which none ends within a letter; `skip`: bytes of the mark at the beginning."""

    name: str
    codec: str
    skip: int = 0
    after: Callable[[str], str] | None = None


_OLD = (
    Encoding("windows-1258", "cp1258", after=lambda text: normalize("NFC", text)),
    Encoding("TCVN3", "latin-1", after=from_tcvn3),
    Encoding("VNI", "cp1252", after=from_vni),
)


def encoding_of(stream: BinaryIO, max_bytes: int) -> Encoding:
    """Leaves the stream at its beginning. Raises FileUnreadable when it is larger than `max_bytes`,
    or of an encoding that nobody knows."""
    head = stream.read(CHUNK_BYTES)
    stream.seek(0)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return Encoding(codec.upper(), codec, len(mark))
    if (unmarked := _utf_16_without_mark(head)) is not None:
        return Encoding(unmarked.upper(), unmarked)
    if _is_utf_8(stream, max_bytes):
        return Encoding("UTF-8", "utf-8")
    found = max(_OLD, key=lambda one: _score(one, head))
    if _score(found, head) < 1:
        raise FileUnreadable(
            "F01",
            "the text is not UTF-8, and neither windows-1258, TCVN3 nor VNI is seen in it: save it "
            "as UTF-8",
        )
    return found


def pieces(stream: BinaryIO, encoding: Encoding, max_bytes: int) -> Iterator[str]:
    """The text in pieces that end at line ends. Raises FileUnreadable where it breaks."""
    stream.seek(encoding.skip)
    decoder = codecs.getincrementaldecoder(encoding.codec)("strict")
    count, rest = 0, ""
    while True:
        chunk = stream.read(CHUNK_BYTES)
        count += len(chunk)
        if count > max_bytes:
            raise FileUnreadable("F01", f"larger than {max_bytes} bytes")
        try:
            text = rest + decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            raise FileUnreadable("F01", f"the text is not {encoding.name} throughout") from None
        if "\0" in text:
            raise FileUnreadable("F01", "the text holds zero characters: it is no list")
        end = len(text) if not chunk else _end_of_lines(text)
        if len(text) - end > MAX_LINE:
            raise FileUnreadable("F01", f"a line is longer than {MAX_LINE} characters")
        if end:
            yield encoding.after(text[:end]) if encoding.after else text[:end]
        rest = text[end:]
        if not chunk:
            return


def _end_of_lines(text: str) -> int:
    """Behind the last whole line; of text whose lines end in CR alone, too."""
    end = text.rfind("\n") + 1
    return end or text.rfind("\r", 0, len(text) - 1) + 1


def _utf_16_without_mark(head: bytes) -> str | None:
    """Letters of English and signs have a zero byte in UTF-16, and nowhere else."""
    even, odd = head[0:2000:2].count(0), head[1:2000:2].count(0)
    pairs = max(len(head[:2000]) // 2, 1)
    if odd > pairs * 0.3 and even < odd / 10:
        return "utf-16-le"
    return "utf-16-be" if even > pairs * 0.3 and odd < even / 10 else None


def _is_utf_8(stream: BinaryIO, max_bytes: int) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    count = 0
    try:
        while chunk := stream.read(CHUNK_BYTES):
            count += len(chunk)
            if count > max_bytes:
                raise FileUnreadable("F01", f"larger than {max_bytes} bytes")
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _score(encoding: Encoding, head: bytes) -> int:
    """How many Vietnamese words it makes of the text."""
    try:
        text = head.decode(encoding.codec)
    except UnicodeDecodeError:
        return 0
    return words_known(encoding.after(text) if encoding.after else text)
