"""Claim files as the parser gives them, for tests of the parser."""

from __future__ import annotations

import io

from health_warehouse.sources.claims.dossier import Dossier, Envelope
from health_warehouse.sources.claims.parse import ClaimFile
from health_warehouse.sources.claims.schema import TABLES

MIB = 1024 * 1024


def parse(
    content: bytes, max_file_bytes: int = 64 * MIB, max_dossier_bytes: int = 32 * MIB
) -> tuple[Envelope, list[Dossier]]:
    claims = ClaimFile(io.BytesIO(content), max_file_bytes, max_dossier_bytes)
    dossiers = list(claims)
    return claims.envelope, dossiers


def only(content: bytes) -> Dossier:
    """The dossier of a file that has one."""
    (found,) = parse(content)[1]
    return found


def value(table: str, row: list[str | None] | None, name: str) -> str | None:
    """One field of a row."""
    assert row is not None
    return row[[f.name for f in TABLES[table].fields].index(name)]


def hoso(*parts: str) -> str:
    return f"<HOSO>{''.join(parts)}</HOSO>"
