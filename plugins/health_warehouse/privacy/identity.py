"""Who a version of a dossier is about, as hashes that only versions of that dossier share."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from health_warehouse.privacy.person_key import citizen_id, insurance_numbers, keyed_hash
from health_warehouse.reference.canonical import canonical_dossier_id

_BLANKS = re.compile(r"\s+")


def identifier_hashes(
    key: bytes,
    *,
    facility_id: str,
    dossier_id: str,
    cards: str | None,
    citizen: str | None,
    patient_id: str | None,
    name: str | None,
    birth: str | None,
) -> list[UUID]:
    """Keyed hashes of everything that identifies the person, sorted; empty when nothing does.

    Each kind hashes in a domain of its own, with the dossier: the same person has other hashes in
    every other dossier. MA_BN that repeats MA_LK names the dossier and nobody,
    and nor does a number of one digit (000000000000). `birth` counts by
    its day or, where that is not known, its year; a name alone is nobody's.
    """
    named = [("insurance_number", number) for number in insurance_numbers(cards)]
    national = citizen_id(citizen)
    if national is not None:
        named.append(("citizen_id", national))
    local = canonical_dossier_id(patient_id or "")
    if local and local != dossier_id:
        named.append(("patient_id", local))
    who = _folded(name)
    born = (birth or "").strip()[:8]
    if who and born:
        named.append(("name and birth", f"{who} {born}"))
    told = [(kind, value) for kind, value in named if len(set(value)) > 1]
    return sorted(
        {keyed_hash(key, "version", facility_id, dossier_id, kind, value) for kind, value in told}
    )


def _folded(name: str | None) -> str:
    """A name however its letters are composed and its blanks are set."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", name or "").casefold()).strip()
