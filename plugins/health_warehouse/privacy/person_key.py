"""A person as a keyed hash.

HMAC-SHA256, because a plain hash of a 10-digit number is undone in under an hour on two cores; cut
to 128 bits so that it is a uuid. The key is a secret of the loader and never enters Postgres.
Insurance number before citizen id before the facility's own number: the insurance number outlives
cards (its last ten digits stay when the card changes), and a child often has no citizen id yet.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from pathlib import Path
from uuid import UUID

from health_warehouse.database.connections import stored_secrets
from health_warehouse.errors import ConfigurationError
from health_warehouse.settings import Settings

KEY_BYTES = 32
CARD = re.compile(r"[A-Z]{2}[1-5][0-9]{12}")
INSURANCE_NUMBER = re.compile(r"[0-9]{10}")
CITIZEN_ID = re.compile(r"[0-9]{12}|[0-9]{9}|[A-Z][0-9]{7}")
_SPACE = " \t\r\n"


def load_person_key(settings: Settings) -> bytes | None:
    """The key as `find_person_key` finds it; made where no database was made yet.

    None when it is absent beside a database: only that knows whether there ever was a key, and it
    may be down. Who loads asks it (`known_key.agreed_person_key`). Raises ConfigurationError.
    """
    found = find_person_key(settings)
    has_database = settings.dsn is not None or "owner_dsn" in stored_secrets(settings)
    return found if found is not None or has_database else make_person_key(settings)


def find_person_key(settings: Settings) -> bytes | None:
    """The key of WAREHOUSE_PERSON_KEY, else of STATE/secrets/person_key; None without either.

    Raises ConfigurationError when it is not 64 hexadecimal digits, or is a variable of Airflow's:
    another key, made here instead, would make every patient a new person.
    """
    if settings.person_key is not None:
        return _decode(settings.person_key.get_secret_value(), "WAREHOUSE_PERSON_KEY")
    if settings.person_key_variable:
        raise ConfigurationError(
            "the person key is in WAREHOUSE_PERSON_KEY_VARIABLE, which only Airflow's tasks read: "
            "set WAREHOUSE_PERSON_KEY here"
        )
    path = key_file(settings)
    return read_key(path) if path.exists() else None


def key_file(settings: Settings) -> Path:
    return settings.secrets_dir / "person_key"


def next_key_file(settings: Settings) -> Path:
    """Of the key that keys are being made anew with."""
    return settings.secrets_dir / "person_key.next"


def make_person_key(settings: Settings) -> bytes:
    """A new key in STATE/secrets/person_key; the one that is there, when another was first."""
    return _made(key_file(settings))


def make_next_key(settings: Settings) -> bytes:
    """A new key in STATE/secrets/person_key.next; the one that is there, when one was begun."""
    return _made(next_key_file(settings))


def put_next_key(settings: Settings) -> None:
    """Let the next key take the place of the one that was; the other is gone then."""
    path = next_key_file(settings)
    path.replace(key_file(settings))
    _sync(path.parent)


def _made(path: Path) -> bytes:
    _create(path)
    return read_key(path)


def read_key(path: Path) -> bytes:
    """Raises ConfigurationError when it is not 64 hexadecimal digits."""
    return _decode(path.read_text(encoding="ascii", errors="replace"), str(path))


def _create(path: Path) -> None:
    """Write a new key whole or not at all: the second of two loaders takes what the first made."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".person_key.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike rename, fails when another process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _sync(path.parent)


def _sync(path: Path) -> None:
    """A key lost in a power cut would make everybody a new person."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _decode(text: str, where: str) -> bytes:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text.strip()):
        raise ConfigurationError(f"{where} must be 64 hexadecimal digits")
    return bytes.fromhex(text.strip())


def insurance_number(cards: str | None) -> str | None:
    """BHXH number of the last valid card in MA_THE_BHYT (cards joined by ";" in time order).

    A temporary number of a newborn (TE1PP…) is none: it belongs to a card, not to a person.
    """
    found = insurance_numbers(cards)
    return found[-1] if found else None


def insurance_numbers(cards: str | None) -> list[str]:
    """BHXH numbers of all valid cards in MA_THE_BHYT, in their order."""
    values = [card.strip(_SPACE) for card in (cards or "").upper().split(";")]
    return [
        value[-10:]
        for value in values
        if CARD.fullmatch(value) or INSURANCE_NUMBER.fullmatch(value)
    ]


def citizen_id(value: str | None) -> str | None:
    """SO_CCCD when it is one: 12 or 9 digits, or a letter and 7 digits (rule P01)."""
    found = (value or "").strip(_SPACE).upper()
    return found if CITIZEN_ID.fullmatch(found) else None


def person_key(
    key: bytes,
    *,
    facility_id: str,
    dossier_id: str,
    cards: str | None,
    citizen: str | None,
    patient_id: str | None,
) -> UUID:
    """The key of a patient. Each kind of identifier hashes in a domain of its own.

    `facility_id` and `dossier_id` in their canonical form.
    """
    number = insurance_number(cards)
    if number is not None:
        return keyed_hash(key, "insurance_number", number)
    national = citizen_id(citizen)
    if national is not None:
        return keyed_hash(key, "citizen_id", national)
    local = (patient_id or "").strip(_SPACE)
    if local:
        return keyed_hash(key, "patient_id", facility_id, local)
    return keyed_hash(key, "dossier_id", facility_id, dossier_id)


def local_person_key(key: bytes, facility_id: str, person: UUID) -> UUID:
    """The key of a person within one facility: no key of another facility is like it."""
    return keyed_hash(key, "local", facility_id, str(person))


def encounter_key(key: bytes, facility_id: str, dossier_id: str) -> UUID:
    """The key of a dossier of claims, from what names it: both in their canonical form."""
    return keyed_hash(key, "document", "claims", facility_id, dossier_id)


def practitioner_key(key: bytes, licence: str) -> UUID:
    """The key of somebody who works for a facility. Staff hash in a domain of their own.

    So nobody finds what a nurse was treated for by the key that she has as one of the staff.
    """
    return keyed_hash(key, "staff", "licence", licence)


def keyed_hash(key: bytes, *parts: str) -> UUID:
    """HMAC of parts that together name one thing; the first says of which kind it is."""
    # XML cannot hold U+001F, so no two lists of parts give the same message
    message = "\x1f".join(parts).encode()
    return UUID(bytes=hmac.digest(key, message, "sha256")[:16])
