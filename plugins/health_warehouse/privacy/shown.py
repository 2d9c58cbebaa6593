"""How a delivery is shown to people: by facility, day and content, never by its name.

Hospital software names files after patients and cards, so the names of files, of folders and of
the members of a bundle are personal values. They are read by the loader, and by whoever logs in as
`vault_reader` (vault.delivery_names).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.settings import Settings

_LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
_HASH_DIGITS = 8
_HASH = re.compile(r"[0-9a-f]{8,64}")
_FACILITY = re.compile(r"[0-9]{2}[0-9A-Z]{3}")
_NAMED = text(
    """
    select distinct sha256 from vault.delivery_names
    where file_name = :name or uri = :name
    """
)
_FIRST_NAMES = text("select file_id, file_name from vault.delivery_names where receipt_number = 1")


def shown(facility_id: str | None, received_at: datetime, sha256: str) -> str:
    """A file of the ledger, such as `01234 2026-11-20 9f3c21ab`; the day is local."""
    day = f"{received_at.astimezone(_LOCAL_TIME):%Y-%m-%d}"
    return f"{shown_facility(facility_id)} {day} {sha256[:_HASH_DIGITS]}"


def shown_facility(facility_id: str | None) -> str:
    """Its code; `unknown` for what is no code, for a sender may write anything there."""
    return facility_id if facility_id and _FACILITY.fullmatch(facility_id) else "unknown"


def shown_unread(modified_at: datetime, byte_count: int) -> str:
    """A file that nobody has opened yet: by what a listing of its folder shows beside the name."""
    moment = modified_at.astimezone(_LOCAL_TIME)
    return f"the file of {moment:%Y-%m-%d %H:%M:%S.%f%z} with {byte_count} bytes"


def hashes_of(settings: Settings, file: str) -> list[str]:
    """The beginnings of the sha256 that `file` means: a delivery as it is shown, or a hash.

    Anything else is a name, which only `vault_reader` may look up; no name is given back.
    """
    word = file.strip().rpartition(" ")[2]
    if _HASH.fullmatch(word):
        return [word]
    return list(_looked_up(settings, file))


def first_names(settings: Settings) -> dict[int, str]:
    """The name of every file at its earliest receipt, by its id; as `vault_reader`."""
    with engine(settings, "vault_reader").connect() as connection:
        return {row.file_id: row.file_name for row in connection.execute(_FIRST_NAMES)}


def _looked_up(settings: Settings, name: str) -> Iterator[str]:
    with engine(settings, "vault_reader").connect() as connection:
        yield from connection.execute(_NAMED, {"name": name}).scalars()
