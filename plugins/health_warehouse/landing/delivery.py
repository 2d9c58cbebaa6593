"""One object that a sender put into the inbox."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from health_warehouse.privacy.shown import shown_unread

ReceivedAt = datetime | Literal["declared"] | None
"""When files count as received: a fixed instant, their NGAYLAP, or None: the modification time."""

_MAX_NAME_BYTES = 400  # as `\\xNN` at most 1,600; an index entry of Postgres holds 2,704


class FileChanged(Exception):
    """The file changed or went while it was copied; it is left for the next time."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One object at one place, as it was when listed. `path` is its name to `filesystem`.

    Of a file in a bundle: uri `<uri of the bundle>!/<its name there>`, its own size, the bundle's
    modification time; `filesystem` and `path` are the bundle's. `is_read`: false for a file that
    nobody reads, by its name. `seen_at`: when it was listed, the same for all of a listing, in
    whatever order they are then loaded; None: when it is loaded. `inbox_path`: where one from the
    archive lay below the inbox.
    """

    uri: str
    file_name: str
    byte_count: int
    modified_at: datetime
    filesystem: Any
    path: str
    is_read: bool = True
    seen_at: datetime | None = field(default=None, compare=False)
    inbox_path: str | None = field(default=None, compare=False)

    @property
    def shown(self) -> str:
        """What people are told of it before it is read: its name may be that of a patient."""
        return shown_unread(self.modified_at, self.byte_count)


def printable(name: str) -> str:
    """A name that Postgres takes as text and as a key: odd bytes as `\\xNN`, no longer than fits an
    index (a longer one keeps its beginning, and the hash of the whole)."""
    data = name.replace("\0", "\\x00").encode("utf-8", "surrogateescape")
    if len(data) > _MAX_NAME_BYTES:
        data = data[:_MAX_NAME_BYTES] + b"~" + hashlib.sha256(data).hexdigest().encode()
    return data.decode("utf-8", "backslashreplace")
