"""What the bytes of a document are, against the encoding that it declares: one rule for a file and
for each table inside it.

1. A byte order mark says what the bytes are, whatever is declared; so does the first sign `<` as
   two bytes (UTF-16).
2. Where UTF-8 or nothing is declared, the bytes are UTF-8.
3. Where another encoding is declared: bytes that are valid UTF-8 are UTF-8. Text of Latin-1 or of a
   Windows code page practically never is by chance: each letter beyond ASCII would have to be
   followed by signs that no word has. So is UTF-16 that is declared above single bytes, which is
   what a string writer of .NET leaves (§2.4 of the notes on the standard, confidence M).
4. Else the bytes are as declared when that is one of READABLE, and nothing otherwise.

Where bytes and declaration differ, what was read is right, and the difference is worth a record.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from health_warehouse.sources.claims.described import described

Survey = Literal["ascii", "utf-8", "other"]

# Names in the spelling of Python's registry of codecs.
READABLE = frozenset({"iso8859-1", "cp1252", "cp1258"})
_UTF_8 = frozenset({"utf-8", "utf-8-sig"})
_UTF_16 = frozenset({"utf-16", "utf-16-le", "utf-16-be"})
# Names of UTF-16 in software of Microsoft, which Python does not know.
_ALSO_UTF_16 = frozenset({"unicode", "ucs-2", "iso-10646-ucs-2"})
_CONTAIN_ASCII = re.compile(r"ascii|iso8859-\d+|cp125\d|cp874|tis-620|koi8-[rtu]")
_UTF_32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"<\0\0\0", b"\0\0\0<")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,19}")
_DECLARED = re.compile(r"<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*?\?>")
# Latin-1 has control characters there, which no text holds: it is another encoding.
_CONTROLS = re.compile("[\x80-\x9f]")


class UnreadableEncoding(Exception):
    """The bytes are in no encoding that we read. The message quotes no text of the document."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """`codec` is what the bytes are, as a codec of Python. `declared` is the name in the document,
    blank when there is none. `is_plain`: UTF-8 that an XML parser takes as it stands."""

    codec: str
    declared: str = ""
    is_plain: bool = False
    is_contradicted: bool = False

    @property
    def remark(self) -> str | None:
        """What to record of a declaration that is not what the bytes are."""
        if not self.is_contradicted:
            return None
        read_as = "UTF-8" if self.codec in _UTF_8 else "UTF-16"
        return f"the encoding {_quoted(self.declared)} is declared, the bytes are {read_as}"


def prolog_text(head: bytes) -> str:
    """The beginning of a document, by its mark or first sign; without them, as ASCII is told."""
    even = head[: len(head) // 2 * 2]
    if codec := _marked(head):
        return (head if codec == "utf-8-sig" else even).decode(codec, "replace").lstrip("\ufeff")
    return head.decode("latin-1")


def find_encoding(head: bytes, survey: Callable[[], Survey]) -> Encoding:
    """The encoding of a document that begins with `head`. `survey` looks at all of its bytes, and
    is asked only when the declaration makes that necessary.

    Raises UnreadableEncoding.
    """
    found = _DECLARED.match(prolog_text(head).lstrip())
    declared = found[1] if found else ""
    name = _registered(declared) if declared else ""
    if codec := _marked(head):
        family = _UTF_8 if codec == "utf-8-sig" else _UTF_16
        is_contradicted = bool(name) and name not in family
        is_plain = codec == "utf-8-sig" and not is_contradicted
        return Encoding(codec, declared, is_plain, is_contradicted)
    if not name or name in _UTF_8:
        return Encoding("utf-8", declared, is_plain=declared.lower() in ("", "utf-8", "utf8"))
    if name not in _UTF_16 and not _CONTAIN_ASCII.fullmatch(name):
        raise UnreadableEncoding(f"the declared encoding {_quoted(declared)} is not accepted")
    content = survey()
    if content != "other":
        is_contradicted = content == "utf-8" or name in _UTF_16
        return Encoding("utf-8", declared, is_contradicted=is_contradicted)
    if name in READABLE:
        return Encoding(name, declared)
    raise UnreadableEncoding(
        f"the declared encoding is {_quoted(declared)}, and the bytes are neither that nor UTF-8"
    )


def survey_bytes(chunks: Iterable[bytes]) -> Survey:
    """Whether all bytes together are ASCII, or else valid UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_ascii = True
    try:
        for chunk in chunks:
            if is_ascii and chunk.isascii():
                continue
            is_ascii = False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "other"
    return "ascii" if is_ascii else "utf-8"


def transcoded(chunks: Iterable[bytes], encoding: Encoding) -> Iterable[bytes]:
    """The document in UTF-8, without mark and declaration; the declaration is in the first chunk.

    Raises UnreadableEncoding when the bytes are not what they should be, after what stands before.
    """
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    is_first = True
    for chunk in chain(chunks, (None,)):
        text, is_broken = _decoded(decoder, chunk, encoding.codec)
        if is_first:
            is_first = False
            text = _without_declaration(text)
        yield text.encode()
        if is_broken:
            raise UnreadableEncoding(_not_as_found(encoding))


def _decoded(
    decoder: codecs.IncrementalDecoder, chunk: bytes | None, codec: str
) -> tuple[str, bool]:
    """Text of the next bytes (None: there are no more), and whether it ends at bytes that are
    none."""
    try:
        text = decoder.decode(chunk or b"", chunk is None)
    except UnicodeDecodeError as error:
        return error.object[: error.start].decode(codec), True
    if codec == "iso8859-1" and (control := _CONTROLS.search(text)):
        return text[: control.start()], True
    return text, False


def _without_declaration(text: str) -> str:
    """Line ends in it stay, so that lines are told as the sender counts them."""
    text = text.removeprefix("\ufeff")
    if declaration := _DECLARATION.match(text):
        return "\n" * declaration[0].count("\n") + text[declaration.end() :]
    return text


def _not_as_found(encoding: Encoding) -> str:
    if encoding.codec in _UTF_16:
        return "not well-formed XML: it begins as UTF-16 and holds bytes that are none"
    if encoding.codec in _UTF_8:
        return "not well-formed XML: it holds bytes that are not UTF-8"
    return f"it holds bytes that the declared encoding {_quoted(encoding.declared)} does not have"


def _marked(head: bytes) -> str | None:
    """The codec that a mark or the first sign tells."""
    if head.startswith(_UTF_32):
        return None  # it is no text to us: what reads it finds NUL
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, b"<\0")):
        return "utf-16-le"
    if head.startswith((codecs.BOM_UTF16_BE, b"\0<")):
        return "utf-16-be"
    return None


def _registered(declared: str) -> str:
    """The name as Python's registry has it; the name itself in small letters when it has none."""
    if declared.lower() in _ALSO_UTF_16:
        return "utf-16"
    try:
        return codecs.lookup(declared).name if _NAME.fullmatch(declared) else declared.lower()
    except LookupError:
        return declared.lower()


def _quoted(declared: str) -> str:
    return declared if _NAME.fullmatch(declared) else f"of {described(declared)}"
