"""`warehouse backup`: all that makes a warehouse, as it was at one instant, in one folder."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem
from sqlalchemy import Connection, text

from health_warehouse.backup import contents, manifest, programs
from health_warehouse.backup.manifest import KeptReader, Manifest
from health_warehouse.database import migrate
from health_warehouse.database.connections import OWNER, engine, owner_url, reader_password
from health_warehouse.database.readers import readers
from health_warehouse.errors import ConfigurationError
from health_warehouse.landing import archive
from health_warehouse.landing.archive import ArchivedFile
from health_warehouse.privacy.known_key import wrong_key
from health_warehouse.privacy.person_key import find_person_key, make_person_key
from health_warehouse.private_files import write_private
from health_warehouse.release.builders import alone
from health_warehouse.services import postgres
from health_warehouse.services.airflow import metadata_url
from health_warehouse.services.secret_files import airflow_secrets
from health_warehouse.services.state import Say
from health_warehouse.settings import Settings

WAREHOUSE_DUMP = "warehouse.dump"
AIRFLOW_DUMP = "airflow.dump"
SECRETS = "secrets"
ARCHIVE = "archive"
_CHUNK_BYTES = 1024**2


@dataclass(frozen=True)
class _Snapshot:
    """What the dump holds; `named` and `loaded` are sha256 of files that the ledger names."""

    revision: str | None
    postgres: int
    rows: dict[str, int]
    owners: dict[str, str]
    named: set[str]
    loaded: set[str]


def backup(settings: Settings, folder: Path, say: Say) -> Manifest:
    """Write a backup to `folder`, which must not exist; it does once the backup is whole.

    Files and readers go on meanwhile; builds wait. What is loaded after the snapshot is not in it.
    Raises ConfigurationError when the folder is taken, in the warehouse itself or on a disk that is
    not there, or a policy hides rows; ProgramFailed when pg_dump fails, SourceUnavailable when the
    archive cannot be read.
    """
    folder = folder.expanduser().absolute()
    _require_elsewhere(settings, folder)
    taken_at = datetime.now(UTC)
    with _folder_when_whole(folder) as partial:
        _require_right_key(settings)
        say("dumping the warehouse")
        with alone(settings):  # a build drops and makes tables, over which pg_dump would stumble
            snapshot = _dump_warehouse(settings, partial)
        has_airflow = _dump_airflow(settings, partial, say)
        _copy_secrets(settings, partial / SECRETS)
        say(f"copying up to {len(snapshot.named)} files of the archive")
        copied = _copy_archive(settings, partial / ARCHIVE, snapshot.named)
        made_here = [one for one in readers(settings) if reader_password(settings, one.name)]
        whole = Manifest(
            taken_at=taken_at,
            program=importlib.metadata.version("health-warehouse"),
            revision=snapshot.revision,
            postgres=snapshot.postgres,
            role_prefix=settings.role_prefix,
            has_airflow=has_airflow,
            rows=snapshot.rows,
            owners=snapshot.owners,
            readers=[
                KeptReader(name=one.name, sees_hiv=one.sees_hiv, reads_reports=one.reads_reports)
                for one in made_here
            ],
            not_archived=sorted(snapshot.loaded - copied),
            files=manifest.hashes(partial),
        )
        whole.write(partial)
    if whole.not_archived:
        say(f"warning: the archive lacks {len(whole.not_archived)} loaded files; see the manifest")
    return whole


def _require_elsewhere(settings: Settings, folder: Path) -> None:
    """What takes the warehouse along must not take the backup. Links are followed."""
    places = {"the state folder": settings.state}
    filesystem, path = fsspec.url_to_fs(settings.archive)
    if isinstance(filesystem, LocalFileSystem):
        places["the archive"] = Path(path)
    for name, place in places.items():
        if folder.resolve().is_relative_to(place.resolve()):
            raise ConfigurationError(
                f"{folder} is in {name} {place}, and would be lost with it: name a folder elsewhere"
            )


@contextmanager
def _folder_when_whole(folder: Path) -> Iterator[Path]:
    """A folder aside that gets its name at the end. What fails is removed; what is killed stays."""
    if folder.exists():
        raise ConfigurationError(f"{folder} exists: name a folder that does not")
    partial = folder.with_name(folder.name + ".partial")
    try:
        partial.mkdir(mode=0o700)  # parents made here would lie under a disk that is not mounted
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"{folder.parent} does not exist: is its disk mounted? Mount it, or make that folder"
        ) from error
    except FileExistsError as error:
        raise ConfigurationError(
            f"{partial} is there: a backup is writing it, or was cut off. If none runs, remove it: "
            f"rm -r '{partial}'"
        ) from error
    except OSError as error:
        raise ConfigurationError(f"cannot write {partial}: {error.strerror}") from error
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    os.sync()  # the name must not outlive a power cut that the bytes do not
    partial.rename(folder)


def _require_right_key(settings: Settings) -> None:
    """A backup with another key than that of its persons would be found out when it is needed."""
    with engine(settings, OWNER).connect() as connection:
        wrong = wrong_key(connection, settings)
    if wrong is not None:
        raise ConfigurationError(wrong)


def _dump_warehouse(settings: Settings, folder: Path) -> _Snapshot:
    level = {"isolation_level": "REPEATABLE READ"}
    with engine(settings, OWNER).connect().execution_options(**level) as connection:
        exported: str = connection.execute(text("select pg_export_snapshot()")).scalar_one()
        contents.require_all_visible(connection)
        snapshot = _look(connection, settings)
        wanted = [f"--schema={name}" for name in contents.schemas_there(connection)]
        programs.run(
            "pg_dump",
            snapshot.postgres,
            owner_url(settings),
            [
                *_dump_options(folder / WAREHOUSE_DUMP),
                f"--snapshot={exported}",
                "--enable-row-security",  # require_all_visible has shown that it hides nothing
                *wanted,
            ],
        )
    return snapshot


def _look(connection: Connection, settings: Settings) -> _Snapshot:
    named, loaded = contents.archived_names(connection)
    return _Snapshot(
        revision=migrate.revision(connection),
        postgres=contents.server_major(connection),
        rows=contents.count_rows(connection),
        owners=contents.owners(connection, settings),
        named=named,
        loaded=loaded,
    )


def _dump_airflow(settings: Settings, folder: Path, say: Say) -> bool:
    """Whether there is one: Airflow's metadata on a server of somebody else is not ours to keep."""
    server = postgres.server(settings)
    if settings.airflow_dsn is not None or not server.data.exists():
        return False
    if not server.is_running():
        raise ConfigurationError("the embedded Postgres does not run: `warehouse up` first")
    say("dumping Airflow's metadata")
    address = metadata_url(settings, airflow_secrets(settings), server)
    programs.run("pg_dump", int(server.version), address, _dump_options(folder / AIRFLOW_DUMP))
    return True


def _dump_options(target: Path) -> list[str | Path]:
    return ["--format=directory", f"--jobs={programs.WORKERS}", "--no-owner", "--no-acl",
            "--file", target]  # fmt: skip


def _copy_secrets(settings: Settings, target: Path) -> None:
    """Every secret, and the person key in use: without it no hash can be made again."""
    key = find_person_key(settings) or make_person_key(settings)
    shutil.copytree(settings.secrets_dir, target, ignore=shutil.ignore_patterns(".*"))
    target.chmod(0o700)
    write_private(target / "person_key", key.hex())


def _copy_archive(settings: Settings, target: Path, named: set[str]) -> set[str]:
    """Copy what the ledger names, checked against its name; the sha256 of what was there."""
    target.mkdir()
    copied = set()
    for sha256, suffix in archive.names(settings).items():
        if sha256 not in named:
            continue
        path = target / sha256[:2] / f"{sha256}{suffix}"
        path.parent.mkdir(exist_ok=True)
        kept = ArchivedFile(sha256, byte_count=0, suffix=suffix)
        with archive.open_archived(settings, kept) as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy, _CHUNK_BYTES)
        if manifest.digest(path) != sha256:
            raise ConfigurationError(
                f"{sha256}{suffix} in the archive {settings.archive} is not what was received: "
                "its bytes have changed; bring it back from an older backup"
            )
        copied.add(sha256)
    return copied
