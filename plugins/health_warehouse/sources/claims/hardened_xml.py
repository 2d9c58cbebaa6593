"""XML of strangers, read without entities, DTD, network or paths.

Measured on lxml 6.1.3 with libxml2 2.14.6: a comment inside a value cuts `.text` short unless
comments are removed (`12<!-- -->34` reads as `12`); `resolve_entities=False` silently deletes an
entity (`1&amt;5` reads as `1`), whereas "internal" without a DOCTYPE makes it an error; one text
of more than 10 MB needs `huge_tree`, which also lifts the guard against entity bombs. Hence: no
DOCTYPE at all, looked for before the parser sees a byte, and bounds of our own on bytes and markup:
2 million elements of different names took 9 s and 1 GB, 5 million attributes 15 s and 3 GB.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

PARSER_OPTIONS: dict[str, Any] = {
    "resolve_entities": "internal",
    "load_dtd": False,
    "no_network": True,
    "huge_tree": True,
    "recover": False,
    "remove_comments": True,
    "remove_pis": True,
}
ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be",
                       "windows-1252", "windows-1258", "iso-8859-1"})  # fmt: skip
PROLOG_BYTES = 64 * 1024  # the prolog (declaration, comments) must end within these
MAX_MARKUP = 1_000_000  # signs `<` in one dossier; 5,000 lines have 500,000
MAX_ATTRIBUTES = 200_000  # signs `=` in one dossier; a table has none but xsi:nil
WEB_PAGE = ": it is a page of a web server"

_DECLARATION = re.compile(r"<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
# Not possessive: Python 3.11.2 then keeps the `<` of an alternative that did not match.
_BEFORE_ROOT = re.compile(r"\ufeff?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_ROOT = re.compile(r"<(?:[^\s<>/:!?]+:)?([^\s<>/:!?]+)")


class HostileXml(Exception):
    """The bytes are not XML that we read. The message holds no content of the file."""


def root_name(head: bytes) -> str:
    """Check the prolog in `head` (the first PROLOG_BYTES of a document); local name of the root.

    Raises HostileXml on a DOCTYPE, an encoding outside ENCODINGS, or no element within `head`.
    """
    if not head.strip():
        raise HostileXml("empty")
    text = _decode(head)
    if "\0" in text:  # other encodings that libxml2 would recognise by itself, or no text at all
        raise HostileXml("not an XML document: it holds NUL")
    declared = _DECLARATION.match(text)
    if declared and declared.group(1).lower() not in ENCODINGS:
        raise HostileXml("the declared encoding is not accepted")
    start = _BEFORE_ROOT.match(text)
    rest = text[start.end() if start else 0 :]
    if rest[:9].upper() == "<!DOCTYPE":
        is_page = rest[9:].lstrip()[:4].lower() == "html"
        raise HostileXml(f"a DOCTYPE is not allowed{WEB_PAGE if is_page else ''}")
    if root := _ROOT.match(rest):
        return root.group(1)
    if rest.startswith("<"):
        raise HostileXml(f"no element within the first {PROLOG_BYTES} bytes")
    raise HostileXml("not an XML document")


def _decode(head: bytes) -> str:
    """As the parser will: UTF-16 by its mark or by its first sign `<`, else what ASCII is in."""
    even = head[: len(head) // 2 * 2]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return even.decode("utf-16", "replace")
    if head[:2] in (b"<\0", b"\0<"):
        return even.decode("utf-16-le" if head[:1] == b"<" else "utf-16-be", "replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def parse_document(data: bytes, parser: etree.XMLParser) -> Any:
    """Root element of one complete document in memory. Raises HostileXml."""
    root_name(data[:PROLOG_BYTES])
    if data.count(b"<") > MAX_MARKUP or data.count(b"=") > MAX_ATTRIBUTES:
        raise HostileXml("too many elements or attributes")
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise HostileXml(describe(error)) from None


def describe(error: etree.XMLSyntaxError) -> str:
    """What is wrong and where, without the parser's own words: they quote the document."""
    last = error.error_log.last_error if error.error_log else None
    if last is None:
        return "not well-formed XML, or cut off"
    return f"not well-formed XML ({last.type_name}, line {last.line})"


def local_name(tag: str) -> str:
    """`{namespace}NAME` as `NAME`."""
    return tag.rpartition("}")[2]
