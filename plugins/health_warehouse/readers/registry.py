"""Readers by the names that contracts give them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import BinaryIO

from health_warehouse.feeds.contract import Contract
from health_warehouse.readers.check_ins_xml import CheckInsXml
from health_warehouse.readers.claims_xml import ClaimsXml
from health_warehouse.readers.json_lines import JsonLines
from health_warehouse.readers.protocol import Reader
from health_warehouse.readers.table.table_reader import Table

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "claims_xml": ClaimsXml(),
        "check_ins_xml": CheckInsXml(),
        "json_lines": JsonLines(),
        "table": Table(),
    }
)


def reader_of(contract: Contract, stream: BinaryIO) -> Reader:
    """The first reader of a contract that takes the bytes; else the first, which then says what is
    wrong with them."""
    for name in contract.readers if contract.other_readers else ():
        if READERS[name].takes(stream):
            return READERS[name]
    return READERS[contract.reader]


def takes(contract: Contract, stream: BinaryIO) -> bool:
    """Whether one of its readers takes the bytes."""
    return any(READERS[name].takes(stream) for name in contract.readers)
