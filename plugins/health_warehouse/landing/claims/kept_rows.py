"""Rows of a version that was superseded, removed from `raw`, and counts again.

That is rare: it takes a delivery that turns up with an earlier time of receipt, or a newer version
that is judged anew. The archive has the bytes, so the rows come back as they were, in the
transaction that lets the version count.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection, text

from health_warehouse.landing.archive import ArchivedFile, open_archived
from health_warehouse.landing.claims.keys import DossierKeys, dossier_keys, identifiers_array
from health_warehouse.landing.claims.raw_rows import RAW_TABLES, RawWriter
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.settings import Settings
from health_warehouse.sources.claims.parse import ClaimFile
from health_warehouse.sources.claims.spread import SpreadDossiers

# The partial index holds nothing unless rows were ever removed.
_MISSING = text(
    """
    select v.file_id, v.position, f.sha256, f.byte_count
    from ops.dossier_versions as v
    inner join ops.current_dossiers as c using (file_id, position)
    inner join ops.files as f using (file_id)
    where not v.has_rows
    """
)
_BACK = text(
    "update ops.dossier_versions as v set has_rows = true, local_person_key = back.person,"
    " identifier_hashes = cast(back.identifiers as uuid[])"
    " from unnest(cast(:positions as integer[]), cast(:persons as uuid[]),"
    " cast(:identifiers as text[])) as back (place, person, identifiers)"
    " where v.file_id = :file_id and v.position = back.place"
)


def bring_back_rows(connection: Connection, settings: Settings) -> int:
    """Fill `raw` for versions that count and have no rows there; how many there were.

    In the transaction that settled what counts. Raises SourceUnavailable when the archive cannot be
    read.
    """
    wanted: defaultdict[int, set[int]] = defaultdict(set)
    files: dict[int, ArchivedFile] = {}
    for row in connection.execute(_MISSING):
        wanted[row.file_id].add(row.position)
        files[row.file_id] = ArchivedFile(row.sha256, row.byte_count)
    for file_id, positions in wanted.items():
        keys: dict[int, DossierKeys | None] = dict.fromkeys(sorted(positions))
        keys |= _read_again(connection, settings, file_id, files[file_id], positions)
        found = {
            "positions": list(keys),
            "persons": [one and one.local_person for one in keys.values()],
            "identifiers": [one and identifiers_array(one) for one in keys.values()],
        }
        connection.execute(_BACK, {"file_id": file_id, **found})
    return sum(map(len, wanted.values()))


def _read_again(
    connection: Connection,
    settings: Settings,
    file_id: int,
    archived: ArchivedFile,
    positions: set[int],
) -> dict[int, DossierKeys]:
    """The keys of each version: they may have been made anew meanwhile."""
    found: dict[int, DossierKeys] = {}
    key = agreed_person_key(settings)
    writer = RawWriter(connection, file_id, only=RAW_TABLES)
    spread = SpreadDossiers()
    with open_archived(settings, archived) as stream:
        claims = ClaimFile(stream, settings.max_file_bytes, settings.max_dossier_bytes)
        for dossier in claims:
            continues = spread.continuation(dossier)
            if (continues or dossier).position in positions:
                facility_id = claims.facility_id
                keys = None if continues else dossier_keys(key, facility_id, dossier)
                writer.add(dossier, facility_id, keys, continues)
                if keys is not None:
                    found[dossier.position] = keys
    writer.finish()
    return found
