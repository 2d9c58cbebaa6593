"""The keys that the loader gives a dossier; the secret that they need never enters Postgres."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from health_warehouse.privacy.person_key import encounter_key, local_person_key, person_key
from health_warehouse.sources.claims.dossier import Dossier
from health_warehouse.sources.claims.schema import TABLES

_XML1 = {column.name: place for place, column in enumerate(TABLES["XML1"].fields)}


class DossierKeys(NamedTuple):
    """`person` and `local_person` (the person within the facility) are None without a header."""

    encounter: UUID
    person: UUID | None
    local_person: UUID | None


def dossier_keys(key: bytes, facility_id: str, dossier: Dossier) -> DossierKeys:
    """The keys of a dossier; `key` is the person key, `facility_id` in its canonical form."""
    encounter = encounter_key(key, facility_id, dossier.dossier_id)
    row = dossier.xml1
    if row is None:
        return DossierKeys(encounter, None, None)
    person = person_key(
        key,
        facility_id=facility_id,
        dossier_id=dossier.dossier_id,
        cards=row[_XML1["MA_THE_BHYT"]],
        citizen=row[_XML1["SO_CCCD"]],
        patient_id=row[_XML1["MA_BN"]],
    )
    return DossierKeys(encounter, person, local_person_key(key, facility_id, person))
