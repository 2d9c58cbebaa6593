"""Check-ins of the insurer's standard: rows that came in XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from health_warehouse.feeds.contract import Contract
from health_warehouse.readers.protocol import Bounds
from health_warehouse.sources.claims.check_ins import CheckIn, is_check_in_file, read_check_ins
from health_warehouse.sources.claims.dossier import Envelope


class CheckInsXml:
    """The reader."""

    def takes(self, stream: BinaryIO) -> bool:
        return is_check_in_file(stream)

    def read(self, stream: BinaryIO, _contract: Contract, bounds: Bounds, /) -> CheckInFile:
        return CheckInFile(stream, bounds)


class CheckInFile:
    """Iterate to get the check-ins. One pass only; raises FileUnreadable."""

    def __init__(self, stream: BinaryIO, bounds: Bounds) -> None:
        self.envelope = Envelope()
        self._stream = stream
        self._bounds = bounds

    def __iter__(self) -> Iterator[CheckIn]:
        return read_check_ins(self._stream, *self._bounds, self.envelope)
