"""Check-ins of the insurer's standard: rows that came in XML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from health_warehouse.feeds.contract import Contract
from health_warehouse.readers.protocol import Bounds
from health_warehouse.readers.row import Row, extra_text
from health_warehouse.sources.claims.check_ins import is_check_in_file, read_check_ins
from health_warehouse.sources.claims.dossier import Envelope


class CheckInsXml:
    """The reader."""

    def takes(self, stream: BinaryIO) -> bool:
        return is_check_in_file(stream)

    def read(
        self, stream: BinaryIO, _contract: Contract, bounds: Bounds, _sender: str = "", /
    ) -> CheckInRows:
        return CheckInRows(stream, bounds)


class CheckInRows:
    """Iterate to get the rows. One pass only; raises FileUnreadable."""

    def __init__(self, stream: BinaryIO, bounds: Bounds) -> None:
        self.envelope = Envelope()
        self._stream = stream
        self._bounds = bounds

    def __iter__(self) -> Iterator[Row]:
        for one in read_check_ins(self._stream, *self._bounds, self.envelope):
            if one.row is None:
                reason = one.problem.reason if one.problem else "it cannot be read"
                field = one.problem.field if one.problem else None
                yield Row(one.line, problem=reason, field=field, original=one.original)
                continue
            *values, extra = one.row
            told = None if extra is None else extra_text(json.loads(extra))
            yield Row(one.line, tuple(values), told, tells_nothing=one.is_blank)
