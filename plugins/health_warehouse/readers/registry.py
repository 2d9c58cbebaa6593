"""Readers by the names that contracts give them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from health_warehouse.readers.check_ins_xml import CheckInsXml
from health_warehouse.readers.claims_xml import ClaimsXml
from health_warehouse.readers.json_lines import JsonLines
from health_warehouse.readers.protocol import Reader

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "claims_xml": ClaimsXml(),
        "check_ins_xml": CheckInsXml(),
        "json_lines": JsonLines(),
    }
)
