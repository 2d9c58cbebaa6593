"""The person key, as the database knows it again.

A key that is lost and silently made anew, or set to another one, would give every patient a second
person. So the first loader leaves a check value in the database, an HMAC that says nothing of the
key, and whoever comes later must have the key that fits.
"""

from __future__ import annotations

import hmac
from contextlib import suppress

from sqlalchemy import Connection, text

from health_warehouse.database.connections import engine
from health_warehouse.database.turns import take
from health_warehouse.database.watchdog import watch
from health_warehouse.errors import ConfigurationError
from health_warehouse.privacy.person_key import (
    find_person_key,
    key_file,
    make_person_key,
    next_key_file,
    put_next_key,
    read_key,
)
from health_warehouse.settings import Settings

_MESSAGE = b"person key of a health data warehouse"
_KEPT = text("select check_value from ops.person_key_check")
_KEEP = text("insert into ops.person_key_check (check_value) values (:value)")
_IS_THERE = text("select to_regclass('ops.person_key_check') is not null")
_HAS_PERSONS = text("select exists (select from vault.person_identifiers)")
REMEDY = "bring it back from a backup, secrets/person_key there (docs/operations/secrets.md)"


def agreed_person_key(settings: Settings) -> bytes:
    """The key to load with. The first to ask settles it, and makes it if there is none.

    Raises ConfigurationError when the key is missing or another one than this database's persons
    were made with. In a transaction of its own: what is settled stays, whatever becomes of a load.
    """
    watch(settings, "loader")
    with engine(settings, "loader").begin() as connection:
        kept = kept_check(connection)
        if kept is None:
            take(connection, "person_key")
            kept = kept_check(connection)  # of who had the lock before us
        if kept is None:
            key = _first_key(connection, settings)
            connection.execute(_KEEP, {"value": check_value(key)})
            return key
    return _fitting_key(settings, kept)


def wrong_key(connection: Connection, settings: Settings) -> str | None:
    """What is wrong with the key that is here, if anything is. Settles and makes nothing.

    For the owner; in a schema of before 0004 there is nothing to compare it with.
    """
    if not connection.execute(_IS_THERE).scalar_one():
        return None
    try:
        kept = kept_check(connection)
        if kept is not None:
            _fitting_key(settings, kept)
        elif find_person_key(settings) is None:
            _require_no_persons(connection, settings)
    except ConfigurationError as error:
        return str(error)
    return None


def require_key_of(connection: Connection, key: bytes, where: str) -> None:
    """Raises ConfigurationError unless persons of this database, if any, were made with `key`."""
    kept = kept_check(connection)
    if kept is not None and not fits(key, kept):
        raise ConfigurationError(
            f"{where} is not the person key that the patients of this database were hashed with: "
            f"{REMEDY}"
        )


def take_next_key(settings: Settings) -> None:
    """Put the key of a rotation in place, of which the database says that it is done."""
    with engine(settings, "loader").connect() as connection:
        kept = kept_check(connection)
    with suppress(FileNotFoundError):  # somebody else has just put it there
        if kept is not None and fits(read_key(next_key_file(settings)), kept):
            put_next_key(settings)


def check_value(key: bytes) -> str:
    """64 hexadecimal digits by which a key is known again."""
    return hmac.digest(key, _MESSAGE, "sha256").hex()


def kept_check(connection: Connection) -> str | None:
    value: str | None = connection.execute(_KEPT).scalar_one_or_none()
    return value


def fits(key: bytes, kept: str) -> bool:
    """Whether a key is the one that left this check value."""
    return hmac.compare_digest(check_value(key), kept)


def _first_key(connection: Connection, settings: Settings) -> bytes:
    """The one that is here; a new one only where no patient has been hashed with a lost one."""
    found = find_person_key(settings)
    if found is not None:
        return found
    _require_no_persons(connection, settings)
    return make_person_key(settings)


def _require_no_persons(connection: Connection, settings: Settings) -> None:
    if connection.execute(_HAS_PERSONS).scalar_one():
        raise _missing(settings)


def _fitting_key(settings: Settings, kept: str) -> bytes:
    key = find_person_key(settings)
    if key is None:
        raise _missing(settings)
    if not fits(key, kept) and settings.person_key is None and next_key_file(settings).exists():
        take_next_key(settings)  # a rotation was killed when all but that was done
        key = find_person_key(settings) or key
    if not fits(key, kept):
        where = "WAREHOUSE_PERSON_KEY" if settings.person_key is not None else key_file(settings)
        raise ConfigurationError(
            f"{where} is not the person key that the patients of this database were hashed with: "
            f"{REMEDY}"
        )
    return key


def _missing(settings: Settings) -> ConfigurationError:
    return ConfigurationError(
        f"the person key is missing: {key_file(settings)} is not there, and the patients of this "
        f"database were hashed with one: {REMEDY}"
    )
