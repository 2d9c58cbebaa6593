"""Keys that readers see, computed once more from the decision record. Standard library only."""

from __future__ import annotations

import hashlib
import hmac
from unicodedata import category, normalize
from uuid import UUID

TEST_KEY = bytes(32)
"""The person key of the warehouses in tests."""


def one_form(code: str) -> str:
    """MA_LK or a facility's code in the form in which it counts."""
    visible = "".join(sign for sign in code if category(sign) != "Cf")
    return " ".join(normalize("NFKC", visible).upper().split())


def encounter_key(facility_id: str, dossier_id: str) -> UUID:
    """The key of a dossier in the marts of a test."""
    return _hashed("document", "claims", one_form(facility_id), one_form(dossier_id))


def local_person_key(facility_id: str, person_key: UUID) -> UUID:
    """The key of a person within one facility."""
    return _hashed("local", one_form(facility_id), str(person_key))


def _hashed(*parts: str) -> UUID:
    message = chr(31).join(parts).encode()
    return UUID(hmac.new(TEST_KEY, message, hashlib.sha256).hexdigest()[:32])
