"""The keys that the loader gives a dossier; the secret that they need never enters Postgres."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from health_warehouse.privacy.identity import identifier_hashes
from health_warehouse.privacy.person_key import encounter_key, local_person_key, person_key
from health_warehouse.sources.claims.dossier import Dossier
from health_warehouse.sources.claims.schema import TABLES

_XML1 = {column.name: place for place, column in enumerate(TABLES["XML1"].fields)}


class CareDays(NamedTuple):
    """The local days of NGAY_VAO and NGAY_RA, both included."""

    first: date
    last: date

    def as_range(self) -> str:
        """As Postgres reads a daterange."""
        return f"[{self.first},{self.last}]"


class DossierKeys(NamedTuple):
    """`person` and `local_person` (the person within the facility) are None without a header.

    `identifiers` and `care_days` compare versions of the dossier; empty and None: not known.
    """

    encounter: UUID
    person: UUID | None
    local_person: UUID | None
    identifiers: tuple[UUID, ...] = ()
    care_days: CareDays | None = None


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
    identifiers = identifier_hashes(
        key,
        facility_id=facility_id,
        dossier_id=dossier.dossier_id,
        cards=row[_XML1["MA_THE_BHYT"]],
        citizen=row[_XML1["SO_CCCD"]],
        patient_id=row[_XML1["MA_BN"]],
        name=row[_XML1["HO_TEN"]],
        birth=row[_XML1["NGAY_SINH"]],
    )
    local_person = local_person_key(key, facility_id, person)
    days = care_days(row[_XML1["NGAY_VAO"]], row[_XML1["NGAY_RA"]])
    return DossierKeys(encounter, person, local_person, tuple(identifiers), days)


def identifiers_array(keys: DossierKeys) -> str | None:
    """As Postgres reads an array; None when nothing identifies the person."""
    return "{" + ",".join(map(str, keys.identifiers)) + "}" if keys.identifiers else None


def care_days(arrival: str | None, end: str | None) -> CareDays | None:
    """The days of care; None when one cannot be read, or the end is before the arrival."""
    first, last = _day(arrival), _day(end)
    if first is None or last is None or last < first:
        return None
    return CareDays(first, last)


def _day(text: str | None) -> date | None:
    digits = (text or "").strip()[:8]
    if len(digits) < 8 or not (digits.isascii() and digits.isdecimal()):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
