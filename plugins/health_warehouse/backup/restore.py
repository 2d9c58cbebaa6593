"""`warehouse restore`: an empty warehouse becomes the one that a backup holds.

Each step may be done again: a restore that was cut off is finished by the same command.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import psycopg

from health_warehouse.backup import contents, target
from health_warehouse.backup import manifest as manifests
from health_warehouse.backup.loading import load_dump, load_small_dump
from health_warehouse.backup.manifest import Manifest
from health_warehouse.backup.take import AIRFLOW_DUMP, ARCHIVE, SECRETS, WAREHOUSE_DUMP
from health_warehouse.database import grants
from health_warehouse.database.connections import (
    OWNER,
    engine,
    ensure_role_passwords,
    owner_url,
    reader_password,
)
from health_warehouse.database.embedded import EmbeddedServer
from health_warehouse.database.migrate import create_roles, knows, migrate
from health_warehouse.database.reader_groups import first_group
from health_warehouse.database.readers import Reader, bring_back_reader
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing import archive
from health_warehouse.landing.receipt_manifest import write_all_again
from health_warehouse.privacy.known_key import require_key_of
from health_warehouse.privacy.person_key import find_person_key
from health_warehouse.private_files import write_private
from health_warehouse.services import postgres, state
from health_warehouse.services.airflow import metadata_url
from health_warehouse.services.secret_files import airflow_secrets
from health_warehouse.services.state import Say
from health_warehouse.settings import Settings

_DATABASE_SECRETS = "database.json"
_OF_A_SERVER = ("owner_dsn", "superuser", postgres.WAREHOUSE_OWNER)
_CHUNK_BYTES = 1024**2


def examine(settings: Settings, folder: Path) -> Manifest:
    """Read the backup and look at the target; change nothing. For a dry run, and before a real one.

    Raises ConfigurationError when the backup is damaged or cannot go here.
    """
    manifest = manifests.read(folder)
    manifests.verify(folder, manifest)
    if not knows(manifest.revision):
        raise ConfigurationError(
            f"the backup's schema {manifest.revision} is unknown to this version of the warehouse; "
            f"it was taken by version {manifest.program}: restore it with that one or a newer one"
        )
    if manifest.role_prefix != settings.role_prefix:
        raise ConfigurationError(
            f"the backup's roles begin with {manifest.role_prefix!r}: set WAREHOUSE_ROLE_PREFIX so"
        )
    _require_fitting_secrets(settings, folder / SECRETS)
    if settings.dsn is not None or postgres.server(settings).is_running():
        with engine(settings, OWNER).connect() as connection:
            target.require_room(connection, manifest)
    elif int(settings.postgres_version) < manifest.postgres:
        raise ConfigurationError(
            f"the backup is of Postgres {manifest.postgres}: set WAREHOUSE_POSTGRES_VERSION"
        )
    return manifest


def restore(settings: Settings, folder: Path, say: Say) -> Manifest:
    """Fill the empty warehouse of `settings` from `folder`, and count that all is there.

    Raises ConfigurationError when the backup is damaged, the target is not empty or lacks rows at
    the end, ProgramFailed when pg_restore fails. The same command then begins again.
    """
    folder = folder.expanduser().absolute()
    say("reading the backup, and comparing each file with its hash")
    manifest = examine(settings, folder)
    state.prepare(settings)
    with state.locked(settings, say):
        _put_secrets(settings, folder / SECRETS)
        server = _start_server(settings, manifest, say)
        with target.marked(settings, manifest):
            _make_logins(settings, manifest)
            say("restoring the warehouse")
            _fill(settings, manifest, folder)
            migrate(settings)
            with engine(settings, OWNER).connect() as connection:
                key = _kept_key(folder / SECRETS)
                require_key_of(connection, key, str(folder / SECRETS / "person_key"))
            if server is not None and manifest.has_airflow:
                _restore_airflow(settings, server, folder, say)
            say("copying the archive back")
            _restore_archive(settings, folder / ARCHIVE)
            with engine(settings, OWNER).begin() as connection:
                write_all_again(connection)
    return manifest


def _require_fitting_secrets(settings: Settings, kept: Path) -> None:
    """Secrets that are here already must be those of the backup: no other warehouse's are lost."""
    for path in kept.iterdir():
        here = settings.secrets_dir / path.name
        if here.exists() and _essence(here) != _essence(path):
            raise ConfigurationError(
                f"{here} is of another warehouse: restore into a new state folder (WAREHOUSE_STATE)"
            )
    if settings.person_key is not None and find_person_key(settings) != _kept_key(kept):
        raise ConfigurationError("WAREHOUSE_PERSON_KEY is not the key of the backup: unset it")


def _kept_key(kept: Path) -> bytes:
    return bytes.fromhex((kept / "person_key").read_text(encoding="ascii"))


def _essence(path: Path) -> object:
    """What a file of secrets says. Passwords of the embedded server's own go with that server."""
    if path.name != _DATABASE_SECRETS:
        return path.read_bytes()
    values = json.loads(path.read_text())
    return {name: value for name, value in values.items() if name not in _OF_A_SERVER}


def _put_secrets(settings: Settings, kept: Path) -> None:
    for path in kept.iterdir():
        here = settings.secrets_dir / path.name
        if not here.exists():
            content = path.read_text()
            if path.name == _DATABASE_SECRETS:
                content = json.dumps(_essence(path), indent=1)
            write_private(here, content)


def _start_server(settings: Settings, manifest: Manifest, say: Say) -> EmbeddedServer | None:
    """The embedded server, when something of the backup goes there."""
    for_airflow = manifest.has_airflow and settings.airflow_dsn is None
    if settings.dsn is not None and not for_airflow:
        return None
    return postgres.start(settings, airflow_secrets(settings), say)


def _make_logins(settings: Settings, manifest: Manifest) -> None:
    """Roles of the warehouse and of its readers: policies in the dump name them."""
    passwords = ensure_role_passwords(settings)
    with engine(settings, OWNER).begin() as connection:
        create_roles(connection, settings, passwords)
        for kept in manifest.readers:
            password = reader_password(settings, kept.name)
            if password is not None:
                group = first_group(kept.sees_hiv, kept.reads_reports)
                reader = Reader(kept.name, False, group, kept.sees_hiv)
                bring_back_reader(connection, settings, reader, password)


def _fill(settings: Settings, manifest: Manifest, folder: Path) -> None:
    """Tables and rows, then their owners, as roles.yml lets them create in their schemas.

    The dump is without owners and grants: the owner's name may be another one here, and a user who
    is no superuser can give a table only to who may create in its schema already.
    """
    with engine(settings, OWNER).connect() as connection:
        major = contents.server_major(connection)
    load_dump(owner_url(settings), major, folder / WAREHOUSE_DUMP)
    with engine(settings, OWNER).begin() as connection:
        _require_same_rows(manifest.rows, contents.count_rows(connection))
        grants.apply(connection, settings)
        contents.give_owners(connection, settings, manifest.owners)


def _require_same_rows(kept: dict[str, int], found: dict[str, int]) -> None:
    differing = sorted(name for name in kept.keys() | found if kept.get(name) != found.get(name))
    if differing:
        raise ConfigurationError(
            f"{len(differing)} tables differ from the backup's count, the first is {differing[0]}: "
            f"{found.get(differing[0])} rows for {kept.get(differing[0])}"
        )


def _restore_airflow(settings: Settings, server: EmbeddedServer, folder: Path, say: Say) -> None:
    """Whole or not at all, so that what is there is never half of it; what is there, stays."""
    address = metadata_url(settings, airflow_secrets(settings), server)
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        is_taken = connection.execute(
            "select exists (select from pg_tables where schemaname = 'public')"
        ).fetchone()
    if is_taken == (True,):
        say("Airflow's metadata is there already: left as it is")
        return
    say("restoring Airflow's metadata")
    load_small_dump(address, int(server.version), folder / AIRFLOW_DUMP)


def _restore_archive(settings: Settings, kept: Path) -> None:
    """Every file under its hash again; one that is there already is not written twice."""
    for path in sorted(kept.glob("*/*")):
        with path.open("rb") as file:
            chunks = iter(partial(file.read, _CHUNK_BYTES), b"")
            archive.store_chunks(settings, chunks, path.suffix)
