"""Rows as JSON objects, one a line (https://jsonlines.org), in UTF-8.

Values are kept as they are written: a number is its digits, yes and no are `true` and `false`. Keys
find their column by its labels, without regard to case, accents and blanks. A line of which the
only key is `_delivery` tells how a pull was made, and is no row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from health_warehouse.errors import FileUnreadable
from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.labels import folded_label, labels_of
from health_warehouse.readers.protocol import Bounds
from health_warehouse.readers.row import Row, extra_text
from health_warehouse.sources.claims.dossier import Envelope

ABOUT = "_delivery"
MAX_ROWS = 5_000_000
MAX_FAULTY_ROWS = 10_000
MAX_DEPTH = 100
_KEYS_KNOWN = 2_000
_BOM = b"\xef\xbb\xbf"
_SPACES = b" \t\r\n"


class _Fault(ValueError):
    """Why a line is no row; holds no value of it."""


class JsonLines:
    """The reader."""

    def takes(self, stream: BinaryIO) -> bool:
        """Whether it begins as an object does."""
        head = stream.read(4096).removeprefix(_BOM).lstrip(_SPACES)
        stream.seek(0)
        return head.startswith(b"{")

    def read(
        self, stream: BinaryIO, contract: Contract, bounds: Bounds, _sender: str = "", /
    ) -> JsonRows:
        return JsonRows(stream, contract, bounds)


class JsonRows:
    """Iterate to get the rows. One pass only; raises FileUnreadable."""

    def __init__(self, stream: BinaryIO, contract: Contract, bounds: Bounds) -> None:
        self.envelope = Envelope()
        self._stream = stream
        self._bounds = bounds
        self._width = len(contract.table.columns)
        self._place: dict[str, int] = {}
        self._known: dict[str, int | None] = {}
        for place, column in enumerate(contract.table.columns):
            for label in labels_of(column):
                self._place[folded_label(label)] = place
        for place, column in enumerate(contract.table.columns):
            self._place.setdefault(folded_label(column.name), place)
        self._must_know_a_column = contract.refuse.is_header_missing

    def __iter__(self) -> Iterator[Row]:
        position = faulty = 0
        knows_a_column = False
        for line in self._lines():
            try:
                found = _object(line)
                if list(found) == [ABOUT]:
                    continue
                row = self._row(position + 1, found, has_escapes=b"\\u" in line)
            except _Fault as fault:
                original = line.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
                row = Row(position + 1, problem=str(fault), original=original)
                faulty += 1
            position += 1
            if position > MAX_ROWS:
                raise FileUnreadable("F01", f"more than {MAX_ROWS} rows: send it in several files")
            if faulty > MAX_FAULTY_ROWS:
                raise FileUnreadable("F03", f"more than {MAX_FAULTY_ROWS} lines cannot be read")
            knows_a_column = knows_a_column or any(value is not None for value in row.values)
            yield row
        if position and not knows_a_column and self._must_know_a_column:
            raise FileUnreadable("F01", "no line has a column of the contract")

    def _lines(self) -> Iterator[bytes]:
        """Lines that are not blank, without a mark of the byte order before the first."""
        count, is_first = 0, True
        while line := self._stream.readline(self._bounds.document_bytes + 3):
            count += len(line)
            if count > self._bounds.file_bytes:
                raise FileUnreadable("F01", f"larger than {self._bounds.file_bytes} bytes")
            if len(line.rstrip(b"\r\n")) > self._bounds.document_bytes:
                raise FileUnreadable(
                    "F01", f"a line is longer than {self._bounds.document_bytes} bytes"
                )
            line = (line.removeprefix(_BOM) if is_first else line).strip(_SPACES)
            is_first = False
            if line:
                yield line

    def _place_of(self, key: str) -> int | None:
        """Most keys are the same in every row."""
        if key not in self._known:
            if len(self._known) >= _KEYS_KNOWN:
                self._known.clear()
            self._known[key] = self._place.get(folded_label(key))
        return self._known[key]

    def _row(self, position: int, found: dict[str, Any], *, has_escapes: bool) -> Row:
        values: list[str | None] = [None] * self._width
        extra: dict[str, Any] = {}
        for key, value in found.items():
            place = self._place_of(key)
            if place is None:
                extra[key] = value
                continue
            if values[place] is not None:
                raise _Fault("two of its keys name the same column")
            values[place] = _text(value)
        # but by an escape a line in UTF-8 holds no half of a character, and JSON no zero character
        for text in _texts([values, extra]) if has_escapes else ():
            _require_storable(text)
        return Row(position, tuple(values), extra_text(extra))


def _object(line: bytes) -> dict[str, Any]:
    """Raises _Fault."""
    try:
        found = json.loads(
            line.decode("utf-8"),
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError:
        raise _Fault("it is not UTF-8") from None
    except RecursionError:
        raise _Fault("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise _Fault(f"it is no JSON: {error.msg} (character {error.pos + 1})") from None
    if not isinstance(found, dict):
        raise _Fault("it is no object: write {…}")
    if any(isinstance(one, (dict, list)) for one in found.values()) and _depth(found) > MAX_DEPTH:
        raise _Fault("it is nested too deeply")
    return found


def _depth(found: dict[str, Any]) -> int:
    """How many lists and objects stand one in another."""
    depth = 0
    level: list[Any] = [found]
    while level:
        depth += 1
        inner = [
            one for held in level for one in (held.values() if isinstance(held, dict) else held)
        ]
        level = [one for one in inner if isinstance(one, (dict, list))]
    return depth


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def _no_number(_name: str) -> Any:
    raise _Fault("it holds NaN or Infinity, which are no numbers")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Fault("a key stands in it twice")
    return found


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    raise _Fault("a column holds a list or an object where one value belongs")


def _texts(value: Any) -> Iterator[str]:
    """Every text in it, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _require_storable(text: str) -> None:
    """Postgres keeps no zero character, and no half of a character."""
    if "\0" in text:
        raise _Fault("it holds a zero character (U+0000)")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Fault("it holds half of a character (a lone surrogate)") from None
