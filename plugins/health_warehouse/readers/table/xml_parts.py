"""Elements of a part of a workbook, one after another, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from health_warehouse.errors import FileUnreadable
from health_warehouse.readers.table.zip_parts import ZipParts

MAX_ELEMENT_BYTES = 8 * 1024**2


def elements(
    parts: ZipParts, name: str, tags: Sequence[str], until: str = "", *, is_kept: bool = False
) -> Iterator[Any]:
    """Whole elements with one of these names in any namespace, in their order, up to the end of
    `until`. Each is emptied when the next is asked for, unless it is kept.

    Raises FileUnreadable where the part breaks, or one element is too large.
    """
    wanted = [f"{{*}}{tag}" for tag in (*tags, *([until] if until else []))]
    parser = etree.XMLPullParser(
        events=("end",),
        tag=wanted,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    waiting = 0
    try:
        for chunk in parts.chunks(name):
            parser.feed(chunk)
            waiting += len(chunk)
            for _, element in parser.read_events():
                waiting = 0
                if until and element.tag.endswith(f"}}{until}"):
                    return
                yield element
                if not is_kept:
                    _forget(element)
            if waiting > MAX_ELEMENT_BYTES:
                raise FileUnreadable(
                    "F01", f"an element of the workbook is larger than {MAX_ELEMENT_BYTES} bytes"
                )
        parser.close()
    except etree.XMLSyntaxError:
        raise FileUnreadable("F01", "the workbook holds broken XML: save it again") from None


def _forget(element: Any) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
