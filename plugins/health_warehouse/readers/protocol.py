"""What a reader is: bytes in, documents out. It reads no setting and talks to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple, Protocol

from health_warehouse.feeds.contract import Contract
from health_warehouse.sources.claims.dossier import Envelope


class Bounds(NamedTuple):
    """At most so much is read, and of one document in memory."""

    file_bytes: int
    document_bytes: int


class Documents(Protocol):
    """One pass over the documents of a delivery. `envelope` is complete after it.

    Iteration raises FileUnreadable where the delivery as a whole breaks, so who iterates must not
    commit before the end. A document that breaks alone says so itself.
    """

    @property
    def envelope(self) -> Envelope: ...

    def __iter__(self) -> Iterator[Any]: ...


class Reader(Protocol):
    """One form of deliveries."""

    def takes(self, stream: BinaryIO) -> bool:
        """Whether the beginning is of its form; leaves the stream at its beginning."""
        ...

    def read(
        self, stream: BinaryIO, contract: Contract, bounds: Bounds, sender: str = "", /
    ) -> Documents:
        """`sender`: who sent the bytes, as far as it is known before they are read."""
        ...
