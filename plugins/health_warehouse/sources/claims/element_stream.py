"""Elements of a large document one after another, in memory that does not grow with the document.

Bounds of our own, for `huge_tree` lifts those of libxml2: bytes of the file; and between two
elements, bytes, signs `<` and signs `=`, which bound the elements and attributes of the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

from lxml import etree

from health_warehouse.errors import FileUnreadable
from health_warehouse.sources.claims.character_encoding import Encoding
from health_warehouse.sources.claims.file_bytes import FileBytes
from health_warehouse.sources.claims.hardened_xml import (
    MAX_ATTRIBUTES,
    MAX_MARKUP,
    PARSER_OPTIONS,
    WEB_PAGE,
    HostileXml,
    describe,
    local_name,
    quoted_name,
    root_name,
)

CHUNK_BYTES = 256 * 1024
# Elements named like ours at another place, in one item. Each costs lxml time in the order of its
# depth: 300,000 at 1,900 levels took 11 s.
MAX_STRAYS = 1000
MAX_ITEM_DEPTH = 12  # of an item out of its place; the standard has it at 4
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"

Path = tuple[str, ...]
"""Local names from the root down."""


class ElementStream:
    """Iterate to get (path, element) of the elements at `paths`, as each ends. One pass only.

    Those at one of `item_paths`, which are among `paths`, are what there is much of: each is freed
    when the next one is asked for, with all before it, and to each apply `max_item_bytes` and the
    other bounds. An element that is named as an item and stands elsewhere is an item too, unless
    it is within an item or one of `item_parts`. Iteration raises FileUnreadable (F01), after the
    elements that ended before the fault.

    `encoding` is known from the first element on, `is_signed` at the end: whether there is a
    Signature of XML-DSig.
    """

    def __init__(
        self,
        stream: BinaryIO,
        paths: Iterable[Path],
        item_paths: Sequence[Path],
        max_file_bytes: int,
        max_item_bytes: int,
        item_parts: Iterable[str] = (),
    ) -> None:
        self.encoding = Encoding("utf-8", is_plain=True)
        self.is_signed = False
        self._stream = stream
        self._paths = frozenset(paths)
        self._item_paths = item_paths
        self._item_name = item_paths[0][-1]
        self._enclosing = tuple(f"{{*}}{name}" for name in (self._item_name, *item_parts))
        self._deepest = max(len(path) for path in self._paths)
        self._max_file_bytes = max_file_bytes
        self._max_item_bytes = max_item_bytes
        self._bytes = self._markup = self._attributes = self._strays = 0
        self._has_item_ended = False

    def __iter__(self) -> Iterator[tuple[Path, Any]]:
        tags = [*{f"{{*}}{path[-1]}" for path in self._paths}, SIGNATURE]
        parser = etree.XMLPullParser(events=("end",), tag=tags, **PARSER_OPTIONS)
        for chunk in self._chunks():
            fault = _feed(parser, chunk)
            # What ended before the fault is told first: how much of a broken file was seen must
            # not depend on where the chunks were cut.
            yield from self._ended(parser)
            if fault is not None:
                raise FileUnreadable("F01", fault)
        try:
            parser.close()
        except etree.XMLSyntaxError as error:
            raise FileUnreadable("F01", describe(error)) from None
        yield from self._ended(parser)

    def _ended(self, parser: etree.XMLPullParser) -> Iterator[tuple[Path, Any]]:
        for _event, element in parser.read_events():
            if element.tag == SIGNATURE:
                self.is_signed = True
                continue
            path = self._path(element)
            if path not in self._paths and not self._is_displaced_item(path, element):
                self._strays += 1
                if self._strays > MAX_STRAYS:
                    raise FileUnreadable("F01", "elements of the envelope out of their place")
                continue
            yield path, element
            if path[-1] == self._item_name:
                _forget(element)
                self._bytes = self._markup = self._attributes = self._strays = 0
                self._has_item_ended = True

    def _path(self, element: Any) -> Path:
        """One name more than any of `paths` at most: a hostile file nests elements 2,000 deep."""
        ancestors = [local_name(a.tag) for a in islice(element.iterancestors(), self._deepest)]
        return (*reversed(ancestors), local_name(element.tag))

    def _is_displaced_item(self, path: Path, element: Any) -> bool:
        if path[-1] != self._item_name:
            return False
        if next(element.iterancestors(*self._enclosing), None) is not None:
            return False
        if next(islice(element.iterancestors(), MAX_ITEM_DEPTH, None), None) is not None:
            deep = f"a {self._item_name} more than {MAX_ITEM_DEPTH} levels deep"
            raise FileUnreadable("F01", f"elements of the envelope out of their place: {deep}")
        return True

    def _chunks(self) -> Iterator[bytes]:
        """The file in pieces, with the prolog checked first and the bounds on the way."""
        content = FileBytes(self._stream, self._max_file_bytes)
        self._require_root(content.head)
        for chunk in content.chunks(CHUNK_BYTES):
            self.encoding = content.encoding
            self._bytes += len(chunk)
            self._has_item_ended = False
            yield chunk
            self._require_bounds(chunk)

    def _require_bounds(self, chunk: bytes) -> None:
        if not self._has_item_ended:  # else nothing is left to add to; counting takes its time
            self._markup += chunk.count(b"<")
            self._attributes += chunk.count(b"=")
        item = self._item_name
        if self._bytes > self._max_item_bytes + CHUNK_BYTES:
            reason = f"a {item} larger than {self._max_item_bytes} bytes"
            raise FileUnreadable("F01", f"{reason} (WAREHOUSE_MAX_DOSSIER_BYTES)")
        if self._markup > MAX_MARKUP or self._attributes > MAX_ATTRIBUTES:
            raise FileUnreadable("F01", f"a {item} with too many elements or attributes")

    def _require_root(self, head: bytes) -> None:
        try:
            found = root_name(head)
        except HostileXml as error:
            raise FileUnreadable("F01", str(error)) from None
        expected = self._item_paths[0][0]
        if found != expected:
            raise FileUnreadable("F01", _other_root(found, expected))


def _other_root(found: str, expected: str) -> str:
    words = f"the root is {quoted_name(found)}, not {expected}"
    if found.lower() == "html":
        return words + WEB_PAGE
    if found.lower() == expected.lower():
        return f"{words}: names of elements are written in capitals"
    return words


def _feed(parser: etree.XMLPullParser, chunk: bytes) -> str | None:
    """What is wrong with the document, as far as it is known now."""
    try:
        parser.feed(chunk)
    except etree.XMLSyntaxError as error:
        return describe(error)
    return None


def _forget(element: Any) -> None:
    """Free an element that has been read, and all that stands before it or its ancestors."""
    element.clear()
    node = element
    while (parent := node.getparent()) is not None:
        while node.getprevious() is not None:
            del parent[0]
        node = parent
