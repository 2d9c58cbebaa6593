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

from health_warehouse.sources.claims.character_encoding import prolog_text
from health_warehouse.sources.claims.described import described

PARSER_OPTIONS: dict[str, Any] = {
    "resolve_entities": "internal",
    "load_dtd": False,
    "no_network": True,
    "huge_tree": True,
    "recover": False,
    "remove_comments": True,
    "remove_pis": True,
}
PROLOG_BYTES = 64 * 1024  # the prolog (declaration, comments) must end within these
MAX_MARKUP = 1_000_000  # signs `<` in one dossier; 5,000 lines have 500,000
MAX_ATTRIBUTES = 200_000  # signs `=` in one dossier; a table has none but xsi:nil
WEB_PAGE = ": it is a page of a web server"

# Not possessive: Python 3.11.2 then keeps the `<` of an alternative that did not match.
_BEFORE_ROOT = re.compile(r"\ufeff?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")
_ROOT = re.compile(r"<(?:[^\s<>/:!?]+:)?([^\s<>/:!?]+)")
_WORDS = {
    "a character that XML forbids": "ERR_INVALID_CHAR ERR_INVALID_CHARREF",
    "bytes that are not UTF-8": "ERR_INVALID_ENCODING I18N_CONV_FAILED",
    "a tag that closes another element than the open one": "ERR_TAG_NAME_MISMATCH",
    "it breaks off": "ERR_DOCUMENT_END ERR_TAG_NOT_FINISHED ERR_GT_REQUIRED ERR_LTSLASH_REQUIRED"
    " ERR_CDATA_NOT_FINISHED ERR_COMMENT_NOT_FINISHED ERR_PI_NOT_FINISHED",
    "an entity that nobody declares": "ERR_UNDECLARED_ENTITY WAR_UNDECLARED_ENTITY",
    "a sign & or < that is not written as &amp; or &lt;": "ERR_NAME_REQUIRED"
    " ERR_ENTITYREF_SEMICOL_MISSING ERR_ENTITYREF_NO_NAME",
    "an attribute that is not written as XML has it": "ERR_ATTRIBUTE_NOT_STARTED"
    " ERR_ATTRIBUTE_NOT_FINISHED ERR_ATTRIBUTE_REDEFINED ERR_ATTRIBUTE_WITHOUT_VALUE"
    " ERR_SPACE_REQUIRED",
    "a prefix that nobody declares": "NS_ERR_UNDEFINED_NAMESPACE",
}
_WORDS_OF = {name: words for words, names in _WORDS.items() for name in names.split()}


class HostileXml(Exception):
    """The bytes are not XML that we read. Of the file the message holds names of elements only."""


def root_name(head: bytes) -> str:
    """Check the prolog in `head` (the first PROLOG_BYTES of a document); local name of the root.

    Raises HostileXml on a DOCTYPE, or no element within `head`.
    """
    if not head.strip():
        raise HostileXml("empty")
    text = prolog_text(head)
    if "\0" in text:  # other encodings that libxml2 would recognise by itself, or no text at all
        raise HostileXml("not an XML document: it holds NUL")
    rest = _after_prolog(text)
    if rest[:9].upper() == "<!DOCTYPE":
        is_page = rest[9:].lstrip()[:4].lower() == "html"
        raise HostileXml(f"a DOCTYPE is not allowed{WEB_PAGE if is_page else ''}")
    if root := _ROOT.match(rest):
        return root.group(1)
    if rest.startswith("<"):
        raise HostileXml(f"no element within the first {PROLOG_BYTES} bytes")
    raise HostileXml("not an XML document")


def is_bare(data: bytes) -> bool:
    """Whether there is nothing in it but white space, marks, a declaration, comments."""
    head = data.lstrip(b" \t\r\n")[:PROLOG_BYTES]
    return not _after_prolog(prolog_text(head)).strip(" \t\r\n\ufeff")


def _after_prolog(text: str) -> str:
    start = _BEFORE_ROOT.match(text)
    return text[start.end() if start else 0 :]


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
    words = _WORDS_OF.get(last.type_name, "")
    return f"not well-formed XML{words and f': {words}'}, line {last.line}"


def quoted_name(name: str) -> str:
    """The name of an element, as a reason may hold it."""
    return name if _PLAIN_NAME.fullmatch(name) else f"an element with a name of {described(name)}"


def local_name(tag: str) -> str:
    """`{namespace}NAME` as `NAME`."""
    return tag.rpartition("}")[2]
