"""Claims of the insurer's standard: dossiers."""

from __future__ import annotations

from typing import BinaryIO

from health_warehouse.feeds.contract import Contract
from health_warehouse.readers.protocol import Bounds
from health_warehouse.sources.claims.check_ins import is_check_in_file
from health_warehouse.sources.claims.parse import ClaimFile


class ClaimsXml:
    """The reader. It takes whatever is no check-ins, and then says what is wrong with it."""

    def takes(self, stream: BinaryIO) -> bool:
        return not is_check_in_file(stream)

    def read(
        self, stream: BinaryIO, _contract: Contract, bounds: Bounds, _sender: str = "", /
    ) -> ClaimFile:
        return ClaimFile(stream, bounds.file_bytes, bounds.document_bytes)
