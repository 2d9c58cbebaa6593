"""Servers and warehouses for tests: a real Postgres, an empty migrated database in no time."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg
from pydantic import SecretStr

from health_warehouse.database import connections, server_grants
from health_warehouse.database.embedded import EmbeddedServer, free_port
from health_warehouse.database.migrate import migrate
from health_warehouse.database.public_rights import REVOKE_LARGE_OBJECTS
from health_warehouse.database.roles import ROLES
from health_warehouse.quality.marts import audit
from health_warehouse.release import dbt
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.settings import Settings

POSTGRES_VERSION = os.environ.get("WAREHOUSE_TEST_POSTGRES_VERSION", "18")
_OWNER_PASSWORD = "owner"
_PERSON_KEY = "00" * 32


@dataclass(frozen=True)
class Cluster:
    """A running server with a migrated template database, and one with a first release of nothing.

    Names of dropped databases are used again: dbt then knows the project as it parsed it for the
    last database of that name, which takes 5 s. `parsed` keeps that, a file per name.
    """

    server: EmbeddedServer
    secrets: dict[str, str]
    parsed: Path
    _dropped: list[str] = field(default_factory=list)
    _released: list[Path] = field(default_factory=list)

    def create_database(self, template: str = "template_warehouse") -> str:
        name = self._dropped.pop() if self._dropped else f"t_{uuid4().hex[:12]}"
        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            # Files are copied, not logged page by page: 0.1 s instead of 1 s on a busy machine.
            connection.execute(
                f"create database {name} template {template} strategy file_copy owner wh_owner"
            )
            # rights on the database itself are not copied
            connection.execute(f"revoke temporary on database {name} from public")
            connection.execute(f"grant temporary on database {name} to transformer")
        return name

    def create_empty_database(self) -> str:
        """Of the owner, not migrated: as somebody finds it who brings a server of his own."""
        name = f"t_{uuid4().hex[:12]}"
        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            connection.execute(f"create database {name} owner wh_owner")
        return name

    def first_manifest(self) -> Path:
        """dbt's, of the release in `template_released`; both are made when first asked for."""
        if not self._released:
            folder = self.parsed.parent / "released"
            with new_warehouse(self, folder) as settings:
                built = build(settings)
                audit(settings, built.build_id)
                publish(settings, built.build_id)
                connections.dispose_engines()
                with psycopg.connect(self.server.url(), autocommit=True) as connection:
                    source = connections.owner_url(settings).database
                    connection.execute(f"create database template_released template {source}")
            self._released.append(folder / "dbt" / "target" / "manifest.json")
        return self._released[0]

    def owner_url(self, database: str) -> str:
        return self.server.url(database, "wh_owner", _OWNER_PASSWORD)

    def drop_database(self, name: str) -> None:
        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            connection.execute(f"drop database if exists {name} with (force)")
        if name not in self._dropped:  # a test may drop its database itself
            self._dropped.append(name)


@contextmanager
def new_cluster() -> Iterator[Cluster]:
    """A running server with a migrated template, stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="warehouse-test-"))
    folder.chmod(0o711)  # the server runs as another user when the tests run as root
    server = EmbeddedServer(folder / "pg", free_port(), POSTGRES_VERSION, "superuser")
    try:
        server.start()
        yield _prepared(server, folder)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _prepared(server: EmbeddedServer, folder: Path) -> Cluster:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        # Enough against the death of processes, which the tests cause; not of the machine.
        connection.execute("alter system set fsync = off")
        connection.execute("alter system set full_page_writes = off")
        # A password is proved thousands of times; its hash need not be hard to guess here.
        connection.execute("alter system set scram_iterations = 1")
        connection.execute("select pg_reload_conf()")
        connection.execute(f"create role wh_owner login createrole password '{_OWNER_PASSWORD}'")
        for statement in server_grants.for_owner("wh_owner"):
            connection.execute(statement)
        connection.execute("create database template_warehouse owner wh_owner")
    with psycopg.connect(server.url("template_warehouse"), autocommit=True) as connection:
        connection.execute(REVOKE_LARGE_OBJECTS)
    settings = _settings(server, folder / "template", "template_warehouse")
    migrate(settings)
    secrets = connections.stored_secrets(settings)
    connections.dispose_engines()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for role in ROLES:  # migrate has them hashed 4,096 times, whatever the server says
            connection.execute(f"alter role {role} password '{secrets[role]}'")
    parsed = folder / "parsed"
    parsed.mkdir()
    return Cluster(server, secrets, parsed)


@contextmanager
def new_warehouse(
    cluster: Cluster, state: Path, *, is_released: bool = False
) -> Iterator[Settings]:
    """An empty warehouse for as long as the context lasts.

    `is_released`: it has published a release, of nothing, so that its next build is an increment.
    """
    manifest = cluster.first_manifest() if is_released else None
    database = cluster.create_database("template_released" if manifest else "template_warehouse")
    settings = _settings(cluster.server, state, database)
    connections.store_secrets(settings, cluster.secrets)
    (settings.state / "inbox").mkdir(parents=True)
    if manifest is not None:
        shutil.copytree(manifest.parent, settings.state / "dbt" / "target")
    kept = cluster.parsed / database
    used = dbt.work_folder(settings) / "partial_parse.msgpack"
    if kept.exists():
        used.parent.mkdir(parents=True)
        shutil.copyfile(kept, used)
    try:
        yield settings
    finally:
        connections.dispose_engines()
        if used.exists():
            shutil.copyfile(used, kept)
        cluster.drop_database(database)


def _settings(server: EmbeddedServer, state: Path, database: str) -> Settings:
    return Settings(
        state=state,
        dsn=SecretStr(server.url(database, "wh_owner", _OWNER_PASSWORD)),
        person_key=SecretStr(_PERSON_KEY),
        inbox_quiet_seconds=0,
    )
