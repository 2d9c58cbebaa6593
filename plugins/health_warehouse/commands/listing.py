"""Long lists as plain text: no key is cut, a hundred thousand rows print in a second or two."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import typer
from rich.cells import cell_len

_GAP = "  "
_NARROWEST = 30  # columns for the text at the end; with fewer it is not wrapped


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """One line per row. The last column is text: at a terminal it wraps beside the others."""
    cells = [[_plain(value) for value in row] for row in rows]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in lines([list(columns), *cells], width):
        typer.echo(line)


def lines(rows: Sequence[Sequence[str]], width: int | None = None) -> Iterator[str]:
    """The rows below one another; `width` is that of the terminal, None: nothing is wrapped."""
    keys = [max(map(_width, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
    margin = sum(keys) + len(_GAP) * len(keys)
    room = width - margin if width else 0
    for row in rows:
        padded = (key + " " * (size - _width(key)) for key, size in zip(row, keys, strict=False))
        text = [row[-1]]
        if room >= _NARROWEST:
            text = textwrap.wrap(row[-1], room, break_on_hyphens=False) or [""]
        yield _GAP.join([*padded, text[0]]).rstrip()
        yield from (" " * margin + part for part in text[1:])


def _plain(value: Any) -> str:
    """What a sender wrote moves no cursor and breaks no line of a terminal."""
    text = "" if value is None else str(value)
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def _width(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
