"""What a re-keying makes of what names a dossier, a person, one of the staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from health_warehouse.privacy.identity import identifier_hashes
from health_warehouse.privacy.person_key import (
    encounter_key,
    keyed_hash,
    local_person_key,
    person_key,
    practitioner_key,
)
from health_warehouse.reference.canonical import canonical_code, canonical_dossier_id
from health_warehouse.sources.claims.parts import MAX_MA_LK


class Identifiers(NamedTuple):
    """Of a person, as sent."""

    cards: str | None
    citizen: str | None
    patient_id: str | None


class DossierName(NamedTuple):
    facility_id: str
    dossier_id: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys under `secret`. `former`: that of the keys that are there, in an upgrade the same."""

    secret: bytes
    former: bytes

    def encounter(self, name: DossierName) -> UUID:
        return encounter_key(self.secret, *name)

    def person(self, name: DossierName, identifiers: Identifiers) -> UUID:
        return person_key(
            self.secret,
            facility_id=name.facility_id,
            dossier_id=name.dossier_id,
            **identifiers._asdict(),
        )

    def version(
        self,
        name: DossierName,
        identifiers: Identifiers,
        person_name: str | None,
        birth: str | None,
    ) -> list[UUID]:
        """The hashes by which versions of the dossier are compared."""
        return identifier_hashes(
            self.secret,
            facility_id=name.facility_id,
            dossier_id=name.dossier_id,
            **identifiers._asdict(),
            name=person_name,
            birth=birth,
        )

    def local(self, name: DossierName, person: UUID) -> UUID:
        return local_person_key(self.secret, name.facility_id, person)

    def practitioner(self, code: str) -> UUID:
        return practitioner_key(self.secret, code)

    def is_made_of(self, person: UUID, identities: set[tuple[str, ...]]) -> bool:
        """Whether the key of a person is one of today's."""
        return any(keyed_hash(self.secret, *identity) == person for identity in identities)

    def moved(self, person: UUID, identities: set[tuple[str, ...]]) -> UUID | None:
        """The key now of a person whose former one was made of one of these; None when of none."""
        for identity in sorted(identities):
            if keyed_hash(self.former, *identity) == person:
                return keyed_hash(self.secret, *identity)
        return None


def canonical_name(facility_id: str, dossier_id: str) -> DossierName:
    """As the loader names a dossier today.

    What the loader would not take as a name any more is left as it is: it stays one of its own.
    """
    found = canonical_dossier_id(dossier_id)
    is_name = 0 < len(found) <= MAX_MA_LK
    return DossierName(canonical_code(facility_id), found if is_name else dossier_id)
